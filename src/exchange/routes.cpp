#include "exchange/routes.hpp"

#include <boost/json/object.hpp>

#include "exchange/import.hpp"
#include "exchange/summary_json.hpp"
#include "exchange/upload.hpp"
#include "json/reader.hpp"
#include "observe/log.hpp"

namespace pim::exchange {
namespace {

using http::Caller;
using http::Request;
using http::Response;

constexpr std::size_t rejects_answered_max = 1000;

// The form's `mapping`: {"name":"Title", …}.
Result<Mapping> read_mapping(std::string_view text) {
  Mapping mapping;
  if (text.empty()) return mapping;
  const auto fields = json::read(text);
  if (!fields || !fields->is_object()) return bad_request("Invalid mapping JSON", "import.mapping");
  for (const auto& [field, column] : fields->as_object()) {
    if (!column.is_string()) return bad_request("Invalid mapping JSON", "import.mapping");
    if (!column.as_string().empty()) mapping.emplace_back(field, column.as_string());
  }
  return mapping;
}

std::unexpected<Problem> no_file() {
  return std::unexpected(Problem{.status = 400,
                                 .code = "import.no_file",
                                 .message = "Missing file upload",
                                 .remedy = "Send it as a form does, in the field file: curl -F file=@products.csv"});
}

Task<Result<Upload>> receive(Request& request, const Services& services) {
  if (!request.header("content-type").starts_with("multipart/form-data")) co_return no_file();
  auto reader = co_await http::MultipartReader::of(request.header("content-type"));
  auto upload = co_await Upload::open(services.spool);
  for (;;) {
    const std::string_view piece = co_await request.read_some(services.bytes_max);
    if (piece.empty()) break;
    co_await reader.feed(piece, upload);
  }
  if (!reader.is_complete()) co_return bad_request("The multipart body has no end", "malformed_multipart");
  if (!upload.has_file()) co_return no_file();
  if (upload.is_zip()) {
    co_return std::unexpected(Problem{.status = 415,
                                      .code = "import.not_csv",
                                      .message = "The file is no CSV file",
                                      .remedy = "Save the sheet as CSV (UTF-8) and import that"});
  }
  co_return upload;
}

struct Outcome {
  ImportSummary summary;
  std::vector<Reject> rejects;  // the first of them
};

Result<Outcome> import(const std::string& database_url, Upload& upload, const ImportOptions& options) {
  auto connection = pg::Blocking::connect(database_url);
  if (!connection) return std::unexpected(to_problem(connection.error()));
  auto file = upload.file();
  if (!file) return std::unexpected(std::move(file).error());
  Outcome outcome;
  auto summary = import_products(
      *connection, **file, options, [](std::string_view, std::int64_t) {},
      [&](const Reject& reject) {
        if (outcome.rejects.size() < rejects_answered_max) outcome.rejects.push_back(reject);
      });
  if (!summary) return std::unexpected(std::move(summary).error());
  outcome.summary = *std::move(summary);
  return outcome;
}

void write_rejects(json::Object& body, std::string_view name, const std::vector<Reject>& rejects, bool rows) {
  json::Array list = body.array(name);
  for (const Reject& reject : rejects) {
    if (reject.is_row == rows) list.object().add("row", reject.line).add("error", reject.reason);
  }
}

// What the replaced service answers (totalRows, successCount, failedRows), and the summary.
Response answer(const Outcome& outcome) {
  Response response;
  json::Object body{response.body};
  const ImportSummary& summary = outcome.summary;
  body.add("totalRows", summary.file.rows).add("successCount", summary.file.rows - summary.rejected);
  write_rejects(body, "failedRows", outcome.rejects, true);
  write_rejects(body, "failedLinks", outcome.rejects, false);
  write(body, summary);
  body.close();
  return response;
}

Task<Result<Response>> import_file(Request& request, const Caller& caller, const Services& services) {
  auto upload = co_await receive(request, services);
  const ImportOptions options{
      .tenant = caller.tenant,
      .actor = caller.user,
      .form = {.dialect = std::string(upload.field("dialect")),
               .mapping = co_await read_mapping(upload.field("mapping"))},
  };
  auto& here = services.runtime.context(Runtime::here());
  const Outcome outcome =
      co_await services.pool.run(here, [&] { return import(services.database_url, upload, options); });
  observe::Line(observe::Level::info, "products.imported")
      .add("requestId", request.id)
      .add("tenant", caller.tenant)
      .add("rows", outcome.summary.file.rows)
      .add("rejected", outcome.summary.rejected);
  co_return answer(outcome);
}

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  router.add(http::Method::post, "/products/import", http::needs("products", "import"),
             [services](Request& request, const Caller& caller) { return import_file(request, caller, services); });
}

}  // namespace pim::exchange
