// Removes the files of content that no asset has any more: after the commit, and as often as it takes. A crash leaves a
// file too many, never one too few.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "media/storage/storage.hpp"
#include "pg/blocking.hpp"

namespace pim::jobs {

// A thread of its own, on a connection of its own, until it is destroyed. Several servers may run one each.
class FileRemover {
 public:
  FileRemover(std::string database_url, std::shared_ptr<const media::Storage> storage);

 private:
  void run(const std::stop_token& stop);
  // False where the database is away.
  bool decide(pg::Blocking& connection, const std::stop_token& stop);
  bool remove_due(pg::Blocking& connection, const std::stop_token& stop);
  Result<void> remove(std::string_view place, std::string_view key) const;
  // What was cut off in the middle of an upload, a day ago or more.
  void sweep() const;
  // Does the S3 store answer? `GET /health/ready` tells what came of it.
  void probe() const;
  void wait(const std::stop_token& stop, std::chrono::milliseconds time);

  std::string database_url_;
  std::shared_ptr<const media::Storage> storage_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace pim::jobs
