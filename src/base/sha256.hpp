// SHA-256: of bytes, of files, and with a key.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace pim {

// Of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) = delete;
  ~Sha256();
  void add(std::string_view bytes);
  // Hexadecimal. The last that is asked of it.
  std::string end();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// Hexadecimal.
std::string sha256_of(std::string_view bytes);
Result<std::string> sha256_of_file(const std::filesystem::path& file);
// Copies a file, on the disk for good when it returns; gives the hash of what was copied.
Result<std::string> copy_file_hashed(const std::filesystem::path& from, const std::filesystem::path& to);

// As Content-Security-Policy has it.
std::string base64_of_sha256(std::string_view bytes);
// HMAC, 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);
// Two digits for each byte, small letters.
std::string hexadecimal(std::string_view bytes);

}  // namespace pim
