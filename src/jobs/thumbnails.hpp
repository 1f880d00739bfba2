// Makes the thumbnails that wait in the database, each image in a process of its own.
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
class ThumbnailMaker {
 public:
  ThumbnailMaker(std::string database_url, std::shared_ptr<const media::Storage> storage);

 private:
  struct Wanted {
    std::string hash, place, key, mime_type;
    std::int64_t tries;
  };
  void run(const std::stop_token& stop);
  // All that is due; false where the database is away.
  bool make_due(pg::Blocking& connection, const std::stop_token& stop);
  bool make(pg::Blocking& connection, const Wanted& wanted, const std::stop_token& stop);
  // Brings the file of an image that is elsewhere here.
  Result<void> fetch(const Wanted& wanted, const std::filesystem::path& target) const;
  Result<void> keep(const Wanted& wanted, const std::string& made) const;
  void remove_kept(const Wanted& wanted) const;
  void wait(const std::stop_token& stop, std::chrono::milliseconds time);

  std::string database_url_;
  std::shared_ptr<const media::Storage> storage_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace pim::jobs
