// Brings a database's schema to what this program needs.
//
// Each migration runs in one transaction together with its row in the ledger, so that nothing is ever half
// applied. Only one program migrates a database at a time.
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
  std::chrono::milliseconds table_lock{3'000};
  int attempts = 10;
};

// Applies what is pending; gives the names. Another program that migrates is waited for.
Result<std::vector<std::string>> deploy(pg::Blocking& connection, const std::vector<Migration>& wanted,
                                        const Progress& progress, const Patience& patience = {});

}  // namespace pim::ops::migrate
