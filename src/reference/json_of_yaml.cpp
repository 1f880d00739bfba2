#include "reference/json_of_yaml.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>

#include "json/writer.hpp"

namespace pim::reference {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

// A number as JSON has it: no leading plus or zero, digits on both sides of a dot.
bool is_json_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (const auto exponent = text.find_first_of("eE"); exponent != std::string_view::npos) {
    std::string_view power = text.substr(exponent + 1);
    if (power.starts_with('-') || power.starts_with('+')) power.remove_prefix(1);
    if (!all_digits(power)) return false;
    text = text.substr(0, exponent);
  }
  const auto dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  if (!all_digits(whole) || (whole.size() > 1 && whole.starts_with('0'))) return false;
  return dot == std::string_view::npos || all_digits(text.substr(dot + 1));
}

bool is_literal(std::string_view text) { return text == "true" || text == "false" || text == "null"; }

void append(std::string& out, const YAML::Node& node);

void append_scalar(std::string& out, const YAML::Node& node) {
  const std::string& text = node.Scalar();
  const bool is_quoted = node.Tag() == "!";
  if (!is_quoted && (is_literal(text) || is_json_number(text))) {
    out += text;
  } else {
    json::append_string(out, text);
  }
}

void append_map(std::string& out, const YAML::Node& node) {
  out += '{';
  for (bool first = true; const auto& member : node) {
    if (!std::exchange(first, false)) out += ',';
    json::append_string(out, member.first.Scalar());
    out += ':';
    append(out, member.second);
  }
  out += '}';
}

void append_sequence(std::string& out, const YAML::Node& node) {
  out += '[';
  for (bool first = true; const auto& item : node) {
    if (!std::exchange(first, false)) out += ',';
    append(out, item);
  }
  out += ']';
}

void append(std::string& out, const YAML::Node& node) {
  if (node.IsMap()) {
    append_map(out, node);
  } else if (node.IsSequence()) {
    append_sequence(out, node);
  } else if (node.IsScalar()) {
    append_scalar(out, node);
  } else {
    out += "null";
  }
}

}  // namespace

std::string json_of_yaml(std::string_view yaml) {
  std::string out;
  out.reserve(yaml.size());
  append(out, YAML::Load(std::string(yaml)));
  return out;
}

}  // namespace pim::reference
