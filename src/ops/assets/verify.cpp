#include "ops/assets/verify.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "media/storage/adopted.hpp"
#include "media/storage/mime_type.hpp"
#include "sql/ops/assets.hpp"

namespace pim::ops::assets {
namespace {

namespace fs = std::filesystem;

std::unexpected<Problem> lost(const pg::Error& error) { return std::unexpected(to_problem(error)); }

// What is wrong with the file of some content; "" where nothing is.
std::string trouble_of(const fs::path& path, std::string_view hash, std::int64_t size, bool quick, bool& is_missing) {
  std::error_code error;
  is_missing = !fs::is_regular_file(path, error);
  if (is_missing) return fmt::format("{} is not there", path.string());
  const auto real_size = static_cast<std::int64_t>(fs::file_size(path, error));
  if (real_size != size) return fmt::format("{} has {} bytes instead of {}", path.string(), real_size, size);
  if (quick) return {};
  const auto described = media::describe_file(path);
  if (!described) return described.error().detail;
  if (described->hash != hash) return fmt::format("{} has other bytes", path.string());
  return {};
}

Result<void> check_contents(pg::Blocking& connection, const media::Folder& folder, const VerifyOptions& options,
                            Verified& verified) {
  std::string last;
  for (;;) {
    const auto rows = connection.query(std::string(sql::ops::assets::list_contents), {last});
    if (!rows) return lost(rows.error());
    if (rows->empty()) return {};
    for (int i = 0; i < rows->size(); ++i) {
      last = rows->text(i, 0);
      const std::string_view place = rows->text(i, 1), key = rows->text(i, 2);
      const auto below = media::path_below(options.uploads, key);
      const fs::path path = place == "uploads" ? below.value_or(options.uploads / key) : folder.path_of(key);
      bool is_missing = false;
      const std::string trouble = trouble_of(path, last, rows->number(i, 3), options.quick, is_missing);
      ++verified.contents;
      verified.bytes += rows->number(i, 3);
      if (trouble.empty() || rows->number(i, 4) == 0) continue;  // nobody has it: it is about to go
      (is_missing ? verified.missing : verified.corrupt)
          .push_back({last, std::string(key), trouble, std::string(rows->text(i, 5))});
    }
  }
}

Result<void> check_not_taken_in(pg::Blocking& connection, const VerifyOptions& options, Verified& verified) {
  std::string last = "0";
  for (;;) {
    const auto rows = connection.query(std::string(sql::ops::assets::list_not_taken_in), {last});
    if (!rows) return lost(rows.error());
    if (rows->empty()) return {};
    for (int i = 0; i < rows->size(); ++i) {
      last = rows->text(i, 0);
      const std::string_view file_path = rows->text(i, 1);
      ++verified.not_taken_in;
      if (file_path.starts_with("http://") || file_path.starts_with("https://")) continue;
      const auto path = media::adopted_path(options.uploads, file_path);
      std::error_code error;
      if (!path || !fs::is_regular_file(*path, error)) verified.not_taken_in_missing.push_back(rows->number(i, 0));
    }
  }
}

// The files of the store that are old enough, by their keys; not what is coming in, moved aside, or a thumbnail.
std::vector<fs::path> stored_files(const media::Folder& folder, std::chrono::seconds age) {
  std::vector<fs::path> files;
  std::error_code error;
  const auto youngest = fs::file_time_type::clock::now() - age;
  for (const auto& shard : fs::directory_iterator(folder.root(), error)) {
    if (shard.path().filename().native().size() != 2 || !shard.is_directory(error)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(shard.path(), error)) {
      if (entry.is_regular_file(error) && entry.last_write_time(error) <= youngest) files.push_back(entry.path());
    }
  }
  return files;
}

Result<void> find_strays(pg::Blocking& connection, const media::Folder& folder, const VerifyOptions& options,
                         Verified& verified) {
  constexpr std::size_t keys_at_once = 500;
  const std::vector<fs::path> files = stored_files(folder, options.stray_age);
  for (std::size_t begin = 0; begin < files.size(); begin += keys_at_once) {
    const std::size_t end = std::min(begin + keys_at_once, files.size());
    std::string keys = "{";
    for (std::size_t i = begin; i < end; ++i) {
      std::string name = files[i].filename();
      std::erase_if(name, [](char c) { return c == '"' || c == '\\'; });
      keys += fmt::format("{}\"{}\"", i == begin ? "" : ",", name);
    }
    const auto rows = connection.query(std::string(sql::ops::assets::known_keys), {keys + "}"});
    if (!rows) return lost(rows.error());
    std::set<std::string, std::less<>> known;
    for (int i = 0; i < rows->size(); ++i) known.emplace(rows->text(i, 0));
    for (std::size_t i = begin; i < end; ++i) {
      if (!known.contains(files[i].filename().native())) verified.strays.push_back(files[i]);
    }
  }
  return {};
}

Result<void> move_aside(const media::Folder& folder, Verified& verified) {
  const fs::path aside = folder.root() / "quarantine";
  std::error_code error;
  fs::create_directories(aside, error);
  for (const std::string& stray : verified.strays) {
    fs::rename(stray, aside / fs::path(stray).filename(), error);
    if (error) return failure(fmt::format("{} can't be moved to {}: {}", stray, aside.string(), error.message()));
    ++verified.quarantined;
  }
  return {};
}

}  // namespace

Result<Verified> verify(pg::Blocking& connection, const media::Folder& folder, const VerifyOptions& options) {
  Verified verified;
  if (auto checked = check_contents(connection, folder, options, verified); !checked) {
    return std::unexpected(std::move(checked).error());
  }
  if (auto checked = check_not_taken_in(connection, options, verified); !checked) {
    return std::unexpected(std::move(checked).error());
  }
  if (auto found = find_strays(connection, folder, options, verified); !found) {
    return std::unexpected(std::move(found).error());
  }
  if (options.quarantine) {
    if (auto moved = move_aside(folder, verified); !moved) return std::unexpected(std::move(moved).error());
  }
  return verified;
}

Result<Adopted> adopt(pg::Blocking& connection, const fs::path& uploads) {
  if (uploads.empty()) {
    return failure("There is no folder of uploads.",
                   "Name it: uploads_folder in pixelpim.toml, UPLOADS_FOLDER, or --uploads.");
  }
  Adopted adopted;
  std::string last = "0";
  for (;;) {
    const auto rows = connection.query(std::string(sql::ops::assets::list_not_taken_in), {last});
    if (!rows) return lost(rows.error());
    if (rows->empty()) return adopted;
    for (int i = 0; i < rows->size(); ++i) {
      last = rows->text(i, 0);
      const std::string_view file_path = rows->text(i, 1);
      if (file_path.starts_with("http://") || file_path.starts_with("https://")) {
        ++adopted.elsewhere;
        continue;
      }
      const auto key = media::adopted_key(uploads, file_path);
      const auto path = media::adopted_path(uploads, file_path);
      const auto file = path ? media::describe_file(*path) : not_found("");
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
      if (!taken) return lost(taken.error());
      if (taken->empty()) continue;
      ++adopted.taken_in;
      adopted.bytes += static_cast<std::int64_t>(file->size);
    }
  }
}

}  // namespace pim::ops::assets
