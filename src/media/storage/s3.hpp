// Files in a store that speaks S3. Every call waits for the network, and is tried again for a while where the store
// does not answer; then it is a Problem with the status 503.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <vector>

#include "config/s3.hpp"
#include "media/storage/s3_signature.hpp"
#include "media/storage/store.hpp"

namespace pim::media {

struct S3Call;
struct S3Answer;

class S3 final : public Store {
 public:
  explicit S3(config::S3Store settings);

  std::string_view place() const noexcept override { return "s3"; }
  bool is_remote() const noexcept override { return true; }
  std::string name_of(std::string_view key) const override { return sharded(key); }
  std::string where(std::string_view name) const override;
  Result<std::unique_ptr<StoredFile>> open(std::string_view name) const override;
  Result<void> put(const std::filesystem::path& file, std::string_view name, std::string_view mime_type) const override;
  Result<void> move(std::string_view from, std::string_view to) const override;
  Result<void> remove(std::string_view name) const override;
  std::optional<std::string> link(std::string_view name, std::string_view mime_type,
                                  std::string_view disposition) const override;

  bool is_configured() const noexcept { return !settings_.bucket.empty(); }
  struct Listed {
    std::string name;
    std::chrono::sys_seconds changed;
  };
  // All names, without the prefix; a thousand at a time.
  Result<void> list(const std::function<Result<void>(const std::vector<Listed>&)>& sink) const;
  // Uploads in parts that nobody has ended for a time: their parts take room, and are no files.
  Result<int> abort_uploads(std::chrono::seconds age) const;
  // Asks it something small.
  Result<void> probe() const;
  // What came of the last call: what was wrong, or "" where nothing was.
  std::string trouble() const;

 private:
  class File;
  // As exchange() has it; what passes is tried again for a while.
  Result<S3Answer> ask(const S3Call& call) const;
  Result<S3Answer> ask_once(const S3Call& call) const;
  Result<void> put_parts(StoredFile& file, std::string_view name, std::string_view mime_type) const;
  Result<std::string> send_parts(StoredFile& file, std::string_view name, const std::string& upload) const;
  S3Request request_of(const S3Call& call) const;
  std::string address_of(const S3Request& request, const std::string& query) const;
  void note(std::string trouble) const;

  config::S3Store settings_;
  S3Signer signer_;
  std::string scheme_, host_, base_;  // "https://", "minio.example:9000", "/bucket" or ""
  mutable std::mutex mutex_;
  mutable std::string trouble_;
};

}  // namespace pim::media
