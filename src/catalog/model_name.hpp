// The names of families and of categories: what they may consist of, and how a body's name is read.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "http/fields.hpp"

namespace pim::catalog {

struct ModelName {
  std::string_view of;         // "Family", "Category": for the messages
  std::size_t characters_max;  // without white space at both ends
};

// The `name` of a body, trimmed. What is wrong with it, or that it is missing, is noted in `fields`.
std::string read_name(const boost::json::value& body, const ModelName& rule, http::Fields& fields);

}  // namespace pim::catalog
