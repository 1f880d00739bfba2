// What a body says of a family.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"

namespace pim::catalog::families {

// The attributes of both lists in the order given, the required ones first.
struct Attributes {
  std::vector<std::int32_t> ids, required;
  std::vector<std::optional<std::string>> values;  // additional ones, as texts; for each id
  std::vector<std::int32_t> with_value;            // ids whose additional value is given, be it null
  std::vector<std::string> fields;                 // "requiredAttributes.0"; for each id
};

struct Input {
  std::optional<std::string> name;
  bool has_required = false, has_others = false;  // the lists that are given
  Attributes attributes;
};

enum class Purpose : std::uint8_t { create, update };

// 400 that names each wrong field.
Result<Input> read_input(const boost::json::value& body, Purpose purpose);

}  // namespace pim::catalog::families
