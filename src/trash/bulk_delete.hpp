// Many living things into the trash at once: what would go, which of them want to have been looked at first, and doing
// it.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.hpp"
#include "trash/deletion.hpp"
#include "trash/items.hpp"

namespace pim::trash {

// POST …/bulk-delete: the body without the preview's token, and that.
struct BulkDelete {
  boost::json::value selection;
  std::string token;
  bool is_dry;
  bool along;       // with variants, or what is below
  bool as_before;   // the trash is switched off: no preview is wanted, and all is done when it is answered
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

// How many may be chosen: as many as its token is for, or as need none. 428 where the token is not for this bulk.
Result<std::int32_t> rows_to_delete_max(const Previewing& previewing, const BulkDelete& bulk, bool named_one_by_one);
// How many rows go before it is answered.
std::int32_t rows_at_once_max_of(const BulkDelete& bulk);

// 428 where it wants a preview of so many rows, and has none.
Result<void> check_previewed(const Previewing& previewing, const BulkDelete& bulk, std::int64_t rows);

// What it answers: 200, or 202 where they go in the background.
http::Response answer_to_bulk_delete(const ItemKind& kind, const DeletedMany& deleted);

// Which living things of a kind. What is not given does not matter.
struct Living {
  std::optional<std::vector<std::int32_t>> ids{};
  std::optional<std::string> like{};    // the name; of an asset, or its file's
  std::optional<std::string> type{};    // of an attribute; like the MIME type of an asset
  std::optional<std::int32_t> group{};  // that an asset is in
};

// Moves them to the trash, as one deletion, with what lives below them; or says what would go.
Task<Result<http::Response>> bulk_delete(pg::Database& database, const Act& act, const Previewing& previewing,
                                         const BulkDelete& bulk, const ItemKind& kind, const Living& living);

}  // namespace pim::trash
