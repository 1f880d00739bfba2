// What deletes and purges answer to ?dryRun=true: what would go, and nothing is changed; and what a bulk of many rows
// owes to it.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.hpp"
#include "trash/items.hpp"

namespace pim::trash {

// DELETE …/:id/permanent: deletes one trashed thing for good, or says what would go. 404 where there is none; 409 for a
// living one, which stays as it is.
Task<Result<http::Response>> answer_purge(pg::Database& database, const http::Request& request, const Act& act,
                                          const ItemKind& kind, std::int32_t id, std::string_view message);

// POST …/bulk-delete: the body without the preview's token, and that.
struct BulkDelete {
  boost::json::value selection;
  std::string token;
  bool is_dry;
  bool along;       // with variants, or what is below
  std::string act;  // what the token is for
};
Result<BulkDelete> read_bulk_delete(const http::Request& request, const boost::json::value& body, const ItemKind& kind,
                                    bool along);

struct Previewing {
  std::string_view secret;  // that tokens are signed with
  std::int32_t tenant;
  int retention_days;
};

// What would go of the living things `ids`, with the token that the bulk wants where they are many and not named one by
// one.
Task<Result<http::Response>> preview_bulk_delete(pg::Database& database, const Previewing& previewing,
                                                 const BulkDelete& bulk, const ItemKind& kind,
                                                 const std::vector<std::int32_t>& ids, bool named_one_by_one);

// 428 where it wants a preview of so many rows, and has none.
Result<void> check_previewed(const Previewing& previewing, const BulkDelete& bulk, std::int64_t rows);

}  // namespace pim::trash
