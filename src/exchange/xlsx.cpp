#include "exchange/xlsx.hpp"

#include <fmt/format.h>
#include <zip.h>

#include <cstring>

#include "exchange/record.hpp"

namespace pim::exchange {
namespace {

constexpr std::uint64_t part_bytes_max = std::uint64_t{2} << 30;         // of one part, unpacked
constexpr std::uint64_t small_part_bytes_max = std::uint64_t{32} << 20;  // of one that is no sheet and no texts
constexpr std::uint64_t ratio_max = 500, ratio_counts_from = std::uint64_t{64} << 20;
constexpr zip_int64_t entries_max = 10'000;
constexpr std::size_t piece_bytes = 64 * 1024;

std::unexpected<Problem> damaged(std::string_view what) {
  return unusable_file(fmt::format("The workbook can't be read: {}.", what), "Save it again as .xlsx, or as CSV.");
}

// libzip reads the stream through this.
zip_int64_t read_stream(void* context, void* data, zip_uint64_t size, zip_source_cmd_t command) {
  auto& file = *static_cast<std::istream*>(context);
  switch (command) {
    case ZIP_SOURCE_OPEN:
      file.clear();
      file.seekg(0);
      return file ? 0 : -1;
    case ZIP_SOURCE_READ:
      file.clear();
      file.read(static_cast<char*>(data), static_cast<std::streamsize>(size));
      return file.bad() ? -1 : static_cast<zip_int64_t>(file.gcount());
    case ZIP_SOURCE_SEEK: {
      const auto* wanted = ZIP_SOURCE_GET_ARGS(zip_source_args_seek_t, data, size, nullptr);
      if (wanted == nullptr) return -1;
      file.clear();
      file.seekg(wanted->offset, wanted->whence == SEEK_SET   ? std::ios::beg
                                 : wanted->whence == SEEK_CUR ? std::ios::cur
                                                              : std::ios::end);
      return file ? 0 : -1;
    }
    case ZIP_SOURCE_TELL:
      file.clear();
      return file.tellg();
    case ZIP_SOURCE_STAT: {
      auto* facts = static_cast<zip_stat_t*>(data);
      zip_stat_init(facts);
      file.clear();
      const auto at = file.tellg();
      file.seekg(0, std::ios::end);
      facts->size = static_cast<zip_uint64_t>(file.tellg());
      facts->valid |= ZIP_STAT_SIZE;
      file.seekg(at);
      return sizeof *facts;
    }
    case ZIP_SOURCE_ERROR:
      return zip_error_to_data(nullptr, nullptr, 0);
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE:
      return 0;
    case ZIP_SOURCE_SUPPORTS:
      return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                            ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL,
                                            ZIP_SOURCE_SUPPORTS, -1);
    default:
      return -1;
  }
}

struct CloseArchive {
  void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* entry) const noexcept { zip_fclose(entry); }
};

}  // namespace

class XlsxReader::Archive {
 public:
  static Result<std::unique_ptr<Archive>> open(std::istream& file) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_function_create(read_stream, &file, &error);
    if (source == nullptr) return internal("libzip has no memory");
    zip_t* archive = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (archive == nullptr) {
      zip_source_free(source);
      return damaged("it is no whole ZIP archive");
    }
    auto owned = std::unique_ptr<Archive>(new Archive(archive));
    if (zip_get_num_entries(archive, 0) > entries_max) return damaged("it has too many parts");
    return owned;
  }

  bool has(const std::string& name) const { return zip_name_locate(archive_.get(), name.c_str(), ZIP_FL_NOCASE) >= 0; }

  // Begins a part. What it says of its size must be bearable, and is held to.
  Result<void> begin(const std::string& name, std::uint64_t bytes_max) {
    zip_stat_t facts;
    zip_stat_init(&facts);
    if (zip_stat(archive_.get(), name.c_str(), ZIP_FL_NOCASE, &facts) != 0) return damaged("it has no " + name);
    const bool is_bomb =
        facts.size > ratio_counts_from && facts.size / std::max<zip_uint64_t>(facts.comp_size, 1) > ratio_max;
    if (facts.size > bytes_max || is_bomb) {
      return unusable_file("The workbook is too large when it is unpacked.", "Save the sheet as CSV and import that.");
    }
    left_ = facts.size;
    entry_.reset(zip_fopen(archive_.get(), name.c_str(), ZIP_FL_NOCASE));
    if (!entry_) return damaged(zip_strerror(archive_.get()));
    return {};
  }

  // "" at the part's end.
  Result<std::string_view> read() {
    const zip_int64_t size = zip_fread(entry_.get(), piece_.data(), piece_.size());
    if (size < 0) return damaged(zip_file_strerror(entry_.get()));
    if (static_cast<std::uint64_t>(size) > left_) return damaged("a part is larger than it says");
    left_ -= static_cast<std::uint64_t>(size);
    return std::string_view(piece_).substr(0, static_cast<std::size_t>(size));
  }

  // All of a part.
  Result<void> read_into(const std::string& name, XmlReader& reader, std::uint64_t bytes_max) {
    if (auto begun = begin(name, bytes_max); !begun) return begun;
    for (;;) {
      auto piece = read();
      if (!piece) return std::unexpected(std::move(piece).error());
      if (auto fed = reader.feed(*piece, piece->empty()); !fed || piece->empty()) return fed;
    }
  }

 private:
  explicit Archive(zip_t* archive) : archive_(archive), piece_(piece_bytes, '\0') {}
  std::unique_ptr<zip_t, CloseArchive> archive_;
  std::unique_ptr<zip_file_t, CloseEntry> entry_;
  std::string piece_;
  std::uint64_t left_ = 0;
};

XlsxReader::XlsxReader(std::unique_ptr<Archive> archive) : archive_(std::move(archive)) {}
XlsxReader::~XlsxReader() = default;

Result<std::unique_ptr<XlsxReader>> XlsxReader::open(std::istream& file) {
  auto archive = Archive::open(file);
  if (!archive) return std::unexpected(std::move(archive).error());
  auto reader = std::unique_ptr<XlsxReader>(new XlsxReader(*std::move(archive)));
  if (auto read = reader->read_parts(); !read) return std::unexpected(std::move(read).error());
  return reader;
}

Result<void> XlsxReader::read_parts() {
  if (!archive_->has("xl/workbook.xml")) {
    return unusable_file("The file is no XLSX workbook.", "Save it as .xlsx or as CSV (UTF-8).");
  }
  if (auto read = archive_->read_into("xl/workbook.xml", workbook_, small_part_bytes_max); !read) return read;
  RelationsReader relations(workbook_.sheet_relation);
  if (auto read = archive_->read_into("xl/_rels/workbook.xml.rels", relations, small_part_bytes_max); !read)
    return read;
  if (relations.target.empty()) return damaged("it has no sheet");
  for (const auto& [name, reader, bytes_max] :
       {std::tuple<const char*, XmlReader*, std::uint64_t>{"xl/sharedStrings.xml", &shared_, part_bytes_max},
        {"xl/styles.xml", &styles_, small_part_bytes_max}}) {
    if (!archive_->has(name)) continue;
    if (auto read = archive_->read_into(name, *reader, bytes_max); !read) return read;
  }
  const std::string sheet = relations.target.starts_with('/') ? relations.target.substr(1) : "xl/" + relations.target;
  sheet_ = std::make_unique<SheetReader>(shared_.texts, styles_.forms, workbook_.is_from_1904);
  return archive_->begin(sheet, part_bytes_max);
}

Result<const Row*> XlsxReader::next() {
  for (;;) {
    if (const Row* row = sheet_->next()) return row;
    if (at_end_) return nullptr;
    auto piece = archive_->read();
    if (!piece) return std::unexpected(std::move(piece).error());
    at_end_ = piece->empty();
    if (auto fed = sheet_->feed(*piece, at_end_); !fed) return std::unexpected(std::move(fed).error());
  }
}

}  // namespace pim::exchange
