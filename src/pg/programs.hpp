// PostgreSQL's own programs (pg_dump, pg_restore, psql): where they are, and running them.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/problem.hpp"

namespace pim::pg {

// How a program is told where the database is. Everybody can read the arguments of a process: the password goes into
// its environment.
struct Target {
  std::string connection;  // what libpq takes for a connection, without the password
  std::string password;    // empty: none
};
Target target_of(const std::string& url);
// The database that a URL names; empty: none.
std::string database_of(const std::string& url);
// The same server and user, another database; with the password. For libpq.
std::string with_database(const std::string& url, const std::string& database);

// The program of PostgreSQL `major`, else of the oldest newer one: an older one does not understand the server.
Result<std::filesystem::path> find_program(const std::string& name, int major);
// "PostgreSQL 15.14", as the program says of itself.
std::string version_of(const std::filesystem::path& program);

// Runs a program to its end, with the target's password. It ends with this program, however this one ends. `waiting` is
// called every now and then. A Problem: it could not be started, or failed; what it said on standard error is in the
// message.
Result<void> run_program(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                         const Target& target, const std::function<void()>& waiting);

}  // namespace pim::pg
