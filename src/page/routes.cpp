#include "page/routes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "http/gzip.hpp"
#include "page_files.hpp"

namespace pim::page {
namespace {

// Nothing runs or is loaded but what the program itself serves, and the page may make no markup of text (trusted
// types). Pictures may lie elsewhere: those of imported products do.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' blob: data: https:; "
    "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

// The body in the smallest form that the client takes. Every form has a tag of its own.
http::Response response_of(const http::Request& request, const File& file) {
  const std::string_view accepted = request.header("accept-encoding");
  const bool is_brotli = !file.brotli.empty() && http::accepts_encoding(accepted, "br");
  const bool is_gzip = !is_brotli && !file.gzip.empty() && http::accepts_encoding(accepted, "gzip");
  http::Response response{.content_type = file.type,
                          .body = std::string(is_brotli ? file.brotli
                                              : is_gzip ? file.gzip
                                                        : file.plain)};
  response.headers.emplace_back("ETag", fmt::format("\"{}{}\"", file.hash, is_brotli ? "-br" : is_gzip ? "-gzip" : ""));
  if (is_brotli || is_gzip) response.headers.emplace_back("Content-Encoding", is_brotli ? "br" : "gzip");
  return response;
}

const File* find(std::string_view name) {
  const auto* file = std::ranges::find(files, name, &File::name);
  return file == std::end(files) ? nullptr : file;
}

bool is_browser(const http::Request& request) {
  return request.header("accept").find("text/html") != std::string_view::npos;
}

// Browsers get the page; others what the replaced service says.
Task<Result<http::Response>> root(http::Request& request, const http::Caller&) {
  if (!is_browser(request)) {
    auto greeting = http::Response::text("Hello World!");
    greeting.headers.emplace_back("Vary", "Accept");
    co_return greeting;
  }
  http::Response response = response_of(request, *find("index.html"));
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
  response.headers.emplace_back("Content-Security-Policy", policy);
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  co_return response;
}

// The version in the address is made of the contents of all files, so what is there never changes. A page of another
// version of the program must not mix its modules with these.
Task<Result<http::Response>> part(http::Request& request, const http::Caller&) {
  const File* file = request.param("version") == version_of_files ? find(request.param("file")) : nullptr;
  if (file == nullptr) co_return not_found("There is no such file");
  http::Response response = response_of(request, *file);
  response.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.emplace_back("Vary", "Accept-Encoding");
  co_return response;
}

}  // namespace

void add_routes(http::Router& router) {
  router.add(http::Method::get, "/", http::anyone, root);
  router.add(http::Method::get, "/app/:version/*file", http::anyone, part);
}

}  // namespace pim::page
