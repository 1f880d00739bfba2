#include "http/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "http/percent.hpp"

namespace pim::http {

std::string_view name_of(Method method) noexcept {
  constexpr std::string_view names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  return names[static_cast<std::size_t>(method)];
}

std::string_view Request::header(std::string_view lower_case_name) const noexcept {
  const auto found = std::ranges::find(headers, lower_case_name, [](const auto& header) { return header.first; });
  return found == headers.end() ? std::string_view{} : found->second;
}

std::string_view Request::param(std::string_view name) const noexcept {
  const auto found = std::ranges::find(params_, name, [](const auto& param) { return param.first; });
  return found == params_.end() ? std::string_view{} : std::string_view{found->second};
}

std::optional<std::string_view> Request::query(std::string_view name) const noexcept {
  for (const auto& [key, value] : std::views::reverse(query_)) {
    if (key == name) return value;
  }
  return std::nullopt;
}

bool Request::set_query(std::string_view text) {
  query_string = text;
  query_.clear();
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto key = percent_decoded(pair.substr(0, equals), Plus::is_space);
    auto value = percent_decoded(pair.substr(std::min(equals + 1, pair.size())), Plus::is_space);
    if (!key || !value) return false;
    query_.emplace_back(*std::move(key), *std::move(value));
  }
  return true;
}

Task<Result<std::string>> Request::read_body(std::uint64_t bytes_max) {
  std::string body;
  for (;;) {
    const std::string_view piece = co_await body_->next(bytes_max);
    if (piece.empty()) co_return body;
    body += piece;
  }
}

}  // namespace pim::http
