// The cleanup: what has been in the trash for as long as it is kept goes for good. The database's clock alone decides.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/schedule.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::cleanup {

enum class Trigger : std::uint8_t { schedule, command, retry };

// A run that has ended.
struct Ended {
  std::int64_t id = 0;
  std::optional<pg::Timestamp> slot{};  // the local time that it was due at
  std::string state, trouble;           // "done", "cancelled", "failed"
  std::int64_t purged = 0, held = 0, failed = 0;
  pg::Timestamp started_at{}, finished_at{};
};

// Only one of all servers and commands cleans at a time: whoever has this lock, for as long as the connection lives.
pg::Outcome<bool> lock(pg::Blocking& connection);
pg::Outcome<void> unlock(pg::Blocking& connection);

// Whether others use the database, by its count of transactions: yes until it is known, for two threads.
class OtherTraffic {
 public:
  bool busy() const { return busy_; }
  // So many transactions were made by everybody since ever, of which we made so many since the last time.
  bool note(std::chrono::steady_clock::time_point now, std::int64_t all, std::int64_t own);

 private:
  std::mutex mutex_;
  std::atomic<bool> busy_ = true;
  std::chrono::steady_clock::time_point since_{};
  std::int64_t own_ = 0, others_ = 0;
};

// One run, in batches, each of which is one statement: wherever it ends, the next one goes on with what is left. The
// connection has the lock; the second one helps while nobody else needs the database.
class Cleaner {
 public:
  // `goes_on` is asked before each batch, by two threads at once.
  Cleaner(pg::Blocking& connection, pg::Blocking& second, int retention_days, std::function<bool()> goes_on)
      : connection_(connection), second_(second), retention_days_(retention_days), goes_on_(std::move(goes_on)) {}

  // nullopt: the time of `slot` had its run already, or the run was interrupted and somebody else goes on with it. An
  // error of the database leaves the run open in the same way.
  pg::Outcome<std::optional<Ended>> run(Trigger trigger, std::optional<WallTime> slot);

 private:
  enum class Next : std::uint8_t { go_on, cancelled, interrupted };
  struct Item {
    std::int32_t id;
    pg::Timestamp deleted_at;
    bool is_due;
  };
  struct Found;

  pg::Outcome<Next> clean();
  pg::Outcome<Next> clean_tenant(std::int32_t tenant);
  pg::Outcome<Next> clean_kind(std::int32_t tenant, std::string_view kind);
  pg::Outcome<std::vector<Item>> find(std::int32_t tenant, std::string_view kind, bool early, const Item& after);
  pg::Outcome<Next> clean_found(Found& found);
  pg::Outcome<Next> take_batches(pg::Blocking& connection, Found& found, bool helps);
  pg::Outcome<Next> retry();
  pg::Outcome<Next> purge(pg::Blocking& connection, std::int32_t tenant, std::string_view kind,
                          const std::vector<std::int32_t>& ids);
  pg::Outcome<std::optional<Ended>> end(std::string_view state, std::optional<std::string_view> trouble);

  pg::Blocking& connection_;
  pg::Blocking& second_;
  int retention_days_;
  std::function<bool()> goes_on_;
  std::int64_t run_ = 0;
  std::atomic<std::int64_t> purged_ = 0;  // of one tenant's kind
  OtherTraffic others_;
};

// What is still to be made of a schedule at this local time: the time of the run that is due; nullopt for none. The
// first time that there is a schedule, the run before it is not made up for.
pg::Outcome<std::optional<WallTime>> due_slot(pg::Blocking& connection, const Schedule& schedule, WallTime now);
// How the list of runs names who is at work: "host (process 12)".
std::string this_process();
// Is there something that could not be purged, and that it is time to try again?
pg::Outcome<bool> has_retries(pg::Blocking& connection);

struct Coming {
  std::int32_t tenant;
  std::string email, kind;
  std::int64_t rows;
  pg::Timestamp first_at;
  std::vector<std::string> names;  // some of them
};
// What would be purged within these days.
pg::Outcome<std::vector<Coming>> preview(pg::Blocking& connection, int retention_days, int days,
                                         std::optional<std::int32_t> tenant = {});

}  // namespace pim::ops::cleanup
