#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace pim {

// Gives what root made in a folder to the user whose folder it is: left to root, it would be in that user's way. Only
// where this program is root's and the folder is not. Links are not followed, and what is below `except` is not looked
// at.
void give_to_owner(const std::filesystem::path& folder, const std::vector<std::string_view>& except = {});

}  // namespace pim
