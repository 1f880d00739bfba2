// How migrations run on their connection: within limits of time, and never in the way of others for long.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "ops/migrate/migrate.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::migrate {

pg::Outcome<void> run(pg::Blocking& connection, std::string_view statement,
                      std::initializer_list<pg::Blocking::Value> values);
// A whole file of statements, within the transaction that is open. One that ends it is an error.
pg::Outcome<void> run_file(pg::Blocking& connection, const std::string& file);
// `scope` is LOCAL or SESSION.
pg::Outcome<void> set_limits(pg::Blocking& connection, std::string_view scope, const Patience& patience);

// Did a statement give up because others hold a table for too long? Nothing was changed then.
bool waits_for_table(const pg::Error& error);
// Who they are, in words.
std::string lock_holders(pg::Blocking& connection);
// Says who is in the way of the migration `name`, and pauses: longer with each attempt.
void wait_for_table(pg::Blocking& connection, const std::string& name, int attempt, const Progress& progress);

}  // namespace pim::ops::migrate
