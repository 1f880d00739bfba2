// Moves the files of assets from one place to another, while the server runs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "media/storage/storage.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::assets {

struct CopyOptions {
  // Not to the folder of the configuration, but to one that is to take its place: nothing but files is changed then.
  std::filesystem::path other_folder;
  bool remove_source = false;  // the old files go too
  std::function<void(std::int64_t files, std::int64_t bytes)> progress = [](std::int64_t, std::int64_t) {};
};

struct Copied {
  std::int64_t files = 0, bytes = 0;  // that were sent
  std::int64_t there_already = 0;     // that had been sent before, and were looked at only
  std::vector<std::string> failed;    // "…: why": what has a wrong or missing file stays where it is
  std::int64_t removed = 0;           // old files that are going now
  std::int64_t left_behind = 0;       // old files that are kept
};

// Copies all content that is not in `place` ("local" or "s3") there. A file is read back and compared by its hash
// before its row says that it is there. It may be stopped or killed at any point, and goes on where it was; a second
// run at the same time is refused.
Result<Copied> copy(pg::Blocking& connection, const media::Storage& storage, std::string_view place,
                    const CopyOptions& options);

}  // namespace pim::ops::assets
