#include "media/storage/storage.hpp"

#include "config/config.hpp"

namespace pim::media {

Storage::Storage(const config::Config& config)
    : folder_(config.assets_folder),
      uploads_(config.uploads_folder),
      s3_(config.s3),
      takes_to_s3_(config.assets_store == "s3") {}

const Store& Storage::of(std::string_view place) const noexcept {
  if (place == s3_.place()) return s3_;
  if (place == uploads_.place()) return uploads_;
  return folder_;
}

// In the uploads of the replaced service nothing is written.
const Store& Storage::of_thumbnails(std::string_view place) const noexcept {
  return place == uploads_.place() ? folder_ : of(place);
}

Result<Kept> Storage::keep(Folder::Incoming& incoming) const {
  auto kept = incoming.end();
  if (!kept) return kept;
  if (auto put = current().put(incoming.path(), current().name_of(kept->key), kept->mime_type); !put) {
    return std::unexpected(std::move(put).error());
  }
  return kept;
}

Result<void> Storage::settle(std::string_view own, std::string_view place, std::string_view used) const {
  const Store& store = current();
  const std::string name = store.name_of(own);
  if (used.empty() || place != store.place()) return store.remove(name);
  const std::string name_used = store.name_of(used);
  const auto there = store.open(name_used);
  if (there) return store.remove(name);
  if (!is_missing(there.error())) return std::unexpected(there.error());
  return store.move(name, name_used);
}

}  // namespace pim::media
