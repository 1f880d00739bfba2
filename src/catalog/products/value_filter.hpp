// What a list of products is narrowed to by the values of attributes, and what it is sorted by.
//
//   attr[Color]=Black                 the value is Black (numbers as numbers, texts without case; of a list: one of its
//   items) attr[12]=Black                    the same, of the attribute with the id 12 attr[Name][contains]=oak the
//   text is somewhere in the value attr[Price][gte]=20               from 20 on; also lte, gt, lt, and min and max for
//   gte and lte attr[Color][empty]=true|false     there is no value; there is one
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pim::catalog::products {

// An attribute as clients name it: in digits it is an id, else a name.
struct AttributeRef {
  std::int32_t id = 0;  // 0: by name
  std::optional<std::string> name;

  static AttributeRef of(std::string_view text);
  bool operator==(const AttributeRef&) const = default;
};

// One condition, as the statements take it.
struct ValueCondition {
  AttributeRef attribute;
  std::string test;                      // "is", "contains", "filled", or a range: "[]", "(]", "[)", "()"
  std::optional<std::string> low, high;  // the value; the ends of a range
};

struct ValueFilter {
  std::vector<ValueCondition> conditions;
  std::vector<AttributeRef> empty;  // that must have no value

  static constexpr std::size_t conditions_max = 20;
  bool is_empty() const noexcept { return conditions.empty() && empty.empty(); }

  // Takes one parameter of a query over, "attr[Price][gte]" and its value. What is wrong with it, in words; empty where
  // nothing is.
  std::string add(std::string_view parameter, std::string_view value);
  // The same for one field of {"Color": "Black", "Price": {"gte": 20, "lte": 40}}.
  std::vector<std::string> add_json(std::string_view attribute, const boost::json::value& wanted);

 private:
  std::string add(const AttributeRef& attribute, std::string_view operation, std::string_view value,
                  std::string_view parameter);
  std::string add_bound(const AttributeRef& attribute, std::string_view operation, std::string_view value);
};

// Is this a parameter of these: does it begin with "attr["?
bool is_value_parameter(std::string_view parameter) noexcept;
// "attr[Price]" as what to sort by. nullopt where it is something else.
std::optional<AttributeRef> attribute_of(std::string_view parameter);

}  // namespace pim::catalog::products
