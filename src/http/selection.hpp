// What a bulk is about: {"ids":[…]}, or {"filters":{…}}, or {"all":true}. Nothing is chosen by leaving something out.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace pim::http {

struct Selection {
  std::optional<std::vector<std::int32_t>> ids;  // where they are given, nothing else counts
  boost::json::object filters;                   // only known ones, none of them empty; with `all` there are none
  bool all = false;

  static constexpr std::size_t ids_max = 1000;
};

// `filters` are the fields that choose, `ignored` those that old clients send along with them. 400 for unknown fields,
// and where nothing is chosen: an empty body, empty `ids`, `filters` without one that has a value.
Result<Selection> read_selection(const boost::json::value& body, std::initializer_list<std::string_view> filters,
                                 std::initializer_list<std::string_view> ignored = {"sortBy", "sortOrder"});

}  // namespace pim::http
