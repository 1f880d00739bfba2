#include "media/assets/routes.hpp"

#include <fmt/format.h>

#include "base/id.hpp"
#include "base/text.hpp"
#include "http/body.hpp"
#include "http/fields.hpp"
#include "http/percent.hpp"
#include "media/assets/export.hpp"
#include "media/assets/save.hpp"
#include "media/assets/upload.hpp"
#include "media/assets/zip.hpp"
#include "media/files.hpp"
#include "media/json.hpp"
#include "media/list.hpp"
#include "net/fetch.hpp"
#include "trash/assets.hpp"

namespace pim::media::assets {
namespace {

using http::Caller;
using http::Request;
using http::Response;
using Answer = Task<Result<Response>>;

constexpr std::size_t name_length_max = 255;

class Endpoints {
 public:
  explicit Endpoints(const Services& services) : services_(services) {}

  Answer upload(Request& request, const Caller& caller);
  Answer upload_from_url(Request& request, const Caller& caller);
  Answer list_all(Request& request, const Caller& caller);
  Answer list_with_groups(Request& request, const Caller& caller);
  Answer find(Request& request, const Caller& caller);
  Answer update(Request& request, const Caller& caller);
  Answer replace(Request& request, const Caller& caller);
  Answer download(Request& request, const Caller& caller);
  Answer serve(Request& request, const Caller& caller);
  Answer zip(Request& request, const Caller& caller) { return assets::zip(request, caller, services_); }
  Answer export_list(Request& request, const Caller& caller) { return assets::export_list(request, caller, services_); }
  Answer export_file(Request& request, const Caller& caller) { return assets::export_file(request, caller, services_); }
  Answer move_to_trash(Request& request, const Caller& caller);
  Answer list_deleted(Request& request, const Caller& caller);
  Answer restore(Request& request, const Caller& caller);

 private:
  pg::Database& database() const { return services_.databases.here(); }
  Task<Result<std::string>> detail(const Caller& caller, Id asset, bool with_image);
  Answer detail_answer(const Caller& caller, Id asset, int status, bool with_image);
  Task<Result<std::vector<NewAsset>>> keep(std::vector<Upload::Received>& files, const std::vector<std::string>& names);

  Services services_;
};

Result<Id> asset_id(const Request& request, std::string_view message = "Asset not found") {
  return http::existing_id(request, "id", message);
}

// Uploading -----------------------------------------------------------------------------------------------------

// The name of a file without its folder and extension.
std::string_view stem_of(std::string_view file_name) {
  file_name.remove_prefix(std::min(file_name.find_last_of("/\\") + 1, file_name.size()));
  const std::size_t dot = file_name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? file_name : file_name.substr(0, dot);
}

void check_name(std::string_view name, std::vector<std::string>& troubles) {
  if (name.empty()) troubles.emplace_back("name should not be empty");
  if (characters_of(name) > name_length_max) {
    troubles.push_back(fmt::format("name must be shorter than or equal to {} characters", name_length_max));
  }
  if (name.contains('\0')) troubles.emplace_back("name must not contain a zero character");
}

// The names of the assets: those of the form, in the order of its files. Of several files they may be left out, and are
// what the files are called.
Result<std::vector<std::string>> names_of(Upload& upload) {
  const auto& files = upload.files();
  std::vector<std::string> names = upload.field("name");
  std::vector<std::string> troubles;
  if (files.size() == 1 && names.empty()) return invalid({"name must be a string", "name should not be empty"});
  if (names.size() > files.size()) troubles.emplace_back("there must not be more names than files");
  while (names.size() < files.size()) names.emplace_back(stem_of(files[names.size()].file_name));
  for (const std::string& name : names) check_name(name, troubles);
  if (!troubles.empty()) return invalid(std::move(troubles));
  return names;
}

// The group of the form; nullopt: none.
Result<OptionalId> group_of(const Upload& upload) {
  const auto& given = upload.field("assetGroupId");
  if (given.empty() || given.back().empty() || given.back() == "null") return std::nullopt;
  const auto id = parse_id(given.back());
  if (!id) return invalid({"assetGroupId must be an integer number"});
  return id;
}

Task<Result<std::vector<NewAsset>>> Endpoints::keep(std::vector<Upload::Received>& files,
                                                    const std::vector<std::string>& names) {
  const Storage& storage = *services_.storage;
  co_return co_await services_.waiting_for(storage.current())
      .run(services_.here(), [&]() -> Result<std::vector<NewAsset>> {
        std::vector<NewAsset> assets;
        for (std::size_t i = 0; i < files.size(); ++i) {
          auto kept = storage.keep(files[i].file);
          if (!kept) {
            for (const NewAsset& before : assets) {
              // What can't be removed now is a stray: `assets verify` finds it.
              if (!storage.settle(before.file.key, {}, {})) break;
            }
            return std::unexpected(std::move(kept).error());
          }
          assets.push_back({names[i], files[i].file_name, *std::move(kept)});
        }
        return assets;
      });
}

Answer Endpoints::upload(Request& request, const Caller& caller) {
  Upload form(services_);
  co_await form.receive(request);
  if (form.files().empty()) co_return bad_request("File is required");
  const auto names = co_await names_of(form);
  const auto group = co_await group_of(form);
  const auto kept = co_await keep(form.files(), names);
  const auto ids = co_await create(services_, act_of(request, caller), group, kept);
  if (ids.size() == 1) co_return co_await detail_answer(caller, ids[0], 201, true);

  const auto rows = co_await database().read(find_assets, caller.tenant, ids);
  Response response{.status = 201};
  json::Object body{response.body};
  {
    json::Array data = body.array("data");
    for (int i = 0; i < rows.size(); ++i) {
      json::Object item = data.object();
      write(item, rows[i], *services_.signer);
    }
  }
  body.close();
  co_return response;
}

// What the last part of an address's path is called.
std::string file_name_of(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t host = std::min(url.find("//") + 2, url.size());
  const std::size_t slash = url.rfind('/');
  if (slash == std::string_view::npos || slash < host || slash + 1 == url.size()) return "file";
  const auto name = http::percent_decoded(url.substr(slash + 1));
  return name && !name->contains('\0') ? *name : std::string(url.substr(slash + 1));
}

Answer Endpoints::upload_from_url(Request& request, const Caller& caller) {
  const auto body = co_await http::read_json(request);
  http::Fields fields(body, {"url", "name", "assetGroupId"});
  const std::string url = fields.text("url", 1, 2048);
  const auto named = fields.optional_text("name", 1, name_length_max);
  const auto group = fields.optional_number("assetGroupId", 1, std::numeric_limits<Id>::max());
  co_await fields.check();
  NewAsset asset{.file_name = file_name_of(url)};
  asset.name = named ? *named : std::string(stem_of(asset.file_name).substr(0, name_length_max));
  asset.file = co_await services_.fetching.run(services_.here(), [&]() -> Result<Kept> {
    auto incoming = services_.storage->folder().receive();
    if (!incoming) return std::unexpected(std::move(incoming).error());
    const auto fetched = net::fetch(url, {.bytes_max = services_.bytes_max, .allowed_hosts = services_.fetch_hosts},
                                    [&](std::string_view bytes) { return incoming->write(bytes); });
    if (!fetched) return std::unexpected(fetched.error());
    return services_.storage->keep(*incoming);
  });
  const auto ids = co_await create(services_, act_of(request, caller), group, {asset});
  co_return co_await detail_answer(caller, ids[0], 201, true);
}

Answer Endpoints::replace(Request& request, const Caller& caller) {
  const auto id = co_await asset_id(request);
  Upload form(services_);
  co_await form.receive(request);
  if (form.files().size() != 1) co_return bad_request("File is required");
  const auto kept = co_await keep(form.files(), {""});
  co_await replace_file(services_, act_of(request, caller), id, kept[0].file);
  co_return co_await detail_answer(caller, id, 200, true);
}

// Reading -------------------------------------------------------------------------------------------------------

Task<Result<std::string>> Endpoints::detail(const Caller& caller, Id asset, bool with_image) {
  const auto rows = co_await database().read(find_assets, caller.tenant, Ids{asset});
  if (rows.empty()) co_return not_found("Asset not found");
  const Asset found = rows[0];
  std::string out;
  json::Object item{out};
  write(item, found, *services_.signer);
  if (with_image && found.thumbnail_path) {
    item.object("image")
        .add("full", services_.signer->sign(found.file_path, found.user_id))
        .add("thumbnail", services_.signer->sign(*found.thumbnail_path, found.user_id));
  }
  item.close();
  co_return out;
}

Answer Endpoints::detail_answer(const Caller& caller, Id asset, int status, bool with_image) {
  co_return Response::json(co_await detail(caller, asset, with_image), status);
}

Answer Endpoints::list_all(Request& request, const Caller& caller) {
  const auto page = co_await http::Page::of(request);
  auto filter = co_await read_asset_filter(request, co_await read_place(request));
  co_return Response::json(co_await assets_json(database(), *services_.signer, caller.tenant, page, std::move(filter)));
}

Answer Endpoints::list_with_groups(Request& request, const Caller& caller) {
  const auto page = co_await http::Page::of(request);
  const auto place = co_await read_place(request);
  auto filter = co_await read_asset_filter(request, place);
  auto group_filter = co_await read_group_filter(request, place.group);
  const std::string groups = co_await all_groups_json(database(), caller.tenant, place.group, group_filter.like);
  const std::string assets =
      co_await assets_json(database(), *services_.signer, caller.tenant, page, std::move(filter));
  Response response;
  json::Object(response.body).add_raw("groups", groups).add_raw("assets", assets);
  co_return response;
}

Answer Endpoints::find(Request& request, const Caller& caller) {
  const auto id = co_await asset_id(request);
  const auto rows = co_await database().read(find_assets, caller.tenant, Ids{id});
  if (rows.empty()) co_return not_found("Asset not found");
  Response response;
  json::Object item{response.body};
  write(item, rows[0], *services_.signer);
  item.close();
  co_return response;
}

// The files -----------------------------------------------------------------------------------------------------

Answer Endpoints::download(Request& request, const Caller& caller) {
  const auto id = co_await asset_id(request);
  const auto rows = co_await database().read(find_file, caller.tenant, id, std::nullopt);
  if (rows.empty()) co_return not_found("Asset not found");
  const bool inlined = request.query("disposition") == "inline";
  co_return co_await serve_file(request, rows[0], services_, inlined ? Shown::as_allowed : Shown::as_download);
}

Answer Endpoints::serve(Request& request, const Caller& caller) {
  const std::string path = fmt::format("/uploads/{}", request.param("path"));
  if (path.contains('\0')) co_return not_found("Asset not found");
  const auto rows = co_await database().read(find_file, caller.tenant, std::nullopt, path);
  if (rows.empty()) co_return not_found("Asset not found");
  const File file = rows[0];
  if (file.is_thumbnail) co_return co_await serve_thumbnail(request, file, services_);
  co_return co_await serve_file(request, file, services_, Shown::as_allowed);
}

// Changing ------------------------------------------------------------------------------------------------------

Result<Change> read_change(const boost::json::value& body) {
  http::Fields fields(body, {"name", "assetGroupId"});
  Change change;
  const auto* object = body.if_object();
  if (object != nullptr && object->contains("name")) change.name = fields.text("name", 1, name_length_max);
  if (object != nullptr && object->contains("assetGroupId")) {
    change.moves = true;
    change.group = fields.optional_number("assetGroupId", 1, std::numeric_limits<Id>::max());
  }
  if (auto checked = fields.check(); !checked) return std::unexpected(std::move(checked).error());
  return change;
}

Answer Endpoints::update(Request& request, const Caller& caller) {
  const auto id = co_await asset_id(request);
  const auto change = co_await read_change(co_await http::read_json(request));
  co_await assets::update(services_, act_of(request, caller), id, change);
  co_return co_await detail_answer(caller, id, 200, false);
}

// The trash -----------------------------------------------------------------------------------------------------

Answer Endpoints::move_to_trash(Request& request, const Caller& caller) {
  const auto id = co_await asset_id(request);
  if (co_await http::flag_parameter(request, "dryRun", false)) {
    co_return co_await trash::preview_delete(database(), caller.tenant, *trash::find_kind("asset"), id, true,
                                             services_.retention_days);
  }
  const auto deleted = co_await trash::delete_asset(database(), act_of(request, caller), id);
  co_return trash::answer_to_delete("Asset successfully soft deleted", deleted,
                                    fmt::format("POST /assets/{}/restore", id));
}

Answer Endpoints::list_deleted(Request& request, const Caller& caller) {
  const auto page = co_await http::Page::of(request);
  const auto found = co_await trash::deleted_assets(database(), caller.tenant, page, services_.retention_days);
  co_return trash::answer_with_deleted(page, found, [](json::Object& out, const auto& row) { write(out, row); });
}

Answer Endpoints::restore(Request& request, const Caller& caller) {
  const auto id = co_await asset_id(request, "Soft-deleted asset not found");
  const bool with_groups = co_await http::flag_parameter(request, "restoreGroup", false);
  const auto restored = co_await trash::restore_asset(database(), act_of(request, caller), id, with_groups,
                                                      co_await trash::read_restore_how(request));
  const auto asset = co_await as_result(detail(caller, id, false));
  Response response{.status = 201};
  json::Object body{response.body};
  // The asset is null where somebody else has deleted it again meanwhile.
  body.add("message", restored.message).add_raw("asset", asset ? *asset : "null");
  body.add_members(restored.facts);
  body.close();
  co_return response;
}

}  // namespace

void add_routes(http::Router& router, const Services& services) {
  using enum http::Method;
  const auto endpoints = std::make_shared<Endpoints>(services);
  const auto route = [&](http::Method method, std::string_view pattern, std::string_view action,
                         Answer (Endpoints::*handler)(Request&, const Caller&)) {
    router.add(method, pattern, http::needs("assets", action), http::handler_of(endpoints, handler));
  };
  route(post, "/assets/upload", "create", &Endpoints::upload);
  route(post, "/assets/upload-url", "create", &Endpoints::upload_from_url);
  route(get, "/assets", "read", &Endpoints::list_all);
  route(get, "/assets/with-groups", "read", &Endpoints::list_with_groups);
  route(get, "/assets/deleted", "delete", &Endpoints::list_deleted);
  route(get, "/assets/export/json", "export", &Endpoints::export_list);
  route(post, "/assets/export", "export", &Endpoints::export_file);
  route(post, "/assets/zip", "read", &Endpoints::zip);
  route(get, "/assets/:id", "read", &Endpoints::find);
  route(get, "/assets/:id/download", "read", &Endpoints::download);
  route(patch, "/assets/:id", "update", &Endpoints::update);
  route(post, "/assets/:id/file", "update", &Endpoints::replace);
  route(put, "/assets/:id/file", "update", &Endpoints::replace);
  route(del, "/assets/:id", "delete", &Endpoints::move_to_trash);
  route(post, "/assets/:id/restore", "create", &Endpoints::restore);
  router.add(get, "/uploads/*path", http::needs_or_signed("assets", "read"),
             http::handler_of(endpoints, &Endpoints::serve));
}

}  // namespace pim::media::assets
