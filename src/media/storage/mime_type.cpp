#include "media/storage/mime_type.hpp"

#include <magic.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>

namespace pim::media {
namespace {

struct CloseMagic {
  void operator()(magic_t magic) const noexcept { magic_close(magic); }
};
using Magic = std::unique_ptr<std::remove_pointer_t<magic_t>, CloseMagic>;

// One for all threads, which take turns: each has the whole database of types in memory.
struct Sniffer {
  std::mutex mutex;
  Magic magic;
  // It looks at the beginning only: at its own bound it takes 60 MB for one text.
  static constexpr std::size_t bytes_max = 128 * 1024;
  Sniffer() : magic(magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR | MAGIC_SYMLINK | MAGIC_NO_CHECK_COMPRESS)) {
    if (magic && magic_load(magic.get(), nullptr) != 0) magic.reset();
    if (magic) magic_setparam(magic.get(), MAGIC_PARAM_BYTES_MAX, &bytes_max);
  }
};

constexpr std::array<std::string_view, 8> with_thumbnails{"image/jpeg", "image/png",  "image/webp", "image/gif",
                                                          "image/tiff", "image/avif", "image/heic", "image/heif"};
constexpr std::array<std::string_view, 10> shown{"image/jpeg", "image/png",     "image/webp", "image/gif",
                                                 "image/avif", "image/bmp",     "image/tiff", "text/plain",
                                                 "image/heic", "image/x-ms-bmp"};

}  // namespace

Result<std::string> mime_type_of(const std::filesystem::path& file) {
  static Sniffer sniffer;
  const std::lock_guard lock(sniffer.mutex);
  if (!sniffer.magic) return internal("the database of file types (libmagic) can't be read");
  const char* const type = magic_file(sniffer.magic.get(), file.c_str());
  if (type == nullptr) return "application/octet-stream";
  // Of an empty file it says "inode/x-empty".
  const std::string_view found = type;
  if (!found.contains('/') || found.starts_with("inode/")) return "application/octet-stream";
  return std::string(found);
}

bool has_thumbnails(std::string_view mime_type) noexcept {
  return std::ranges::find(with_thumbnails, mime_type) != with_thumbnails.end();
}

bool is_shown_inline(std::string_view mime_type) noexcept {
  return std::ranges::find(shown, mime_type) != shown.end() || mime_type.starts_with("audio/") ||
         mime_type.starts_with("video/");
}

}  // namespace pim::media
