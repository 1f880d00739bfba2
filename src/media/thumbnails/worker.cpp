#include "media/thumbnails/worker.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <vips/vips.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <expected>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "media/storage/thumbnail_name.hpp"

namespace pim::media {
namespace {

constexpr rlim_t memory_max = 1536ull << 20, seconds_max = 20, written_bytes_max = 16ull << 20;
constexpr std::int64_t pixels_max = 100'000'000;
constexpr int quality = 80;
constexpr uid_t nobody = 65534;

// The functions of libvips that are used. It is loaded here and nowhere else: the server has no part of it in memory.
struct Vips {
  decltype(&::vips_init) init;
  decltype(&::vips_block_untrusted_set) block_untrusted_set;
  decltype(&::vips_concurrency_set) concurrency_set;
  decltype(&::vips_cache_set_max) cache_set_max;
  decltype(&::vips_source_new_from_descriptor) source_new_from_descriptor;
  decltype(&::vips_foreign_find_load_source) foreign_find_load_source;
  decltype(&::vips_image_new_from_source) image_new_from_source;
  decltype(&::vips_image_get_width) image_get_width;
  decltype(&::vips_image_get_height) image_get_height;
  decltype(&::vips_image_get_orientation_swap) image_get_orientation_swap;
  decltype(&::vips_image_copy_memory) image_copy_memory;
  decltype(&::vips_thumbnail_source) thumbnail_source;
  decltype(&::vips_thumbnail_image) thumbnail_image;
  decltype(&::vips_webpsave_buffer) webpsave_buffer;
  decltype(&::vips_error_buffer) error_buffer;
};

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
}

std::expected<Vips, std::string> load_vips() {
  void* const library = ::dlopen("libvips.so.42", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return std::unexpected(std::string("libvips is not installed"));
  Vips vips{};
  find(library, "vips_init", vips.init);
  find(library, "vips_block_untrusted_set", vips.block_untrusted_set);
  find(library, "vips_concurrency_set", vips.concurrency_set);
  find(library, "vips_cache_set_max", vips.cache_set_max);
  find(library, "vips_source_new_from_descriptor", vips.source_new_from_descriptor);
  find(library, "vips_foreign_find_load_source", vips.foreign_find_load_source);
  find(library, "vips_image_new_from_source", vips.image_new_from_source);
  find(library, "vips_image_get_width", vips.image_get_width);
  find(library, "vips_image_get_height", vips.image_get_height);
  find(library, "vips_image_get_orientation_swap", vips.image_get_orientation_swap);
  find(library, "vips_image_copy_memory", vips.image_copy_memory);
  find(library, "vips_thumbnail_source", vips.thumbnail_source);
  find(library, "vips_thumbnail_image", vips.thumbnail_image);
  find(library, "vips_webpsave_buffer", vips.webpsave_buffer);
  find(library, "vips_error_buffer", vips.error_buffer);
  if (vips.error_buffer == nullptr || vips.block_untrusted_set == nullptr || vips.init("pixelpim") != 0) {
    return std::unexpected(std::string("libvips can't be used"));
  }
  return vips;
}

void limit(int resource, rlim_t most) {
  const rlimit both{most, most};
  static_cast<void>(::setrlimit(static_cast<__rlimit_resource>(resource), &both));
}

// What was inherited goes first: connections of the server's are nothing for an image to see.
void limit_myself() {
  ::close_range(3, ~0U, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  limit(RLIMIT_AS, memory_max);
  limit(RLIMIT_CPU, seconds_max);
  limit(RLIMIT_FSIZE, written_bytes_max);
  limit(RLIMIT_CORE, 0);
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10));
}

// What the files are is opened; from here on it needs no rights at all.
void give_up_rights() {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (::geteuid() != 0) return;
  if (::setgroups(0, nullptr) != 0 || ::setgid(nobody) != 0 || ::setuid(nobody) != 0) std::_Exit(1);
}

int refuse(std::string_view why) {
  std::string line(why.substr(0, why.find('\n')));
  fmt::print("{}\n", line);
  return thumbnails_refused;
}

// The decoder that libvips chooses by the bytes must be that of the type that was found by them: what is two things at
// once is none of them.
bool is_decoder_of(std::string_view decoder, std::string_view mime_type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> decoders{
      {{"image/jpeg", "VipsForeignLoadJpeg"},
       {"image/png", "VipsForeignLoadPng"},
       {"image/webp", "VipsForeignLoadWebp"},
       {"image/gif", "VipsForeignLoadNsgif"},
       {"image/tiff", "VipsForeignLoadTiff"},
       {"image/avif", "VipsForeignLoadHeif"},
       {"image/heic", "VipsForeignLoadHeif"},
       {"image/heif", "VipsForeignLoadHeif"}}};
  const auto* const found =
      std::ranges::find(decoders, mime_type, &std::pair<std::string_view, std::string_view>::first);
  return found != decoders.end() && decoder.starts_with(found->second);
}

// The thumbnails of `source`, the largest first; each further one is made of that before it.
int make(const Vips& vips, VipsSource* source, const std::vector<int>& targets) {
  VipsImage* before = nullptr;
  for (std::size_t i = targets.size(); i-- > 0;) {
    const int size = thumbnail_sizes[i];
    VipsImage* image = nullptr;
    const int outcome =
        before == nullptr ? vips.thumbnail_source(source, &image, size, "height", size, "size", VIPS_SIZE_DOWN,
                                                  "fail-on", VIPS_FAIL_ON_TRUNCATED, nullptr)
                          : vips.thumbnail_image(before, &image, size, "height", size, "size", VIPS_SIZE_DOWN, nullptr);
    if (outcome != 0) return refuse(fmt::format("The image can't be decoded: {}", vips.error_buffer()));
    before = vips.image_copy_memory(image);
    if (before == nullptr) return refuse(fmt::format("The image can't be decoded: {}", vips.error_buffer()));
    void* bytes = nullptr;
    std::size_t bytes_size = 0;
    if (vips.webpsave_buffer(before, &bytes, &bytes_size, "Q", quality, "strip", 1, nullptr) != 0) {
      return refuse(fmt::format("The thumbnail can't be made: {}", vips.error_buffer()));
    }
    if (!write_all(targets[i], {static_cast<const char*>(bytes), bytes_size}) || ::fsync(targets[i]) != 0) return 1;
  }
  return thumbnails_made;
}

}  // namespace

int thumbnail_worker(const std::filesystem::path& source, const std::string& mime_type, const std::string& target) {
  limit_myself();
  const int input = ::open(source.c_str(), O_RDONLY | O_CLOEXEC);
  if (input < 0) return 1;
  std::vector<int> targets;
  for (const int size : thumbnail_sizes) {
    targets.push_back(
        ::open(fmt::format("{}-{}.webp", target, size).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (targets.back() < 0) return 1;
  }
  const auto vips = load_vips();
  if (!vips) {
    fmt::print(stderr, "{}\n", vips.error());
    return 1;
  }
  give_up_rights();
  vips->block_untrusted_set(1);
  vips->concurrency_set(1);
  vips->cache_set_max(0);

  VipsSource* const bytes = vips->source_new_from_descriptor(input);
  const char* const decoder = bytes == nullptr ? nullptr : vips->foreign_find_load_source(bytes);
  if (decoder == nullptr || !is_decoder_of(decoder, mime_type)) {
    return refuse(fmt::format("The file begins as {} does, and is none", mime_type));
  }
  VipsImage* const head = vips->image_new_from_source(bytes, "", "access", VIPS_ACCESS_SEQUENTIAL, nullptr);
  if (head == nullptr) return refuse(fmt::format("The image can't be decoded: {}", vips->error_buffer()));
  int width = vips->image_get_width(head), height = vips->image_get_height(head);
  if (std::int64_t{width} * height > pixels_max) {
    return refuse(fmt::format("The image has {} x {} pixels, more than {} in all", width, height, pixels_max));
  }
  if (vips->image_get_orientation_swap(head) != 0) std::swap(width, height);
  const int outcome = make(*vips, bytes, targets);
  if (outcome == thumbnails_made) fmt::print("{} {}\n", width, height);
  return outcome;
}

}  // namespace pim::media
