#include "reference/routes.hpp"

#include <fmt/format.h>

#include "base/sha256.hpp"
#include "openapi.hpp"
#include "reference/json_of_yaml.hpp"
#include "reference_page.hpp"
#include "reference_script.hpp"
#include "reference_style.hpp"

namespace pim::reference {
namespace {

// An answer that is the same for everybody until the program is another one.
struct Document {
  std::string body, tag;
};

Document document_of(std::string body) {
  std::string tag = fmt::format("\"{}\"", base64_of_sha256(body));
  return {std::move(body), std::move(tag)};
}

http::Response response_of(const Document& document, std::string_view content_type) {
  http::Response response{.content_type = content_type, .body = document.body};
  response.headers.emplace_back("ETag", document.tag);
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

Task<Result<http::Response>> openapi(http::Request&, const http::Caller&) {
  static const Document document = document_of(json_of_yaml(openapi_yaml));  // made for the first who asks
  co_return response_of(document, "application/json; charset=utf-8");
}

std::string replaced(std::string text, std::string_view mark, std::string_view with) {
  return text.replace(text.find(mark), mark.size(), with);
}

// One file with its style and script in it. Only these very ones run: the policy has their hashes.
Task<Result<http::Response>> page(http::Request&, const http::Caller&) {
  static const Document document = document_of(
      replaced(replaced(std::string(reference_page), "/*style*/", reference_style), "/*script*/", reference_script));
  static const std::string policy = fmt::format(
      "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; img-src data:; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      base64_of_sha256(reference_script), base64_of_sha256(reference_style));
  http::Response response = response_of(document, "text/html; charset=utf-8");
  response.headers.emplace_back("Content-Security-Policy", policy);
  co_return response;
}

}  // namespace

void add_routes(http::Router& router) {
  router.add(http::Method::get, "/openapi.json", http::anyone, openapi);
  router.add(http::Method::get, "/docs", http::anyone, page);
}

}  // namespace pim::reference
