// YAML as JSON.
#pragma once

#include <string>
#include <string_view>

namespace pim::reference {

// What YAML 1.2's core schema takes for null, a boolean or a number becomes one; quoted scalars stay texts. Throws
// YAML::Exception for what is no YAML.
std::string json_of_yaml(std::string_view yaml);

}  // namespace pim::reference
