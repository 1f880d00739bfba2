#include "exchange/exports/spool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pim::exchange::exports {
namespace {

namespace fs = std::filesystem;

std::unexpected<Problem> trouble(std::string_view what) {
  return internal(fmt::format("{}: {}", what, std::strerror(errno)));
}

class SpoolStream final : public http::BodyStream {
 public:
  explicit SpoolStream(Spool spool) : spool_(std::move(spool)) {}
  Task<Result<std::string_view>> next() override {
    piece_ = co_await spool_.read(at_, piece_bytes);
    at_ += piece_.size();
    co_return std::string_view(piece_);
  }

 private:
  static constexpr std::size_t piece_bytes = 128 * 1024;
  Spool spool_;
  std::uint64_t at_ = 0;
  std::string piece_;
};

}  // namespace

Result<Spool> Spool::make(const fs::path& folder) {
  std::error_code ignored;
  fs::create_directories(folder, ignored);
  std::string name = folder / "export-XXXXXX";
  const int descriptor = ::mkstemp(name.data());
  if (descriptor < 0) return trouble(fmt::format("{} can't be written to", folder.string()));
  fs::remove(name, ignored);
  return Spool(descriptor);
}

Result<Spool> Spool::adopt(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return trouble(file.string());
  std::error_code ignored;
  fs::remove(file, ignored);
  return Spool(descriptor);
}

Spool::~Spool() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> Spool::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(descriptor_, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return trouble("the export can't be kept");
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

Result<std::uint64_t> Spool::size() const {
  struct stat facts{};
  if (::fstat(descriptor_, &facts) != 0) return trouble("the export can't be looked at");
  return static_cast<std::uint64_t>(facts.st_size);
}

Result<std::string> Spool::read(std::uint64_t offset, std::size_t bytes) const {
  std::string piece(bytes, '\0');
  const ssize_t size = ::pread(descriptor_, piece.data(), bytes, static_cast<off_t>(offset));
  if (size < 0) return trouble("the export can't be read back");
  piece.resize(static_cast<std::size_t>(size));
  return piece;
}

Result<http::Response> answer_with(Spool spool, std::string_view content_type) {
  const auto size = spool.size();
  if (!size) return std::unexpected(size.error());
  return http::Response::streamed(content_type, std::make_unique<SpoolStream>(std::move(spool)), *size);
}

}  // namespace pim::exchange::exports
