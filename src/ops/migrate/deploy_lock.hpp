// One program at a time changes the schema of a database: ours, or the tool of the replaced service.
#pragma once

#include <utility>

#include "ops/migrate/migrate.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::migrate {

// Held by the session, outside of any transaction, until the end of its scope.
class DeployLock {
 public:
  // Waits for another one, and says for whom.
  static Result<DeployLock> take(pg::Blocking& connection, const Progress& progress, const Patience& patience);
  DeployLock(DeployLock&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  DeployLock& operator=(DeployLock&&) = delete;
  ~DeployLock();

 private:
  explicit DeployLock(pg::Blocking& connection) : connection_(&connection) {}
  pg::Blocking* connection_;
};

}  // namespace pim::ops::migrate
