#include "media/assets/upload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pim::media::assets {
namespace {

constexpr std::size_t field_bytes_max = 16 * 1024, fields_max = 100;
constexpr std::size_t write_bytes = 16 * 1024;
constexpr std::uint64_t form_bytes = 1 << 20;  // of all that is not files
constexpr std::array<std::string_view, 2> field_names{"name", "assetGroupId"};

std::unexpected<Problem> file_too_large(std::uint64_t bytes_max) {
  return std::unexpected(Problem{.status = 413,
                                 .code = "asset.too_large",
                                 .message = "File too large",
                                 .remedy = fmt::format("Send files of at most {} bytes each", bytes_max)});
}

}  // namespace

Task<Result<void>> Upload::receive(http::Request& request) {
  if (!request.header("content-type").starts_with("multipart/form-data")) co_return bad_request("File is required");
  auto reader = co_await http::MultipartReader::of(request.header("content-type"));
  const std::uint64_t body_max = services_.bytes_max * files_max + form_bytes;
  for (;;) {
    const std::string_view piece = co_await request.read_some(body_max);
    if (piece.empty()) break;
    co_await reader.feed(piece, *this);
    co_await write_pending(false);
  }
  co_await write_pending(true);
  if (!reader.is_complete()) co_return bad_request("The multipart body has no end", "malformed_multipart");
  co_return Result<void>{};
}

// Writing may wait for the disk: it is done elsewhere, in pieces that many uploads can have in memory at once.
Task<Result<void>> Upload::write_pending(bool all) {
  for (Received& received : files_) {
    const bool is_last = &received == &files_.back();
    if (received.pending.empty() || (!all && is_last && received.pending.size() < write_bytes)) continue;
    co_await services_.files.run(services_.here(), [&] { return received.file.write(received.pending); });
    received.pending = {};  // nor is its memory kept while the file waits for the disk and the database
  }
  co_return Result<void>{};
}

Result<void> Upload::begin(std::string_view name, std::string_view file_name) {
  if (name == "file" || name == "files") {
    if (file_name.empty()) return bad_request("File is required");
    if (files_.size() == files_max) {
      return bad_request(fmt::format("At most {} files can be sent at once", files_max), "asset.too_many");
    }
    auto incoming = services_.storage->folder().receive();
    if (!incoming) return std::unexpected(std::move(incoming).error());
    files_.push_back({std::string(file_name), *std::move(incoming), {}});
    field_ = nullptr;
    return {};
  }
  if (!file_name.empty()) return bad_request(fmt::format("Unexpected field - {}", name));
  if (std::ranges::find(field_names, name) == field_names.end()) {
    return invalid({fmt::format("property {} should not exist", name)});
  }
  auto& values = fields_[std::string(name)];
  if (values.size() == fields_max) return bad_request("The form has too many fields");
  field_ = &values.emplace_back();
  return {};
}

Result<void> Upload::data(std::string_view bytes) {
  if (field_ != nullptr) {
    if (field_->size() + bytes.size() > field_bytes_max) return bad_request("A field of the form is too long");
    *field_ += bytes;
    return {};
  }
  Received& received = files_.back();
  if (received.file.size() + received.pending.size() + bytes.size() > services_.bytes_max) {
    return file_too_large(services_.bytes_max);
  }
  received.pending += bytes;
  return {};
}

const std::vector<std::string>& Upload::field(std::string_view name) const {
  static const std::vector<std::string> none;
  const auto found = fields_.find(name);
  return found == fields_.end() ? none : found->second;
}

}  // namespace pim::media::assets
