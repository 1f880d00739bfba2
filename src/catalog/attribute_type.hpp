// The types that an attribute may have: their names to people, and their stored names.
#pragma once

#include <array>
#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "json/writer.hpp"

namespace pim::catalog {

// A type as people are shown it, with the stored one that it stands for.
struct FriendlyType {
  std::string_view stored, shown;
};

// In the order in which clients list them.
inline constexpr std::array<FriendlyType, 10> friendly_types{{{"STRING", "Short Text"},
                                                              {"TEXT", "Paragraph"},
                                                              {"HTML", "HTML"},
                                                              {"INTEGER", "Integer"},
                                                              {"NUMBER", "Decimal"},
                                                              {"ENUM", "Dropdown"},
                                                              {"ARRAY", "Multiselect"},
                                                              {"DATE", "Date"},
                                                              {"URL", "URL"},
                                                              {"BOOLEAN", "Boolean"}}};

inline constexpr std::array<std::string_view, 21> stored_types{
    "STRING",     "TEXT",    "HTML", "EMAIL",    "URL",  "PHONE", "COLOR", "INTEGER", "NUMBER", "FLOAT", "CURRENCY",
    "PERCENTAGE", "BOOLEAN", "DATE", "DATETIME", "TIME", "JSON",  "ARRAY", "FILE",    "IMAGE",  "ENUM"};

// "Short Text" for STRING; the type itself where it has no such name.
std::string_view friendly_type(std::string_view stored) noexcept;

// STRING for "Short Text" and for STRING; nullopt for what is no type.
std::optional<std::string_view> stored_type(std::string_view name) noexcept;

// Have values of this type options to choose from?
constexpr bool has_options(std::string_view stored) noexcept { return stored == "ENUM" || stored == "ARRAY"; }

// A value as a client sends it in JSON, as the text that `attribute_value` judges: 1.5 → "1.5", ["a"] → "[\"a\"]".
// nullopt for null.
std::optional<std::string> value_text(const boost::json::value& value);

// A stored value (in the form that `attribute_value` gives it) as JSON of its type: numbers as numbers, true and
// false, a list as an array, JSON as itself. What an older program stored and does not fit stays a text.
void add_value(json::Object& out, std::string_view key, std::string_view stored_type,
               std::optional<std::string_view> value);

}  // namespace pim::catalog
