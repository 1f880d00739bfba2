#include "http/body.hpp"

#include <boost/json/object.hpp>
#include <boost/url/parse_query.hpp>

#include "json/reader.hpp"

namespace pim::http {
namespace {

Result<boost::json::value> read_form(std::string text) {
  for (char& c : text) {
    if (c == '+') c = ' ';
  }
  for (std::size_t at = 0; (at = text.find(' ', at)) != std::string::npos;) text.replace(at, 1, "%20");
  const auto parameters = boost::urls::parse_query(text);
  if (!parameters) return bad_request("The form can't be read: its fields are not percent-encoded", "form");
  boost::json::object fields;
  for (const auto& parameter : *parameters) fields[parameter.key.decode()] = parameter.value.decode();
  return fields;
}

}  // namespace

Task<Result<boost::json::value>> read_json(Request& request) {
  const std::string body = co_await request.read_body();
  const std::string_view type = request.header("content-type");
  if (type.starts_with("application/x-www-form-urlencoded")) co_return read_form(body);
  if (body.empty() || !(type.empty() || type.contains("json"))) co_return boost::json::object{};
  co_return json::read(body);
}

}  // namespace pim::http
