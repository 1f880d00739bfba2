// Do the rows of assets and the files agree?
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "media/storage/storage.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::assets {

// A file that is not there, or is another one than its row says.
struct Broken {
  std::string hash, key, trouble;
  std::string assets;  // their ids, some of them
};

struct Verified {
  std::int64_t contents = 0, bytes = 0;
  std::vector<Broken> missing, corrupt;
  std::int64_t not_taken_in = 0;                   // assets of an adopted installation that `adopt` has not seen
  std::vector<std::int64_t> not_taken_in_missing;  // and those of them whose file is not there
  std::vector<std::string> strays;                 // files that no row has
  std::int64_t quarantined = 0;

  bool is_sound() const noexcept { return missing.empty() && corrupt.empty() && not_taken_in_missing.empty(); }
};

struct VerifyOptions {
  bool quick = false;                    // sizes only, not the bytes
  bool quarantine = false;               // strays are moved aside; nothing is ever deleted
  std::chrono::seconds stray_age{3600};  // what is younger may be an upload that is under way
};
Result<Verified> verify(pg::Blocking& connection, const media::Storage& storage, const VerifyOptions& options);

struct Adopted {
  std::int64_t taken_in = 0, bytes = 0;
  std::vector<std::string> missing;    // "12: /uploads/a.png"
  std::vector<std::string> different;  // of another size than the row said; taken in as they are
  std::int64_t elsewhere = 0;          // another site's addresses: they stay as they are
};
// Reads every file of an adopted installation that was not taken in yet, and notes what it is; the files stay where
// they are. It may be stopped at any time, and goes on where it was.
Result<Adopted> adopt(pg::Blocking& connection, const media::Uploads& uploads);

}  // namespace pim::ops::assets
