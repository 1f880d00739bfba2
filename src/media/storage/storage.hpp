// Where the bytes of all files lie: the folder, the S3 store, and the uploads of an adopted installation.
#pragma once

#include "media/storage/adopted.hpp"
#include "media/storage/folder.hpp"
#include "media/storage/s3.hpp"

namespace pim::config {
struct Config;
}

namespace pim::media {

class Storage {
 public:
  explicit Storage(const config::Config& config);

  // The one that content with this "place" is in.
  const Store& of(std::string_view place) const noexcept;
  // The one that its thumbnails are in.
  const Store& of_thumbnails(std::string_view place) const noexcept;
  // The one that new files go to.
  const Store& current() const noexcept { return of(takes_to_s3_ ? s3_.place() : folder_.place()); }

  const Folder& folder() const noexcept { return folder_; }
  const Uploads& uploads() const noexcept { return uploads_; }
  const S3& s3() const noexcept { return s3_; }

  // Puts a file that has come in where new files go: it is there for good when this returns.
  Result<Kept> keep(Folder::Incoming& incoming) const;
  // The file `own`, that was kept, is not needed, for its bytes are those of `used` in `place` ("": of none): takes it
  // away, or puts it there where that one is gone.
  Result<void> settle(std::string_view own, std::string_view place, std::string_view used) const;

 private:
  Folder folder_;
  Uploads uploads_;
  S3 s3_;
  bool takes_to_s3_;
};

}  // namespace pim::media
