#include "catalog/products/rules.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <cctype>
#include <charconv>
#include <string>

#include "base/text.hpp"

namespace pim::catalog::products {
namespace {

bool is_letter(char c) noexcept { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

// "shop.example": labels without empty ones, the last of two letters at least (or an internationalised one).
bool has_top_level_domain(std::string_view host) {
  const std::size_t dot = host.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || host.contains("..")) return false;
  const std::string_view last = host.substr(dot + 1);
  return last.starts_with("xn--") || (last.size() >= 2 && std::ranges::all_of(last, is_letter));
}

}  // namespace

bool is_link(std::string_view text) {
  constexpr std::size_t bytes_max = 2048;
  if (text.size() > bytes_max) return false;
  const std::string whole = text.contains("://") ? std::string(text) : "http://" + std::string(text);
  const auto url = boost::urls::parse_uri(whole);
  if (!url) return false;
  if (url->scheme() != "http" && url->scheme() != "https" && url->scheme() != "ftp") return false;
  if (url->host_type() == boost::urls::host_type::ipv4 || url->host_type() == boost::urls::host_type::ipv6) return true;
  return has_top_level_domain(url->host());
}

}  // namespace pim::catalog::products
