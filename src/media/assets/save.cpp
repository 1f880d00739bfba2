#include "media/assets/save.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <chrono>

#include "media/storage/mime_type.hpp"
#include "sql/media/assets.hpp"

namespace pim::media::assets {
namespace {

struct Stored {
  Id id;
  Text place, key;  // where the file of its content is: the new one's, or that of one with the same bytes
};
BOOST_DESCRIBE_STRUCT(Stored, (), (id, place, key))

struct Updated {
  bool found, group_found;
};
BOOST_DESCRIBE_STRUCT(Updated, (), (found, group_found))

// tenant, actor, group, names, file names, paths, hashes, place, keys, sizes, types, thumbnails, request id
const pg::Statement<Stored(Id, Id, OptionalId, Texts, Texts, Texts, Texts, Text, Texts, Texts, Texts, Texts, Text)>
    create_assets{"create_assets", sql::media::assets::create_assets};
// tenant, actor, asset, hash, place, key, size, type, thumbnails, request id
const pg::Statement<Stored(Id, Id, Id, Text, Text, Text, std::int64_t, Text, Text, Text)> replace_asset_file{
    "replace_asset_file", sql::media::assets::replace_file};
// tenant, actor, asset, what is given, name, group, request id
const pg::Statement<Updated(Id, Id, Id, Texts, OptionalText, OptionalId, Text)> update_asset{
    "update_asset", sql::media::assets::update_asset};

std::string_view thumbnails_of(const Kept& file) { return has_thumbnails(file.mime_type) ? "waiting" : "none"; }

// Letters that mean nothing in an address or a file system; what is not ASCII stays. At most 80 bytes.
std::string plain(std::string_view text) {
  constexpr std::size_t bytes_max = 80;
  std::string out;
  for (const char c : text) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                      c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
    out += kept && !(c == '.' && out.ends_with('.')) ? c : '_';
  }
  if (out.size() > bytes_max) {
    std::size_t end = bytes_max;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
    out.resize(end);
  }
  return out.empty() ? "file" : out;
}

// "red boot.png" → "red_boot_1795491445401042317.png": the time, and a number that keeps it apart from its neighbours.
std::string stored_name(std::string_view file_name) {
  file_name.remove_prefix(std::min(file_name.find_last_of("/\\") + 1, file_name.size()));
  std::uint32_t random = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&random), sizeof random);
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  const std::size_t dot = file_name.rfind('.');
  const bool has_extension = dot != std::string_view::npos && dot > 0 && file_name.size() - dot <= 12;
  return fmt::format("{}_{}{:06}{}", plain(file_name.substr(0, has_extension ? dot : file_name.size())), now.count(),
                     random % 1'000'000, has_extension ? plain(file_name.substr(dot)) : "");
}

std::unexpected<Problem> problem_of(const pg::Error& error) {
  if (error.is_unique_violation_of("Asset_userId_group_name_live_key")) {
    return conflict("asset.name_taken", "Asset with this name already exists in this folder");
  }
  return std::unexpected(to_problem(error));
}

// A file that came in, and the one that its content has; "" where it has none.
struct Settled {
  std::string own, place, used;
};

// Takes away the files that nobody has: their content has one already, or was not stored at all. (Where that one is
// gone from the disk, the new one takes its place.) After a lost connection nobody knows, and they stay: `assets
// verify` finds them.
Task<void> settle(const Services& services, const std::vector<Settled>& files) {
  const Storage& storage = *services.storage;
  co_await as_result(services.waiting_for(storage.current()).run(services.here(), [&]() -> Result<void> {
    for (const auto& [own, place, used] : files) {
      if (own == used) continue;
      if (auto settled = storage.settle(own, place, used); !settled) return settled;
    }
    return {};
  }));
}

}  // namespace

Task<Result<Ids>> create(const Services& services, const Act& act, OptionalId group,
                         const std::vector<NewAsset>& given) {
  std::vector<std::string> file_names, paths, sizes, own_keys;
  for (const NewAsset& asset : given) {
    file_names.push_back(stored_name(asset.file_name));
    paths.push_back(fmt::format("/uploads/{}/{}", act.tenant, file_names.back()));
    sizes.push_back(fmt::format("{}", asset.file.size));
    own_keys.push_back(asset.file.key);
  }
  const auto texts = [&](auto text_of) {
    Texts values;
    for (std::size_t i = 0; i < given.size(); ++i) values.push_back(text_of(i));
    return values;
  };
  const auto rows = co_await as_result(services.databases.here().write(
      create_assets, act.tenant, act.actor, group, texts([&](std::size_t i) { return Text(given[i].name); }),
      texts([&](std::size_t i) { return Text(file_names[i]); }), texts([&](std::size_t i) { return Text(paths[i]); }),
      texts([&](std::size_t i) { return Text(given[i].file.hash); }), services.storage->current().place(),
      texts([&](std::size_t i) { return Text(own_keys[i]); }), texts([&](std::size_t i) { return Text(sizes[i]); }),
      texts([&](std::size_t i) { return Text(given[i].file.mime_type); }),
      texts([&](std::size_t i) { return thumbnails_of(given[i].file); }), act.request_id));
  if (!rows && rows.error().connection_lost) co_return problem_of(rows.error());
  Ids ids;
  std::vector<Settled> files;
  files.reserve(own_keys.size());
  for (const std::string& key : own_keys) files.push_back({key, "", ""});
  for (int i = 0; rows && i < rows->size(); ++i) {
    const Stored stored = (*rows)[i];
    ids.push_back(stored.id);
    files[static_cast<std::size_t>(i)].place = stored.place;
    files[static_cast<std::size_t>(i)].used = stored.key;
  }
  co_await settle(services, files);
  if (!rows) co_return problem_of(rows.error());
  if (ids.empty()) co_return not_found("Asset group not found");
  co_return ids;
}

Task<Result<void>> replace_file(const Services& services, const Act& act, Id asset, const Kept& file) {
  const auto rows = co_await as_result(services.databases.here().write(
      replace_asset_file, act.tenant, act.actor, asset, file.hash, services.storage->current().place(), file.key,
      static_cast<std::int64_t>(file.size), file.mime_type, thumbnails_of(file), act.request_id));
  if (!rows && rows.error().connection_lost) co_return problem_of(rows.error());
  std::vector<Settled> files{{file.key, "", ""}};
  if (rows && !rows->empty()) {
    files[0].place = (*rows)[0].place;
    files[0].used = (*rows)[0].key;
  }
  co_await settle(services, files);
  if (!rows) co_return problem_of(rows.error());
  if (rows->empty()) co_return not_found("Asset not found");
  co_return Result<void>{};
}

Task<Result<void>> update(const Services& services, const Act& act, Id asset, const Change& change) {
  Texts given;
  if (change.name) given.emplace_back("name");
  if (change.moves) given.emplace_back("assetGroupId");
  const auto rows = co_await as_result(services.databases.here().write(
      update_asset, act.tenant, act.actor, asset, given, change.name ? OptionalText(*change.name) : std::nullopt,
      change.group, act.request_id));
  if (!rows) co_return problem_of(rows.error());
  if (!(*rows)[0].found) co_return not_found("Asset not found");
  if (!(*rows)[0].group_found) co_return not_found("Asset group not found");
  co_return Result<void>{};
}

}  // namespace pim::media::assets
