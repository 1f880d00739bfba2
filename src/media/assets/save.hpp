// Writing assets: the file first, then the row that names it.
#pragma once

#include <string>
#include <vector>

#include "base/act.hpp"
#include "media/asset.hpp"
#include "media/services.hpp"

namespace pim::media::assets {

// A file that is there, and what it is to be called.
struct NewAsset {
  std::string name;
  std::string file_name;  // as the client calls it
  Kept file;
};

// Makes assets of them in a group, all or none, and gives their ids. 404 where there is no such group, 409 where a name
// is taken. Files that nobody needs then are taken away.
Task<Result<Ids>> create(const Services& services, const Act& act, OptionalId group,
                         const std::vector<NewAsset>& given);

// Gives an asset another file. 404 where there is no such asset.
Task<Result<void>> replace_file(const Services& services, const Act& act, Id asset, const Kept& file);

struct Change {
  std::optional<std::string> name;
  bool moves = false;
  OptionalId group;  // where it moves; none: the root
};
Task<Result<void>> update(const Services& services, const Act& act, Id asset, const Change& change);

}  // namespace pim::media::assets
