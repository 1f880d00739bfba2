#include "exchange/routes.hpp"

#include <fmt/format.h>

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
  if (upload.is_old_workbook()) {
    co_return std::unexpected(Problem{.status = 415,
                                      .code = "import.old_workbook",
                                      .message = "The file is a workbook of the old kind (.xls)",
                                      .remedy = "Save it as .xlsx or as CSV (UTF-8) and import that"});
  }
  co_return upload;
}

struct Outcome {
  ImportSummary summary;
  std::vector<Reject> rejects;  // the first of them
};

Result<Outcome> import(const std::string& database_url, Upload& upload, const ImportOptions& options,
                       const ImportProgress& progress) {
  auto connection = pg::Blocking::connect(database_url);
  if (!connection) return std::unexpected(to_problem(connection.error()));
  auto file = upload.file();
  if (!file) return std::unexpected(std::move(file).error());
  Outcome outcome;
  auto summary = import_products(*connection, **file, options, progress, [&](const Reject& reject) {
    if (outcome.rejects.size() < rejects_answered_max) outcome.rejects.push_back(reject);
  });
  if (!summary) return std::unexpected(std::move(summary).error());
  outcome.summary = *std::move(summary);
  return outcome;
}

std::string rejects_json(const std::vector<Reject>& rejects, bool rows, std::size_t count_max) {
  std::string text;
  {
    json::Array list{text};
    for (const Reject& reject : rejects) {
      if (reject.is_row != rows || count_max == 0) continue;
      --count_max;
      list.object().add("row", reject.line).add("error", reject.reason);
    }
  }
  return text;
}

// What the replaced service answers (totalRows, successCount, failedRows), and the summary.
std::string answer(const Outcome& outcome) {
  std::string text;
  json::Object body{text};
  const ImportSummary& summary = outcome.summary;
  body.add("totalRows", summary.file.rows).add("successCount", summary.file.rows - summary.rejected);
  body.add_raw("failedRows", rejects_json(outcome.rejects, true, rejects_answered_max));
  body.add_raw("failedLinks", rejects_json(outcome.rejects, false, rejects_answered_max));
  write(body, summary);
  body.close();
  return text;
}

Result<ImportOptions> read_options(const Request& request, const Caller& caller, const Upload& upload) {
  auto mapping = read_mapping(upload.field("mapping"));
  if (!mapping) return std::unexpected(std::move(mapping).error());
  const auto given = [&](std::string_view name) {
    return upload.field(name).empty() ? request.query(name).value_or("") : upload.field(name);
  };
  const auto mode = mode_named(given("mode").empty() ? "upsert" : given("mode"));
  if (!mode) return invalid({"mode must be one of the following values: upsert, create, update, replace"});
  const std::string_view dry_run = given("dryRun");
  if (!dry_run.empty() && dry_run != "true" && dry_run != "false") return invalid({"dryRun must be true or false"});
  return ImportOptions{.tenant = caller.tenant,
                       .actor = caller.user,
                       .form = {.dialect = std::string(upload.field("dialect")), .mapping = *std::move(mapping)},
                       .mode = *mode,
                       .is_dry_run = dry_run == "true"};
}

void log_import(std::string_view request_id, const ImportOptions& options, const ImportSummary& summary) {
  observe::Line(observe::Level::info, "products.imported")
      .add("requestId", request_id)
      .add("tenant", options.tenant)
      .add("rows", summary.file.rows)
      .add("rejected", summary.rejected)
      .add("dryRun", options.is_dry_run);
}

Task<Result<Response>> import_file(Request& request, const Caller& caller, const Services& services) {
  auto upload = co_await receive(request, services);
  const ImportOptions options = co_await read_options(request, caller, upload);
  auto& here = services.runtime.context(Runtime::here());
  const Outcome outcome = co_await services.pool.run(here, [&] {
    return import(services.database_url, upload, options,
                  [](std::string_view, std::int64_t) { return Result<void>(); });
  });
  log_import(request.id, options, outcome.summary);
  co_return Response::json(answer(outcome));
}

// The same behind the answer, which has the session by which it can be followed.
Task<Result<Response>> import_with_progress(Request& request, const Caller& caller, const Services& services) {
  auto upload = std::make_shared<Upload>(co_await receive(request, services));
  const ImportOptions options = co_await read_options(request, caller, *upload);
  auto work = [upload, options, url = services.database_url,
               request_id = request.id](const ImportProgress& progress) -> Result<runs::Outcome> {
    constexpr std::size_t rejects_told_max = 100;
    auto outcome = import(url, *upload, options, progress);
    if (!outcome) return std::unexpected(std::move(outcome).error());
    log_import(request_id, options, outcome->summary);
    const ImportSummary& summary = outcome->summary;
    return runs::Outcome{.rows = summary.file.rows,
                         .failed = summary.rejected,
                         .message = fmt::format("{}: {} created, {} updated, {} unchanged, {} failed",
                                                options.is_dry_run ? "Dry run completed" : "Import completed",
                                                summary.created, summary.updated, summary.unchanged, summary.rejected),
                         .failed_rows = rejects_json(outcome->rejects, true, rejects_told_max),
                         .summary = answer(*outcome)};
  };
  const std::string id = co_await services.runs.start(caller.tenant, caller.user, upload->file_name(),
                                                      options.is_dry_run, std::move(work));
  Response response;
  json::Object(response.body).add("sessionId", id);
  co_return response;
}

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  router.add(http::Method::post, "/products/import", http::needs("products", "import"),
             [services](Request& request, const Caller& caller) { return import_file(request, caller, services); });
  router.add(
      http::Method::post, "/products/import-with-progress", http::needs("products", "import"),
      [services](Request& request, const Caller& caller) { return import_with_progress(request, caller, services); });
  router.add(http::Method::get, "/products/import/progress/:sessionId", http::needs("products", "read"),
             [services](Request& request, const Caller& caller) {
               return services.runs.follow(caller.tenant, caller.user, std::string(request.param("sessionId")));
             });
}

}  // namespace pim::exchange
