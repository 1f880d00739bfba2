// What a client may send to create or change an attribute, checked field by field.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace pim::catalog::attributes {

enum class Purpose : std::uint8_t { create, update };

// `given` names the fields that the body has; one that is given and empty is to be cleared.
struct Input {
  std::vector<std::string> given;
  std::optional<std::string> name;
  std::optional<std::string_view> type;  // the stored one
  std::optional<std::string> unit;
  std::vector<std::string> options;
  std::optional<std::string> default_value;
  bool default_is_json = false;  // it was sent as an array or an object
};

// Reads a body. The Problem is 400 with one message for each thing that is wrong with it. Whether the default fits the
// type is for the statement to say.
Result<Input> read_input(const boost::json::value& body, Purpose purpose);

}  // namespace pim::catalog::attributes
