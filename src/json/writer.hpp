// Writes JSON onto the end of a string. Objects and arrays close themselves at the end of their scope:
//
//   json::Object product{body};
//   product.add("id", 7).add("name", "Boot").add("link", std::nullopt);
//   { json::Array images = product.array("images"); images.add("a.jpg"); }
//
// While an inner one is open the outer one must not be written to. The output is always valid: bytes that are
// not UTF-8 are written as U+FFFD.
#pragma once

#include <boost/json/fwd.hpp>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pim::json {

// A string with its quotes, escaped.
void append_string(std::string& out, std::string_view text);

// "2026-11-24T08:15:00.123Z", with its quotes.
void append_time(std::string& out, std::chrono::sys_time<std::chrono::microseconds> time);

// A value that was read, its numbers in the shortest digits that mean the same (1.5, not 1.5E0).
void append_value(std::string& out, const boost::json::value& value);

inline void append(std::string& out, std::string_view text) { append_string(out, text); }
inline void append(std::string& out, const char* text) { append_string(out, text); }
inline void append(std::string& out, const std::string& text) { append_string(out, text); }
inline void append(std::string& out, bool value) { out += value ? "true" : "false"; }
inline void append(std::string& out, std::nullopt_t) { out += "null"; }
inline void append(std::string& out, std::chrono::sys_time<std::chrono::microseconds> time) { append_time(out, time); }
template <std::integral Integer>
  requires(!std::same_as<Integer, bool>)
void append(std::string& out, Integer value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}
template <class T>
void append(std::string& out, const std::vector<T>& values);
template <class T>
void append(std::string& out, const std::optional<T>& value) {
  if (value) {
    append(out, *value);
  } else {
    out += "null";
  }
}
template <class T>
void append(std::string& out, const std::vector<T>& values) {
  out += '[';
  for (bool first = true; const T& value : values) {
    if (!first) out += ',';
    first = false;
    append(out, value);
  }
  out += ']';
}

class Array;

class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() { close(); }
  // Ends it before its scope does: what was written to may be returned then.
  void close() {
    if (!std::exchange(closed_, true)) out_ += '}';
  }

  template <class T>
  Object& add(std::string_view key, const T& value) {
    append(key_of(key), value);
    return *this;
  }
  // A value that is JSON already.
  Object& add_raw(std::string_view key, std::string_view json) {
    key_of(key) += json;
    return *this;
  }
  // Members that are JSON already: `"a":1,"b":2`. Empty adds none.
  Object& add_members(std::string_view members) {
    if (!members.empty()) {
      separate();
      out_ += members;
    }
    return *this;
  }
  Object object(std::string_view key) { return Object(key_of(key)); }
  Array array(std::string_view key);

 private:
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  // Keys are names of ours and need no escaping.
  std::string& key_of(std::string_view key) {
    separate();
    out_ += '"';
    out_ += key;
    out_ += "\":";
    return out_;
  }
  std::string& out_;
  bool first_ = true;
  bool closed_ = false;
};

class Array {
 public:
  explicit Array(std::string& out) : out_(out) { out_ += '['; }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  ~Array() { out_ += ']'; }

  template <class T>
  Array& add(const T& value) {
    append(next(), value);
    return *this;
  }
  Object object() { return Object(next()); }

 private:
  std::string& next() {
    if (!first_) out_ += ',';
    first_ = false;
    return out_;
  }
  std::string& out_;
  bool first_ = true;
};

inline Array Object::array(std::string_view key) { return Array(key_of(key)); }

}  // namespace pim::json
