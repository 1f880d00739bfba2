#include "ops/migrate/deploy_lock.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

#include "ops/journal.hpp"
#include "sql/ops/migrate.hpp"

namespace pim::ops::migrate {
namespace {

using namespace std::chrono_literals;
namespace statements = sql::ops::migrate;

// The lock of the replaced service's tool, and ours.
constexpr std::string_view theirs = "72707369", ours = "7270736901";

std::string holder(pg::Blocking& connection) {
  auto rows = connection.query(std::string(statements::find_lock_holder), {theirs, ours});
  return rows && !rows->empty() ? std::string(rows->text(0, 0)) : "it has just ended";
}

}  // namespace

Result<DeployLock> DeployLock::take(pg::Blocking& connection, const Progress& progress, const Patience& patience) {
  const auto end = std::chrono::steady_clock::now() + patience.other_deploy;
  bool told = false;
  for (;;) {
    auto taken = connection.query(std::string(statements::try_lock), {theirs, ours});
    if (!taken) return operator_failure(taken.error());
    if (taken->text(0, 0) == "t") return DeployLock(connection);
    const std::string other = holder(connection);
    if (std::chrono::steady_clock::now() >= end) {
      return failure(fmt::format("Another program has been migrating this database for too long ({}).", other),
                     "Wait until it ends, or end it, and run the command again.");
    }
    if (!std::exchange(told, true)) {
      progress(fmt::format("Another program is migrating this database ({}); waiting for it.", other));
    }
    std::this_thread::sleep_for(200ms);
  }
}

DeployLock::~DeployLock() {
  if (connection_ != nullptr) std::ignore = connection_->query(std::string(statements::unlock), {theirs, ours});
}

}  // namespace pim::ops::migrate
