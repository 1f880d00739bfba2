#include "media/assets/export.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "http/body.hpp"
#include "http/fields.hpp"
#include "media/asset.hpp"
#include "media/files.hpp"
#include "media/json.hpp"
#include "sql/media/assets.hpp"

namespace pim::media::assets {
namespace {

using http::Caller;
using http::Request;
using http::Response;

struct Exported {
  std::int64_t total;
  Id id;
  Text name, file_name, file_path, mime_type;
  std::int64_t size;
  pg::Timestamp upload_date, created_at, updated_at;
  OptionalId group_id;
  OptionalText group_name;
  OptionalId parent_id;
};
BOOST_DESCRIBE_STRUCT(Exported, (),
                      (total, id, name, file_name, file_path, mime_type, size, upload_date, created_at, updated_at,
                       group_id, group_name, parent_id))

// tenant, which, ids of assets or groups, after id, limit, groups below too
const pg::Statement<Exported(Id, Text, Ids, Id, Id, bool)> export_assets{
    "export_assets", sql::media::assets::list_exported, pg::Plan::fresh};

constexpr Id rows_at_once = 500;

// What is exported: "all", "selected" or "folders", and the ids of them.
struct Choice {
  std::string which = "all";
  Ids ids;
  bool with_subfolders = false;
};

std::string time_text(pg::Timestamp time) {
  std::string text;
  json::append_time(text, time);
  return text.substr(1, text.size() - 2);
}

// One asset after the other, in one of the forms.
class Form {
 public:
  virtual ~Form() = default;
  virtual void begin(std::string& out, std::int64_t total) = 0;
  virtual void add(std::string& out, const Exported& asset, const std::string& url, bool first) = 0;
  virtual void end(std::string& out) = 0;
};

void write_folder(json::Object& item, const Exported& asset, bool with_parent) {
  if (!asset.group_id) {
    item.add("folder", std::nullopt);
    return;
  }
  json::Object folder = item.object("folder");
  folder.add("id", fmt::format("{}", *asset.group_id)).add("name", asset.group_name);
  if (!with_parent) return;
  if (asset.parent_id) {
    folder.add("parentId", fmt::format("{}", *asset.parent_id));
  } else {
    folder.add("parentId", std::nullopt);
  }
}

class ListForm final : public Form {
  void begin(std::string& out, std::int64_t) override { out += '['; }
  void add(std::string& out, const Exported& asset, const std::string& url, bool first) override {
    if (!first) out += ',';
    json::Object item{out};
    item.add("id", fmt::format("{}", asset.id))
        .add("name", asset.name)
        .add("url", url)
        .add("fileName", asset.file_name)
        .add("mimeType", asset.mime_type)
        .add("size", fmt::format("{}", asset.size))
        .add("uploadDate", asset.upload_date);
    write_folder(item, asset, false);
  }
  void end(std::string& out) override { out += ']'; }
};

class JsonForm final : public Form {
 public:
  explicit JsonForm(std::string type) : type_(std::move(type)) {}
  void begin(std::string& out, std::int64_t total) override {
    out += fmt::format(R"({{"totalAssets":{},"exportDate":)", total);
    json::append_time(out, std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
    out += ",\"exportType\":";
    json::append_string(out, type_);
    out += ",\"assets\":[";
  }
  void add(std::string& out, const Exported& asset, const std::string& url, bool first) override {
    if (!first) out += ',';
    json::Object item{out};
    item.add("id", fmt::format("{}", asset.id))
        .add("name", asset.name)
        .add("url", url)
        .add("fileName", asset.file_name)
        .add("mimeType", asset.mime_type)
        .add("size", fmt::format("{}", asset.size))
        .add("formattedSize", formatted_size(asset.size))
        .add("uploadDate", asset.upload_date)
        .add("createdAt", asset.created_at)
        .add("updatedAt", asset.updated_at);
    write_folder(item, asset, true);
  }
  void end(std::string& out) override { out += "]}"; }

 private:
  std::string type_;
};

class XmlForm final : public Form {
  void begin(std::string& out, std::int64_t total) override {
    const auto now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    out += fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<assetExport totalAssets=\"{}\" exportDate=\"{}\">\n"
        "  <assets>\n",
        total, time_text(now));
  }
  void add(std::string& out, const Exported& asset, const std::string& url, bool) override {
    out += "    <asset>\n";
    element(out, "id", fmt::format("{}", asset.id));
    element(out, "name", asset.name);
    element(out, "url", url);
    element(out, "fileName", asset.file_name);
    element(out, "mimeType", asset.mime_type);
    element(out, "size", fmt::format("{}", asset.size));
    element(out, "formattedSize", formatted_size(asset.size));
    element(out, "uploadDate", time_text(asset.upload_date));
    element(out, "createdAt", time_text(asset.created_at));
    element(out, "updatedAt", time_text(asset.updated_at));
    if (asset.group_id) {
      out += fmt::format("      <folder id=\"{}\" parentId=\"{}\">", *asset.group_id,
                         asset.parent_id ? fmt::format("{}", *asset.parent_id) : "");
      escape(out, asset.group_name.value_or(""));
      out += "</folder>\n";
    }
    out += "    </asset>\n";
  }
  void end(std::string& out) override { out += "  </assets>\n</assetExport>\n"; }

  static void element(std::string& out, std::string_view name, std::string_view text) {
    out += fmt::format("      <{}>", name);
    escape(out, text);
    out += fmt::format("</{}>\n", name);
  }
  // XML 1.0 has no control characters but the white space.
  static void escape(std::string& out, std::string_view text) {
    for (const char c : text) {
      switch (c) {
        case '<':
          out += "&lt;";
          break;
        case '>':
          out += "&gt;";
          break;
        case '&':
          out += "&amp;";
          break;
        case '"':
          out += "&quot;";
          break;
        default:
          out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
      }
    }
  }
};

// Reads the next assets when the last ones are sent: constant memory, however many there are.
class ExportStream final : public http::BodyStream {
 public:
  ExportStream(const Services& services, Id tenant, Choice choice, std::unique_ptr<Form> form)
      : services_(services), tenant_(tenant), choice_(std::move(choice)), form_(std::move(form)) {}

  Task<Result<std::string_view>> next() override {
    piece_.clear();
    if (ended_) co_return std::string_view{};
    const auto rows = co_await services_.databases.here().search(export_assets, tenant_, choice_.which, choice_.ids,
                                                                 last_, rows_at_once, choice_.with_subfolders);
    if (last_ == 0) form_->begin(piece_, rows.empty() ? 0 : rows[0].total);
    for (int i = 0; i < rows.size(); ++i) {
      const Exported asset = rows[i];
      form_->add(piece_, asset, services_.signer->sign(asset.file_path, tenant_), last_ == 0);
      last_ = asset.id;
    }
    ended_ = rows.size() < rows_at_once;
    if (ended_) form_->end(piece_);
    co_return std::string_view(piece_);
  }

 private:
  Services services_;
  Id tenant_;
  Choice choice_;
  std::unique_ptr<Form> form_;
  Id last_ = 0;
  bool ended_ = false;
  std::string piece_;
};

// Whole positive numbers, of a field that is a list of them.
Ids read_ids(http::Fields& fields, const boost::json::value& body, std::string_view name) {
  constexpr std::size_t ids_max = 10'000;
  Ids ids;
  const auto* value = body.is_object() ? body.get_object().if_contains(name) : nullptr;
  if (value == nullptr || value->is_null()) return ids;
  const bool is_list = value->is_array() && value->get_array().size() <= ids_max;
  if (!is_list) fields.complain(fmt::format("{} must be an array of at most {} numbers", name, ids_max));
  for (const auto& item : is_list ? value->get_array() : boost::json::array{}) {
    const auto* number = item.if_int64();
    if (number == nullptr || *number < 1 || *number > std::numeric_limits<Id>::max()) {
      fields.complain(fmt::format("each value in {} must be an integer number", name));
      break;
    }
    ids.push_back(static_cast<Id>(*number));
  }
  return ids;
}

struct ExportRequest {
  std::string format, type;
  Choice choice;
};

Result<ExportRequest> read_request(const boost::json::value& body) {
  http::Fields fields(body, {"format", "type", "assetIds", "assetGroupId", "assetGroupIds", "includeSubfolders"});
  ExportRequest wanted{.format = fields.text("format"), .type = fields.text("type"), .choice = {}};
  if (wanted.format != "json" && wanted.format != "xml") {
    fields.complain("format must be one of the following values: json, xml");
  }
  if (wanted.type != "all" && wanted.type != "selected" && wanted.type != "folder" &&
      wanted.type != "multiple_folders") {
    fields.complain("type must be one of the following values: all, selected, folder, multiple_folders");
  }
  const Ids assets = read_ids(fields, body, "assetIds");
  const Ids groups = read_ids(fields, body, "assetGroupIds");
  const auto group = fields.optional_number("assetGroupId", 1, std::numeric_limits<Id>::max());
  wanted.choice.with_subfolders = fields.flag("includeSubfolders", false);
  if (auto checked = fields.check(); !checked) return std::unexpected(std::move(checked).error());
  if (wanted.type == "selected") {
    if (assets.empty()) return bad_request("Asset IDs are required for selected export type");
    wanted.choice.which = "selected";
    wanted.choice.ids = assets;
  } else if (wanted.type == "folder") {
    if (!group) return bad_request("Asset group ID is required for folder export type");
    wanted.choice.which = "folders";
    wanted.choice.ids = {*group};
  } else if (wanted.type == "multiple_folders") {
    if (groups.empty()) return bad_request("Asset group IDs are required for multiple folders export type");
    wanted.choice.which = "folders";
    wanted.choice.ids = groups;
  }
  return wanted;
}

}  // namespace

Task<Result<Response>> export_list(Request& request, const Caller& caller, const Services& services) {
  const auto group = co_await http::integer_parameter(request, "assetGroupId");
  Choice choice;
  if (group) choice = {.which = "folders", .ids = {*group}};
  co_return Response::streamed(
      "application/json; charset=utf-8",
      std::make_unique<ExportStream>(services, caller.tenant, std::move(choice), std::make_unique<ListForm>()));
}

Task<Result<Response>> export_file(Request& request, const Caller& caller, const Services& services) {
  const auto wanted = co_await read_request(co_await http::read_json(request));
  const auto first = co_await services.databases.here().search(export_assets, caller.tenant, wanted.choice.which,
                                                               wanted.choice.ids, 0, 1, wanted.choice.with_subfolders);
  if (first.empty()) co_return not_found("No assets found matching the criteria");
  const bool is_xml = wanted.format == "xml";
  std::unique_ptr<Form> form;
  if (is_xml) {
    form = std::make_unique<XmlForm>();
  } else {
    form = std::make_unique<JsonForm>(wanted.type);
  }
  Response response =
      Response::streamed(is_xml ? "application/xml; charset=utf-8" : "application/json; charset=utf-8",
                         std::make_unique<ExportStream>(services, caller.tenant, wanted.choice, std::move(form)));
  response.status = 201;
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  response.headers.emplace_back(
      "Content-Disposition",
      content_disposition("attachment", fmt::format("assets-export-{:%Y-%m-%d}.{}", today, wanted.format)));
  co_return response;
}

}  // namespace pim::media::assets
