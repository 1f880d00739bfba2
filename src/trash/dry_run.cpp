#include "trash/dry_run.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>

#include "http/fields.hpp"
#include "json/writer.hpp"
#include "trash/deletion.hpp"
#include "trash/preview_token.hpp"

namespace pim::trash {
namespace {

std::string subject_of(const BulkDelete& bulk) { return boost::json::serialize(bulk.selection); }

}  // namespace

Task<Result<http::Response>> answer_purge(pg::Database& database, const http::Request& request, const Act& act,
                                          const ItemKind& kind, std::int32_t id, std::string_view message) {
  if (co_await http::flag_parameter(request, "dryRun", false)) {
    const Chosen chosen{.kinds = {kind.name}, .ids = std::vector{id}};
    const auto preview = co_await preview_purge(database, act.tenant, chosen);
    if (preview.count == 0) co_return co_await not_to_purge(database, act.tenant, kind, id);
    http::Response response;
    json::Object(response.body).add_members(preview.facts);
    co_return response;
  }
  co_return answer_with(message, co_await purge_one(database, act, kind, id, request.query("reason")));
}

Result<BulkDelete> read_bulk_delete(const http::Request& request, const boost::json::value& body, const ItemKind& kind,
                                    bool along) {
  const auto is_dry = http::flag_parameter(request, "dryRun", false);
  if (!is_dry) return std::unexpected(is_dry.error());
  BulkDelete bulk{.selection = body, .is_dry = *is_dry, .along = along};
  bulk.act = fmt::format("POST /{}/bulk-delete{}", kind.resource, along ? " along" : "");
  if (!body.is_object()) return bulk;
  boost::json::object& fields = bulk.selection.get_object();
  if (const auto* token = fields.if_contains("previewToken")) {
    if (!token->is_string() && !token->is_null()) return invalid({"previewToken must be a string"});
    if (token->is_string()) bulk.token = token->get_string();
    fields.erase("previewToken");
  }
  return bulk;
}

Task<Result<http::Response>> preview_bulk_delete(pg::Database& database, const Previewing& previewing,
                                                 const BulkDelete& bulk, const ItemKind& kind,
                                                 const std::vector<std::int32_t>& ids, bool named_one_by_one) {
  const auto preview =
      co_await preview_delete_of(database, previewing.tenant, kind, ids, bulk.along, previewing.retention_days);
  const auto rows = std::ssize(ids);
  std::optional<std::string> token;
  if (!named_one_by_one && rows > rows_without_preview_max) {
    token = preview_token(previewing.secret, {previewing.tenant, bulk.act, subject_of(bulk), rows},
                          std::chrono::system_clock::now());
  }
  http::Response response;
  json::Object(response.body).add_members(preview.facts).add("previewToken", token);
  co_return response;
}

Result<void> check_previewed(const Previewing& previewing, const BulkDelete& bulk, std::int64_t rows) {
  return check_preview_token(previewing.secret, {previewing.tenant, bulk.act, subject_of(bulk), rows}, bulk.token,
                             std::chrono::system_clock::now());
}

}  // namespace pim::trash
