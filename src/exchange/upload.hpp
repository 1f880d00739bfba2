// A file that a form brings, kept on disk while it comes in.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "base/problem.hpp"
#include "http/multipart.hpp"

namespace pim::exchange {

class Upload final : public http::MultipartReader::Sink {
 public:
  // The file has no name in `folder`: it is gone with this object, or with the program.
  static Result<Upload> open(const std::filesystem::path& folder);

  Result<void> begin(std::string_view name, std::string_view file_name) override;
  Result<void> data(std::string_view bytes) override;

  bool has_file() const noexcept { return has_file_; }
  // A field that is not the file, or "".
  std::string_view field(std::string_view name) const noexcept;
  // The file, from its beginning.
  Result<std::istream*> file();
  // As the client calls it.
  const std::string& file_name() const noexcept { return file_name_; }
  // Does it begin as the workbooks of old do (.xls)?
  bool is_old_workbook() const noexcept { return first_bytes_.starts_with("\xD0\xCF\x11\xE0"); }

 private:
  Upload() = default;

  std::fstream stream_;
  std::string first_bytes_, file_name_;
  std::map<std::string, std::string, std::less<>> fields_;
  std::string* field_ = nullptr;  // that is coming in; null: the file
  bool has_file_ = false;
};

}  // namespace pim::exchange
