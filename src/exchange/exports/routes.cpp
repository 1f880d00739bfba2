#include "exchange/exports/routes.hpp"

#include <fmt/chrono.h>

#include <atomic>

#include "catalog/products/list.hpp"
#include "exchange/exports/export.hpp"
#include "exchange/exports/old_request.hpp"
#include "exchange/exports/spool.hpp"
#include "exchange/split.hpp"
#include "http/attachment.hpp"
#include "http/body.hpp"
#include "json/writer.hpp"
#include "observe/log.hpp"

namespace pim::exchange::exports {
namespace {

using http::Caller;
using http::Request;
using http::Response;

constexpr int exports_max = 8;  // at once: each holds a connection
constexpr auto time_max = std::chrono::hours{1};
constexpr std::size_t piece_bytes_min = 32 * 1024;

// A place among the exports that run at once.
class Place {
 public:
  static Result<Place> take(std::shared_ptr<std::atomic<int>> taken) {
    if (++*taken > exports_max) {
      --*taken;
      return std::unexpected(Problem{.status = 503,
                                     .code = "export.busy",
                                     .message = "Too many exports run at the moment. Try again.",
                                     .retry_after_seconds = 5});
    }
    return Place(std::move(taken));
  }
  Place(Place&&) noexcept = default;
  Place& operator=(Place&&) = delete;
  ~Place() {
    if (taken_) --*taken_;
  }

 private:
  explicit Place(std::shared_ptr<std::atomic<int>> taken) : taken_(std::move(taken)) {}
  std::shared_ptr<std::atomic<int>> taken_;
};

// An export that is made while it is sent.
class ExportStream final : public http::BodyStream {
 public:
  ExportStream(const Services& services, Place place, Plan plan)
      : services_(services), place_(std::move(place)), export_(std::move(plan)) {}

  Task<Result<std::string_view>> next() override {
    piece_.clear();
    auto& here = services_.runtime.context(Runtime::here());
    while (has_more_ && piece_.size() < piece_bytes_min) {
      if (std::chrono::steady_clock::now() > end_) co_return internal("an export was taken too slowly by its client");
      has_more_ = co_await services_.pool.run(here, [this] { return export_.step(piece_); });
    }
    co_return std::string_view(piece_);
  }

 private:
  Services services_;
  Place place_;
  Export export_;
  std::string piece_;
  bool has_more_ = true;
  std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + time_max;
};

class Endpoints {
 public:
  explicit Endpoints(Services services) : services_(std::move(services)) {}

  Task<Result<Response>> stream(Request& request, const Caller& caller);
  Task<Result<Response>> attributes(Request& request, const Caller& caller);
  Task<Result<Response>> old_envelope(Request& request, const Caller& caller);
  Task<Result<Response>> old_download(Request& request, const Caller& caller);

 private:
  Task<Result<Spool>> make_file(Plan plan, Form form, std::int64_t& rows);
  Plan plan_of(const OldRequest& request, const Caller& caller) const;

  Services services_;
  std::shared_ptr<std::atomic<int>> taken_ = std::make_shared<std::atomic<int>>(0);
};

Result<Form> read_form(const Request& request) {
  const std::string_view name = request.query("format").value_or("csv");
  for (const Form& form : {csv_form, xlsx_form, json_lines_form}) {
    if (name == form.name) return form;
  }
  return invalid({"format must be one of the following values: csv, xlsx, jsonl"});
}

Result<Choice> read_choice(const Request& request, const Form& form) {
  Choice choice{.has_typed_names = form.name != json_lines_form.name};
  if (const auto names = request.query("columns")) {
    auto fields = read_fields(*names);
    if (!fields) return std::unexpected(std::move(fields).error());
    choice.fields = *std::move(fields);
  }
  if (const auto names = request.query("attributes")) choice.attributes = split(*names, ',');
  return choice;
}

std::unique_ptr<Writer> writer_for(const Form& form) {
  if (form.name == csv_form.name) return make_csv_writer();
  if (form.name == json_lines_form.name) return make_json_lines_writer();
  if (form.name == xml_form.name) return make_xml_writer();
  return make_json_writer(true);
}

void log_export(const Request& request, const Caller& caller, const Form& form) {
  observe::Line(observe::Level::info, "products.exported")
      .add("requestId", request.id)
      .add("tenant", caller.tenant)
      .add("format", form.name);
}

Response named(Response response, std::string_view file_name) {
  response.headers.emplace_back("Content-Disposition", http::attachment(file_name));
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

// A file that can't be sent before it is whole.
Task<Result<Spool>> Endpoints::make_file(Plan plan, Form form, std::int64_t& rows) {
  auto& here = services_.runtime.context(Runtime::here());
  auto spool = co_await Spool::make(services_.spool);
  const std::filesystem::path sheet = services_.spool / fmt::format("export-{}-{}.xlsx", ::getpid(), fmt::ptr(&plan));
  const bool is_sheet = form.name == xlsx_form.name;
  plan.writer = [&] { return is_sheet ? make_xlsx_writer(sheet) : writer_for(form); };
  Export work(std::move(plan));
  std::string piece;
  for (bool has_more = true; has_more;) {
    piece.clear();
    auto stepped = co_await as_result(services_.pool.run(here, [&] { return work.step(piece); }));
    if (!stepped && is_sheet) {
      std::error_code ignored;
      std::filesystem::remove(sheet, ignored);
    }
    has_more = co_await std::move(stepped);
    co_await spool.write(piece);
  }
  rows = work.rows();
  if (!is_sheet) co_return spool;
  co_return co_await Spool::adopt(sheet);
}

// Newest first is for people; a file is in the order in which things came.
catalog::products::Order order_of(const Request& request) {
  if (request.query("sortBy")) return catalog::products::read_order(request);
  return {.by = "id", .ascending = true};
}

Task<Result<Response>> Endpoints::stream(Request& request, const Caller& caller) {
  const Form form = co_await read_form(request);
  const Choice choice = co_await read_choice(request, form);
  auto filter = co_await catalog::products::read_filter(request);
  filter.with_variants = request.query("variants") != "false";
  auto place = co_await Place::take(taken_);
  Plan plan{
      .url = services_.database_url,
      .tenant = caller.tenant,
      .select = [tenant = caller.tenant, filter, order = order_of(request)](
                    pg::Blocking& connection) { return catalog::products::select(connection, tenant, filter, order); },
      .columns = [choice](const Model& model) { return choose(choice, model); },
      .writer = [form] { return writer_for(form); }};
  log_export(request, caller, form);
  const std::string name = std::string(request.query("filename").value_or(usual_file_name()));
  const std::string full_name = name.ends_with(form.extension) ? name : name + std::string(form.extension);
  if (form.name == xlsx_form.name && request.method != http::Method::head) {
    std::int64_t rows = 0;
    auto spool = co_await make_file(std::move(plan), form, rows);
    co_return named(co_await answer_with(std::move(spool), form.content_type), full_name);
  }
  co_return named(Response::streamed(form.content_type,
                                     std::make_unique<ExportStream>(services_, std::move(place), std::move(plan))),
                  full_name);
}

Task<Result<Response>> Endpoints::attributes(Request&, const Caller& caller) {
  const auto rows = co_await services_.databases.here().read(list_attributes, caller.tenant);
  Response response;
  {
    json::Array list{response.body};
    for (int i = 0; i < rows.size(); ++i) {
      const AttributeRow row = rows[i];
      list.object()
          .add("id", row.id)
          .add("name", row.name)
          .add("type", row.type)
          .add("defaultValue", row.default_value);
    }
  }
  co_return response;
}

std::unexpected<Problem> none_found() { return not_found("No products found with the provided IDs or access denied"); }

Plan Endpoints::plan_of(const OldRequest& request, const Caller& caller) const {
  return {.url = services_.database_url,
          .tenant = caller.tenant,
          .select = [ids = request.ids](pg::Blocking&) -> Result<std::vector<std::int32_t>> { return ids; },
          .columns = [request](const Model& model) { return request.columns_for(model); },
          .writer = [] { return make_json_writer(false); }};
}

Task<Result<Response>> Endpoints::old_envelope(Request& request, const Caller& caller) {
  const OldRequest wanted = co_await read_old_request(co_await http::read_json(request));
  const auto place = co_await Place::take(taken_);
  Export work(plan_of(wanted, caller));
  std::string records;
  auto& here = services_.runtime.context(Runtime::here());
  while (co_await services_.pool.run(here, [&] { return work.step(records); })) {
  }
  if (work.rows() == 0) co_return none_found();
  log_export(request, caller, wanted.form());
  Response response;
  json::Object body{response.body};
  body.add_raw("data", records).add("format", wanted.format).add("filename", wanted.full_name());
  body.add("totalRecords", work.rows()).add("selectedAttributes", wanted.columns);
  if (!wanted.custom.empty()) {
    json::Array list = body.array("customAttributes");
    for (const auto& each : wanted.custom) {
      list.object().add("attributeId", each.attribute).add("attributeName", each.name).add("columnName", each.column);
    }
  }
  body.add("exportedAt", std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()));
  body.close();
  co_return response;
}

Task<Result<Response>> Endpoints::old_download(Request& request, const Caller& caller) {
  const OldRequest wanted = co_await read_old_request(co_await http::read_json(request));
  const auto place = co_await Place::take(taken_);
  std::int64_t rows = 0;
  auto spool = co_await make_file(plan_of(wanted, caller), wanted.form(), rows);
  if (rows == 0) co_return none_found();
  log_export(request, caller, wanted.form());
  co_return named(co_await answer_with(std::move(spool), wanted.form().content_type), wanted.full_name());
}

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  const auto endpoints = std::make_shared<Endpoints>(services);
  const auto at = [&](auto member) { return http::handler_of(endpoints, member); };
  const auto may_export = http::needs("products", "export");
  using enum http::Method;
  router.add(get, "/products/export", may_export, at(&Endpoints::stream));
  router.add(get, "/products/export/attributes", http::needs("products", "read"), at(&Endpoints::attributes));
  router.add(post, "/products/export", may_export, at(&Endpoints::old_envelope));
  router.add(post, "/products/export/download", may_export, at(&Endpoints::old_download));
}

}  // namespace pim::exchange::exports
