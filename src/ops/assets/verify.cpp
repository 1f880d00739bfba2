#include "ops/assets/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "media/storage/mime_type.hpp"
#include "sql/ops/assets.hpp"

namespace pim::ops::assets {
namespace {

namespace fs = std::filesystem;

std::unexpected<Problem> not_looked_at(const pg::Error& error) { return std::unexpected(to_problem(error)); }

// What is wrong with the file of some content; "" where nothing is. A store that is away is a Problem.
Result<std::string> trouble_of(const media::Store& store, const std::string& name, std::string_view hash,
                               std::int64_t size, bool quick, bool& is_missing) {
  const auto file = store.open(name);
  is_missing = !file && media::is_missing(file.error());
  if (is_missing) return fmt::format("{} is not there", store.where(name));
  if (!file) return std::unexpected(file.error());
  const auto real_size = static_cast<std::int64_t>((*file)->size());
  if (real_size != size) return fmt::format("{} has {} bytes instead of {}", store.where(name), real_size, size);
  if (quick) return std::string();
  const auto real_hash = media::hash_of(**file);
  if (!real_hash && store.is_remote()) return real_hash;
  if (!real_hash) return fmt::format("{} can't be read: {}", store.where(name), real_hash.error().detail);
  return *real_hash == hash ? std::string() : fmt::format("{} has other bytes", store.where(name));
}

Result<void> check_contents(pg::Blocking& connection, const media::Storage& storage, const VerifyOptions& options,
                            Verified& verified) {
  std::string last;
  for (;;) {
    const auto rows = connection.query(std::string(sql::ops::assets::list_contents), {last});
    if (!rows) return not_looked_at(rows.error());
    if (rows->empty()) return {};
    for (int i = 0; i < rows->size(); ++i) {
      last = rows->text(i, 0);
      const std::string_view key = rows->text(i, 2);
      const media::Store& store = storage.of(rows->text(i, 1));
      bool is_missing = false;
      auto trouble = trouble_of(store, store.name_of(key), last, rows->number(i, 3), options.quick, is_missing);
      if (!trouble) return std::unexpected(std::move(trouble).error());
      ++verified.contents;
      verified.bytes += rows->number(i, 3);
      if (trouble->empty() || rows->number(i, 4) == 0) continue;  // nobody has it: it is about to go
      (is_missing ? verified.missing : verified.corrupt)
          .push_back({last, std::string(key), *std::move(trouble), std::string(rows->text(i, 5))});
    }
  }
}

Result<void> check_not_taken_in(pg::Blocking& connection, const media::Uploads& uploads, Verified& verified) {
  std::string last = "0";
  for (;;) {
    const auto rows = connection.query(std::string(sql::ops::assets::list_not_taken_in), {last});
    if (!rows) return not_looked_at(rows.error());
    if (rows->empty()) return {};
    for (int i = 0; i < rows->size(); ++i) {
      last = rows->text(i, 0);
      const std::string_view file_path = rows->text(i, 1);
      ++verified.not_taken_in;
      if (file_path.starts_with("http://") || file_path.starts_with("https://")) continue;
      const auto key = uploads.key_of(file_path);
      if (!key || !uploads.open(*key)) verified.not_taken_in_missing.push_back(rows->number(i, 0));
    }
  }
}

using Names = std::vector<std::string>;

std::string_view key_of(std::string_view name) { return name.substr(name.rfind('/') + 1); }

// "ab/cd/abcd…-0011": what is coming in, what was moved aside, and thumbnails are called otherwise.
bool is_content(std::string_view name) {
  return name.size() > 6 && name[2] == '/' && name[5] == '/' && !name.substr(6).contains('/') &&
         name.substr(6).starts_with(std::string{name[0], name[1], name[3], name[4]});
}

// Those of some names that no row has, into `strays`.
Result<void> add_strays(pg::Blocking& connection, const Names& names, Names& strays) {
  constexpr std::size_t keys_at_once = 500;
  for (std::size_t begin = 0; begin < names.size(); begin += keys_at_once) {
    const std::size_t end = std::min(begin + keys_at_once, names.size());
    std::string keys = "{";
    for (std::size_t i = begin; i < end; ++i) {
      std::string key(key_of(names[i]));
      std::erase_if(key, [](char c) { return c == '"' || c == '\\'; });
      keys += fmt::format("{}\"{}\"", i == begin ? "" : ",", key);
    }
    const auto rows = connection.query(std::string(sql::ops::assets::known_keys), {keys + "}"});
    if (!rows) return not_looked_at(rows.error());
    std::set<std::string, std::less<>> known;
    for (int i = 0; i < rows->size(); ++i) known.emplace(rows->text(i, 0));
    for (std::size_t i = begin; i < end; ++i) {
      if (!known.contains(key_of(names[i]))) strays.push_back(names[i]);
    }
  }
  return {};
}

// The files of the folder that are old enough.
Names old_files(const media::Folder& folder, std::chrono::seconds age) {
  Names names;
  std::error_code error;
  const auto youngest = fs::file_time_type::clock::now() - age;
  for (const auto& shard : fs::directory_iterator(folder.root(), error)) {
    if (shard.path().filename().native().size() != 2 || !shard.is_directory(error)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(shard.path(), error)) {
      if (!entry.is_regular_file(error) || entry.last_write_time(error) > youngest) continue;
      names.push_back(entry.path().lexically_relative(folder.root()));
    }
  }
  return names;
}

// Notes strays, and moves them aside where that is wanted.
Result<void> note_strays(const media::Store& store, const Names& strays, const VerifyOptions& options,
                         Verified& verified) {
  for (const std::string& name : strays) {
    verified.strays.push_back(store.where(name));
    if (!options.quarantine) continue;
    if (auto moved = store.move(name, fmt::format("quarantine/{}", key_of(name))); !moved) {
      return failure(fmt::format("{} can't be moved to quarantine: {}", store.where(name), moved.error().detail));
    }
    ++verified.quarantined;
  }
  return {};
}

Result<void> find_strays(pg::Blocking& connection, const media::Storage& storage, const VerifyOptions& options,
                         Verified& verified) {
  Names strays;
  auto found = add_strays(connection, old_files(storage.folder(), options.stray_age), strays);
  if (found) found = note_strays(storage.folder(), strays, options, verified);
  if (!found || !storage.s3().is_configured()) return found;
  strays.clear();
  const auto youngest = std::chrono::system_clock::now() - options.stray_age;
  found = storage.s3().list([&](const std::vector<media::S3::Listed>& page) {
    Names names;
    for (const auto& object : page) {
      if (is_content(object.name) && object.changed <= youngest) names.push_back(object.name);
    }
    return add_strays(connection, names, strays);
  });
  return found ? note_strays(storage.s3(), strays, options, verified) : found;
}

// What a file is that is there already.
Result<media::Kept> describe(const media::Uploads& uploads, std::string_view key) {
  const auto file = uploads.open(key);
  if (!file) return std::unexpected(file.error());
  auto hash = media::hash_of(**file);
  if (!hash) return std::unexpected(std::move(hash).error());
  auto mime_type = media::mime_type_of(*uploads.path_of(key));
  if (!mime_type) return std::unexpected(std::move(mime_type).error());
  return media::Kept{.hash = *std::move(hash), .size = (*file)->size(), .mime_type = *std::move(mime_type)};
}

}  // namespace

Result<Verified> verify(pg::Blocking& connection, const media::Storage& storage, const VerifyOptions& options) {
  Verified verified;
  // (What is wrong with a key or a bucket is said in answers that have a body: a look at a file has none.)
  auto checked = storage.s3().is_configured() ? storage.s3().probe() : Result<void>();
  if (checked) checked = check_contents(connection, storage, options, verified);
  if (checked) checked = check_not_taken_in(connection, storage.uploads(), verified);
  if (checked) checked = find_strays(connection, storage, options, verified);
  if (!checked) return std::unexpected(std::move(checked).error());
  return verified;
}

Result<Adopted> adopt(pg::Blocking& connection, const media::Uploads& uploads) {
  if (uploads.root().empty()) {
    return failure("There is no folder of uploads.",
                   "Name it: uploads_folder in pixelpim.toml, UPLOADS_FOLDER, or --uploads.");
  }
  Adopted adopted;
  std::string last = "0";
  for (;;) {
    const auto rows = connection.query(std::string(sql::ops::assets::list_not_taken_in), {last});
    if (!rows) return not_looked_at(rows.error());
    if (rows->empty()) return adopted;
    for (int i = 0; i < rows->size(); ++i) {
      last = rows->text(i, 0);
      const std::string_view file_path = rows->text(i, 1);
      if (file_path.starts_with("http://") || file_path.starts_with("https://")) {
        ++adopted.elsewhere;
        continue;
      }
      const auto key = uploads.key_of(file_path);
      const auto file = key ? describe(uploads, *key) : media::missing_file({});
      if (!file) {
        adopted.missing.push_back(fmt::format("{}: {}", last, file_path));
        continue;
      }
      if (static_cast<std::int64_t>(file->size) != rows->number(i, 2)) {
        adopted.different.push_back(
            fmt::format("{}: {} has {} bytes, its row says {}", last, file_path, file->size, rows->number(i, 2)));
      }
      const std::string size = fmt::format("{}", file->size);
      const auto taken =
          connection.query(std::string(sql::ops::assets::adopt_asset),
                           {last, file->hash, key, size, file->mime_type,
                            std::string_view(media::has_thumbnails(file->mime_type) ? "waiting" : "none")});
      if (!taken) return not_looked_at(taken.error());
      if (taken->empty()) continue;
      ++adopted.taken_in;
      adopted.bytes += static_cast<std::int64_t>(file->size);
    }
  }
}

}  // namespace pim::ops::assets
