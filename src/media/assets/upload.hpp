// A form with files, kept on disk as it comes in: constant memory, however large they are.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "http/multipart.hpp"
#include "http/request.hpp"
#include "media/services.hpp"

namespace pim::media::assets {

class Upload final : public http::MultipartReader::Sink {
 public:
  explicit Upload(const Services& services) : services_(services) {}

  static constexpr std::size_t files_max = 20;

  // Reads the whole body. 413 "File too large", 507 where the disk is full.
  Task<Result<void>> receive(http::Request& request);

  struct Received {
    std::string file_name;  // as the client calls it
    Folder::Incoming file;
    std::string pending;  // not yet written
  };
  std::vector<Received>& files() noexcept { return files_; }
  // The values of a field, in their order.
  const std::vector<std::string>& field(std::string_view name) const;

  Result<void> begin(std::string_view name, std::string_view file_name) override;
  Result<void> data(std::string_view bytes) override;

 private:
  Task<Result<void>> write_pending(bool all);

  const Services& services_;
  std::vector<Received> files_;
  std::map<std::string, std::vector<std::string>, std::less<>> fields_;
  std::string* field_ = nullptr;  // that is coming in; null: the last file
};

}  // namespace pim::media::assets
