// Reads the fields of a small JSON body, and says all that is wrong with them at once.
//
//   http::Fields fields(body, {"email", "password"});
//   const auto email = fields.email("email");
//   co_await fields.check();   // 400 that names each wrong field, unknown ones too
#pragma once

#include <boost/json/value.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"

namespace pim::http {

class Fields {
 public:
  Fields(const boost::json::value& body, std::initializer_list<std::string_view> known);

  bool has(std::string_view name) const;
  // The readers give what there is, and note what is wrong. What is required is asked for with `require`.
  // A text of so many characters, without a zero byte.
  std::string text(std::string_view name, std::size_t min = 1, std::size_t max = 255);
  std::optional<std::string> optional_text(std::string_view name, std::size_t min = 1, std::size_t max = 255);
  std::string email(std::string_view name);
  std::optional<std::string> optional_email(std::string_view name);
  bool flag(std::string_view name, bool otherwise);
  std::optional<std::int32_t> optional_number(std::string_view name, std::int32_t min, std::int32_t max);
  std::vector<std::string> texts(std::string_view name);
  // A trouble that the caller found.
  void complain(std::string trouble) { troubles_.push_back(std::move(trouble)); }

  // 400 with every trouble so far.
  Result<void> check() const;

 private:
  const boost::json::value* find(std::string_view name) const;

  boost::json::object empty_;
  const boost::json::object* body_;
  std::vector<std::string> troubles_;
};

// "a@b.c": something before the @, a dot in what is behind it, no white space.
bool is_email(std::string_view text);

}  // namespace pim::http
