// Acts on more rows than one statement takes: what each is about is written down when it begins, and done batch by
// batch in the background, by whichever server has time. Each batch happens whole or not at all.
#pragma once

#include <cstdint>
#include <string_view>

#include "async/task.hpp"
#include "base/act.hpp"
#include "http/response.hpp"
#include "pg/database.hpp"
#include "trash/items.hpp"

namespace pim::trash {

enum class BulkKind : bool { restore, purge };

// Begins one on what is chosen of the trash, however many they are. 202 with what `bulk_act` answers.
Task<Result<http::Response>> begin_bulk(pg::Database& database, const Act& act, BulkKind kind, Chosen chosen,
                                        const RestoreHow& how, const PurgeHow& purge_how);

// {"id","act","state","total","done",…}. 404 where there is none that is only of these kinds.
Task<Result<http::Response>> bulk_act(pg::Database& database, std::int32_t tenant, const Kinds& kinds, std::int64_t id,
                                      int status = 200);

struct RunningBulk {
  std::int64_t id;
  std::int32_t tenant;
};
BOOST_DESCRIBE_STRUCT(RunningBulk, (), (id, tenant))

// Does the next batch that nobody is at; false where there is none. Who finds that all are done ends the act. A
// problem: it is to be tried again later.
Task<Result<bool>> run_batch(pg::Database& database, RunningBulk bulk);

}  // namespace pim::trash
