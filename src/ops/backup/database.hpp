// Databases that backups are restored into.
#pragma once

#include <functional>
#include <string>

#include "base/problem.hpp"
#include "ops/backup/store.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::backup {

// Told what goes on.
using Progress = std::function<void(const std::string&)>;

// What the database said, with the next step where there is one.
std::unexpected<Problem> database_trouble(const pg::Error& error);

// The same of what PostgreSQL's programs say.
std::unexpected<Problem> program_trouble(Problem problem);

Result<pg::Blocking> connect_to(const std::string& url);
// An empty one, with the locale that the backup's had where the server knows it.
Result<void> create_database(pg::Blocking& connection, const std::string& name, const Manifest& manifest);
std::string quoted_name(const std::string& name);

// How much of a backup is put into a database.
enum class Part : std::uint8_t { all, product };
// pg_restore into an empty database. all: with several connections, or as one transaction. product: the tables that a
// product is in, without indexes and keys.
struct RestoreHow {
  Part part = Part::all;
  bool in_one_transaction = false;
  int jobs = 1;
};
Result<void> fill_database(const std::string& url, const Backup& backup, const RestoreHow& how,
                           const Progress& progress);

// Does the database have what the backup says? What differs; nothing where all is as it was.
Result<std::vector<std::string>> compare(const std::string& url, const Backup& backup, const Progress& progress);

// A database of its own on the same server, which goes with this object. One that a killed program left behind goes
// when the next is made.
class Scratch {
 public:
  static Result<Scratch> make(const std::string& url, const Manifest& manifest);
  Scratch(Scratch&&) noexcept = default;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();
  const std::string& url() const noexcept { return url_; }

 private:
  Scratch(pg::Blocking connection, std::string name, std::string url)
      : connection_(std::move(connection)), name_(std::move(name)), url_(std::move(url)) {}
  pg::Blocking connection_;
  std::string name_, url_;
};

// What a backup holds, or the part of it that is asked for, in a database of its own.
Result<Scratch> restore_into_scratch(const std::string& url, const Backup& backup, const RestoreHow& how,
                                     const Progress& progress);

// Calls its progress every two seconds at most, and not within the first two.
class Ticker {
 public:
  explicit Ticker(const Progress& progress) : progress_(progress) {}
  void tick(const std::function<std::string(int seconds)>& text);

 private:
  const Progress& progress_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point next_ = begun_ + std::chrono::seconds(2);
};

}  // namespace pim::ops::backup
