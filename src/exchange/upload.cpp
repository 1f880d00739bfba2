#include "exchange/upload.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace pim::exchange {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t field_bytes_max = 64 * 1024;
constexpr std::array<std::string_view, 5> field_names{"file", "mapping", "dialect", "mode", "dryRun"};

}  // namespace

Result<Upload> Upload::open(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  std::string name = folder / "upload-XXXXXX";
  const int descriptor = ::mkstemp(name.data());
  if (descriptor < 0) return internal(fmt::format("{} can't be written to: {}", folder.string(), std::strerror(errno)));
  Upload upload;
  upload.stream_.open(name, std::ios::in | std::ios::out | std::ios::binary | std::ios::trunc);
  ::close(descriptor);
  fs::remove(name, error);
  if (!upload.stream_) return internal(fmt::format("{} can't be opened", name));
  return upload;
}

Result<void> Upload::begin(std::string_view name, std::string_view file_name) {
  if (std::ranges::find(field_names, name) == field_names.end()) {
    return invalid({fmt::format("property {} should not exist", name)});
  }
  if (name != "file") {
    field_ = &fields_[std::string(name)];
    field_->clear();
    return {};
  }
  if (std::exchange(has_file_, true)) return bad_request("Only one file can be imported at a time", "import.two_files");
  field_ = nullptr;
  file_name_ = file_name;
  return {};
}

Result<void> Upload::data(std::string_view bytes) {
  if (field_ != nullptr) {
    if (field_->size() + bytes.size() > field_bytes_max) return bad_request("A field of the form is too long");
    *field_ += bytes;
    return {};
  }
  if (first_bytes_.size() < 4) first_bytes_ += bytes.substr(0, 4 - first_bytes_.size());
  if (!stream_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    return internal(fmt::format("the upload can't be kept: {}", std::strerror(errno)));
  }
  return {};
}

std::string_view Upload::field(std::string_view name) const noexcept {
  const auto found = fields_.find(name);
  return found == fields_.end() ? std::string_view{} : found->second;
}

Result<std::istream*> Upload::file() {
  stream_.flush();
  stream_.seekg(0);
  if (!stream_) return internal(fmt::format("the upload can't be read back: {}", std::strerror(errno)));
  return &stream_;
}

}  // namespace pim::exchange
