// Brings a database's schema to what this program needs.
//
// Each migration runs in one transaction together with its row in the ledger, so that nothing is ever half
// applied. One that begins with the line `-- steps` commits each statement by itself, for what can't be in a
// transaction (CREATE INDEX CONCURRENTLY) or would hold locks for long; the ledger says how far it came, and the next
// deploy goes on there. Only one program migrates a database at a time.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::migrate {

struct Migration {
  std::string name;  // "20251119045739_add_soft_delete_fields"
  std::string up, down;
  std::string checksum() const;  // SHA-256 of `up`, in hexadecimal
};

// Those that the program carries, or those of a folder like db/migrations. In order.
Result<std::vector<Migration>> migrations(const std::optional<std::filesystem::path>& folder = {});

enum class State : std::uint8_t { applied, pending, failed, changed };
std::string_view name_of(State state);

struct Entry {
  std::string name;
  State state;
  std::string finished_at;  // where it is applied
  std::string logs;         // where it failed: what the database said
};

// What a database has of them. Changes nothing.
Result<std::vector<Entry>> status(pg::Blocking& connection, const std::vector<Migration>& wanted);

// Told what is waited for.
using Progress = std::function<void(const std::string&)>;

// How long others are waited for.
struct Patience {
  std::chrono::milliseconds other_deploy{600'000};  // for another program that migrates
  // A migration that waits for a table holds up everybody who comes after it: it waits shortly, and tries again.
  std::chrono::milliseconds table_lock{300};
  int attempts = 60;
};

// Applies what is pending; gives the names. Another program that migrates is waited for.
Result<std::vector<std::string>> deploy(pg::Blocking& connection, const std::vector<Migration>& wanted,
                                        const Progress& progress, const Patience& patience = {});

struct Reverted {
  std::vector<std::string> names;   // the last first
  std::vector<std::string> losses;  // what of rows goes with them, in words
};

// Takes back the last migration that is applied, or all that came after `to`. Where rows would go with them nothing is
// done, unless `lose_data`.
Result<Reverted> revert(pg::Blocking& connection, const std::vector<Migration>& wanted,
                        const std::optional<std::string>& to, bool lose_data, const Progress& progress,
                        const Patience& patience = {});

// Within the transaction that the caller began: takes back all of `wanted` but the first `kept`, rows or not. Gives the
// names, the last first.
pg::Outcome<std::vector<std::string>> take_back_all(pg::Blocking& connection, const std::vector<Migration>& wanted,
                                                    std::size_t kept);

}  // namespace pim::ops::migrate
