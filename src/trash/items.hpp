// Acts on whatever is in the trash, of any kind: what is chosen comes back, or goes for good, in one statement.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/task.hpp"
#include "base/act.hpp"
#include "http/page.hpp"
#include "http/response.hpp"
#include "pg/database.hpp"
#include "trash/kinds.hpp"

namespace pim::trash {

using Kinds = std::vector<std::string_view>;

inline constexpr int restore_attempts_max = 10;           // who loses a name that is free again tries so often
inline constexpr std::int32_t rows_at_once_max = 10'000;  // of one statement

// Which of them. What is not given does not matter.
struct Chosen {
  Kinds kinds;  // those that may be
  std::optional<std::vector<std::int32_t>> ids{};
  std::optional<std::int64_t> deletion{};
  std::optional<std::string> like{};  // name or SKU
  std::optional<std::int32_t> deleted_by{};
  std::optional<pg::Timestamp> since{}, before{};
  std::int32_t limit = rows_at_once_max;
  bool along = true;  // with what their own deletion took along: variants, what is below
};

// What happens to those whose SKU or name something living has by now.
enum class OnConflict : std::uint8_t { fail, rename, replace, skip };

std::string_view name_of(OnConflict what);
std::optional<OnConflict> on_conflict_of(std::string_view name);

// The refusal of a restore that something living is in the way of: who that is ("conflict":{…}), and what may be said
// of it.
std::unexpected<Problem> with_choices(std::unexpected<Problem> problem, std::string_view facts);

struct RestoreHow {
  OnConflict on_conflict = OnConflict::fail;
  bool with_dependencies = false;  // their parents, categories, families and groups come back too
  Kinds dependency_kinds{};        // of these kinds

  bool is_plain() const noexcept { return on_conflict == OnConflict::fail && !with_dependencies; }
};

// ?onConflict=fail|rename|replace|skip&withDependencies=true
Result<RestoreHow> read_restore_how(const http::Request& request);

// An attribute that the family of a product that comes back requires, and that has no value.
struct MissingValue {
  std::int32_t id;
  std::string_view name;
  std::int32_t of_id;
};
BOOST_DESCRIBE_STRUCT(MissingValue, (), (id, name, of_id))

// `"warnings":[…]`: it came back, and is incomplete.
std::string warnings_member(const std::vector<MissingValue>& missing);

// batch: of a bulk that goes on in the background, whose answer nobody reads.
enum class Extent : std::uint8_t { one, bulk, batch };

// What came back. `facts` are members of an answer: `"renamed":[…],…`.
struct RestoredItems {
  std::int32_t chosen, restored, left;
  std::string facts;
};

// 409 where something stands in the way and `how` says to fail.
Task<Result<RestoredItems>> restore_items(pg::Database& database, const Act& act, const Chosen& chosen,
                                          const RestoreHow& how, Extent extent);

struct PurgedItems {
  std::int32_t chosen, purged;
  std::optional<std::int64_t> certificate;
  std::string facts;
};

struct PurgeHow {
  std::optional<std::string_view> reason{};
  bool skip_held = false;                   // else a legal hold refuses the whole
  std::optional<std::int32_t> confirmed{};  // how many must be chosen; nothing is deleted where there are others
};

// 423 where a legal hold keeps one of them.
Task<Result<PurgedItems>> purge_items(pg::Database& database, const Act& act, const Chosen& chosen, const PurgeHow& how,
                                      Extent extent);

// One trashed thing for good, with what its own deletion took along. 404 where there is none; 409 for a living one,
// which stays as it is; 423 where a legal hold keeps it. Members of an answer.
Task<Result<std::string>> purge_one(pg::Database& database, const Act& act, const ItemKind& kind, std::int32_t id,
                                    std::optional<std::string_view> reason = {});

// Why there was nothing to delete for good: 409 where it lives, else 404.
Task<Result<http::Response>> not_to_purge(pg::Database& database, std::int32_t tenant, const ItemKind& kind,
                                          std::int32_t id);

// What the answer to a restore of one thing says besides the thing itself: its message, and members
// (`"renamed":[…],…`).
struct RestoredOne {
  std::string message, facts;
};
// Of one that is back; a plain restore has at most warnings, or what is still in the trash.
RestoredOne restored(const ItemKind& kind, std::string facts = {});

// One trashed thing, with `along` what its own deletion took along, in whichever way. 404 where it is not in the trash.
Task<Result<RestoredOne>> restore_one(pg::Database& database, const Act& act, const ItemKind& kind, std::int32_t id,
                                      bool along, RestoreHow how);

// What would happen, as members of an answer; nothing is changed. `count`: rows that are chosen.
struct Preview {
  std::int32_t count, items;
  std::string facts;
};
Task<Result<Preview>> preview_restore(pg::Database& database, std::int32_t tenant, const Chosen& chosen,
                                      const RestoreHow& how, int retention_days);
Task<Result<Preview>> preview_purge(pg::Database& database, std::int32_t tenant, const Chosen& chosen);

// What would go to the trash if these living things were deleted, with `along` their variants or what is below them: as
// members of an answer. `count`: those of `ids` that are there.
Task<Result<Preview>> preview_delete_of(pg::Database& database, std::int32_t tenant, const ItemKind& kind,
                                        const std::vector<std::int32_t>& ids, bool along, int retention_days);
// The same of one; 404 where it is not there.
Task<Result<http::Response>> preview_delete(pg::Database& database, std::int32_t tenant, const ItemKind& kind,
                                            std::int32_t id, bool along, int retention_days);

Task<Result<bool>> is_living(pg::Database& database, std::int32_t tenant, const ItemKind& kind, std::int32_t id);

// 412: what was read before is no more as it was.
std::unexpected<Problem> another_version();

// The last row of the page before.
struct ItemCursor {
  http::Cursor last;
  std::int32_t rank;  // of its kind

  std::string text() const;
  static std::optional<ItemCursor> parse(std::string_view text);
};

// {"data":[…],"pagination":{…},"kinds":{…}}: a page of the trash, newest first.
Task<Result<http::Response>> list_items(pg::Database& database, std::int32_t tenant, const Chosen& chosen,
                                        std::int32_t limit, const std::optional<ItemCursor>& after, int retention_days);

// How many rows are chosen, in all.
Task<Result<std::int64_t>> count_items(pg::Database& database, std::int32_t tenant, const Chosen& chosen);

}  // namespace pim::trash
