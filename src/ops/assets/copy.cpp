#include "ops/assets/copy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "media/storage/thumbnail_name.hpp"
#include "sql/ops/assets.hpp"

namespace pim::ops::assets {
namespace {

std::unexpected<Problem> not_copied(const pg::Error& error) { return std::unexpected(to_problem(error)); }

struct Content {
  std::string hash, place, key;
  std::int64_t size;
  std::string mime_type, thumbnails, target_key;
  bool is_being_removed;
};

class Copying {
 public:
  Copying(pg::Blocking& connection, const media::Storage& storage, const media::Store& target,
          const media::Folder& spool, const CopyOptions& options)
      : connection_(connection), storage_(storage), target_(target), spool_(spool), options_(options) {}

  Result<Copied> run() {
    std::string last;
    for (;;) {
      const auto rows = connection_.query(std::string(sql::ops::assets::list_to_copy),
                                          {last, target_.place(), std::string_view(switches() ? "false" : "true")});
      if (!rows) return not_copied(rows.error());
      if (rows->empty()) break;
      for (int i = 0; i < rows->size(); ++i) {
        const auto text = [&](int column) { return std::string(rows->text(i, column)); };
        last = text(0);
        const Content content{last, text(1), text(2), rows->number(i, 3), text(4), text(5), text(6), text(7) == "t"};
        if (auto copied = copy(content); !copied) return std::unexpected(std::move(copied).error());
        options_.progress(copied_.files + copied_.there_already, copied_.bytes);
      }
    }
    if (switches()) {
      if (auto cleared = clear_sources(); !cleared) return std::unexpected(std::move(cleared).error());
    }
    return std::move(copied_);
  }

 private:
  bool switches() const { return options_.other_folder.empty(); }
  std::string target_name(const Content& content) const { return target_.name_of(content.target_key); }

  // A file that is wrong or missing is told, and stays as it is; a store that does not answer ends the run.
  Result<void> copy(const Content& content) {
    if (content.is_being_removed) {
      copied_.failed.push_back(content.hash + ": an older copy is just being removed there; run this again");
      return {};
    }
    auto is_there = is_whole(target_, target_name(content), content);
    if (is_there && *is_there) {
      ++copied_.there_already;
    } else if (auto sent = is_there ? send(content) : Result<void>(std::unexpected(is_there.error())); !sent) {
      if (!media::is_missing(sent.error()) && sent.error().code != "content_differs") return sent;
      copied_.failed.push_back(fmt::format("{}: {}", content.hash, sent.error().detail));
      return {};
    } else {
      ++copied_.files;
      copied_.bytes += content.size;
    }
    const auto with_thumbnails = copy_thumbnails(content);
    if (!with_thumbnails) return std::unexpected(with_thumbnails.error());
    if (!switches()) return {};
    const auto switched =
        connection_.query(std::string(sql::ops::assets::switch_place),
                          {content.hash, content.place, content.key, target_.place(), content.target_key,
                           std::string_view(*with_thumbnails ? "true" : "false")});
    if (!switched) return not_copied(switched.error());
    // Purged meanwhile: nobody is going to ask for what was just sent.
    if (switched->empty()) return target_.remove(target_name(content));
    return {};
  }

  static Result<bool> is_whole(const media::Store& store, const std::string& name, const Content& content) {
    const auto file = store.open(name);
    if (!file && media::is_missing(file.error())) return false;
    if (!file) return std::unexpected(file.error());
    if (static_cast<std::int64_t>((*file)->size()) != content.size) return false;
    const auto hash = media::hash_of(**file);
    if (!hash) return std::unexpected(hash.error());
    return *hash == content.hash;
  }

  // Through a file of ours, whose hash is known when it is whole.
  Result<void> send(const Content& content) {
    const media::Store& source = storage_.of(content.place);
    const std::string name = source.name_of(content.key);
    auto incoming = fetch(source, name);
    if (!incoming) return std::unexpected(std::move(incoming).error());
    const auto kept = incoming->end();
    if (!kept) return std::unexpected(kept.error());
    if (kept->hash != content.hash) return differs(source.where(name));
    if (auto put = target_.put(incoming->path(), target_name(content), content.mime_type); !put) return put;
    const auto arrived = is_whole(target_, target_name(content), content);
    if (!arrived) return std::unexpected(arrived.error());
    if (!*arrived) return differs(target_.where(target_name(content)));
    return {};
  }

  static std::unexpected<Problem> differs(const std::string& where) {
    return std::unexpected(Problem{.status = 500, .code = "content_differs", .detail = where + " has other bytes"});
  }

  Result<media::Folder::Incoming> fetch(const media::Store& source, const std::string& name) const {
    const auto file = source.open(name);
    if (!file) return std::unexpected(file.error());
    auto incoming = spool_.receive();
    std::string piece;
    for (std::uint64_t at = 0; incoming && at < (*file)->size(); at += piece.size()) {
      const std::size_t size = std::min<std::uint64_t>((*file)->piece_bytes(), (*file)->size() - at);
      auto moved = (*file)->read(at, size, piece);
      if (moved) moved = incoming->write(piece);
      if (!moved) return std::unexpected(std::move(moved).error());
    }
    return incoming;
  }

  // True where all of them are there; those that are not are made again.
  Result<bool> copy_thumbnails(const Content& content) {
    if (content.thumbnails != "ready") return true;
    const media::Store& source = storage_.of_thumbnails(content.place);
    for (const int size : media::thumbnail_sizes) {
      const auto incoming = fetch(source, media::thumbnail_name(content.key, size));
      if (!incoming && media::is_missing(incoming.error())) return false;
      if (!incoming) return std::unexpected(incoming.error());
      const auto put = target_.put(incoming->path(), media::thumbnail_name(content.target_key, size), "image/webp");
      if (!put) return std::unexpected(put.error());
    }
    return true;
  }

  // What was copied has old files, which are kept until they are not wanted any more. Whether the new one is there is
  // looked at once more.
  Result<void> clear_sources() {
    std::string last;
    for (;;) {
      const auto rows = connection_.query(std::string(sql::ops::assets::list_copied), {last, target_.place()});
      if (!rows) return not_copied(rows.error());
      if (rows->empty()) return {};
      for (int i = 0; i < rows->size(); ++i) {
        last = rows->text(i, 0);
        if (auto cleared = clear_source(last, std::string(rows->text(i, 1)), rows->number(i, 2)); !cleared) {
          return cleared;
        }
      }
    }
  }

  Result<void> clear_source(const std::string& hash, const std::string& key, std::int64_t size) {
    if (!options_.remove_source) {
      ++copied_.left_behind;
      return {};
    }
    const auto file = target_.open(target_.name_of(key));
    if (!file && !media::is_missing(file.error())) return std::unexpected(file.error());
    if (!file || static_cast<std::int64_t>((*file)->size()) != size) {
      ++copied_.left_behind;
      copied_.failed.push_back(fmt::format("{}: {} is not there as a whole; its old file is kept", hash,
                                           target_.where(target_.name_of(key))));
      return {};
    }
    const auto removed = connection_.query(std::string(sql::ops::assets::remove_source), {hash, target_.place(), key});
    if (!removed) return not_copied(removed.error());
    copied_.removed += removed->size();
    return {};
  }

  pg::Blocking& connection_;
  const media::Storage& storage_;
  const media::Store& target_;
  const media::Folder& spool_;  // where files come in: beside where they go, if that is a folder
  const CopyOptions& options_;
  Copied copied_;
};

}  // namespace

Result<Copied> copy(pg::Blocking& connection, const media::Storage& storage, std::string_view place,
                    const CopyOptions& options) {
  const auto locked = connection.query(std::string(sql::ops::assets::lock_copy));
  if (!locked) return not_copied(locked.error());
  if (locked->text(0, 0) != "t") {
    return failure("Files are being copied already.", "Wait until the other `pixelpim assets copy` has ended.");
  }
  if (storage.s3().is_configured() || place == "s3") {
    if (auto probed = storage.s3().probe(); !probed) return std::unexpected(std::move(probed).error());
  }
  if (options.other_folder.empty()) {
    return Copying(connection, storage, storage.of(place), storage.folder(), options).run();
  }
  const media::Folder other(options.other_folder);
  return Copying(connection, storage, other, other, options).run();
}

}  // namespace pim::ops::assets
