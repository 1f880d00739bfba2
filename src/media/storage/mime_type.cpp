#include "media/storage/mime_type.hpp"

#include <magic.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <future>
#include <memory>

namespace pim::media {
namespace {

struct CloseMagic {
  void operator()(magic_t magic) const noexcept { magic_close(magic); }
};
using Magic = std::unique_ptr<std::remove_pointer_t<magic_t>, CloseMagic>;

// It looks at the beginning only: at its own bound it takes 60 MB for one text.
constexpr std::size_t bytes_max = 128 * 1024;

// Opened for each file, which takes less than a millisecond: kept open, it would keep 13 MB.
Result<std::string> look_at(const std::filesystem::path& file) {
  const Magic magic(magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_SYMLINK | MAGIC_NO_CHECK_COMPRESS));
  if (!magic || magic_load(magic.get(), nullptr) != 0) {
    return internal("the database of file types (libmagic) can't be read");
  }
  magic_setparam(magic.get(), MAGIC_PARAM_BYTES_MAX, &bytes_max);
  const char* const type = magic_file(magic.get(), file.c_str());
  if (type == nullptr) return "application/octet-stream";
  // Of an empty file it says "inode/x-empty".
  const std::string_view found = type;
  if (!found.contains('/') || found.starts_with("inode/")) return "application/octet-stream";
  return std::string(found);
}

constexpr std::array<std::string_view, 8> with_thumbnails{"image/jpeg", "image/png",  "image/webp", "image/gif",
                                                          "image/tiff", "image/avif", "image/heic", "image/heif"};
constexpr std::array<std::string_view, 10> shown{"image/jpeg", "image/png",     "image/webp", "image/gif",
                                                 "image/avif", "image/bmp",     "image/tiff", "text/plain",
                                                 "image/heic", "image/x-ms-bmp"};

}  // namespace

// In one thread for all: the C library keeps what is freed for the thread that had it, so that each would keep as much.
Result<std::string> mime_type_of(const std::filesystem::path& file) {
  static boost::asio::thread_pool one(1);
  return boost::asio::post(one, std::packaged_task<Result<std::string>()>([&file] { return look_at(file); })).get();
}

bool has_thumbnails(std::string_view mime_type) noexcept {
  return std::ranges::find(with_thumbnails, mime_type) != with_thumbnails.end();
}

bool is_shown_inline(std::string_view mime_type) noexcept {
  return std::ranges::find(shown, mime_type) != shown.end() || mime_type.starts_with("audio/") ||
         mime_type.starts_with("video/");
}

}  // namespace pim::media
