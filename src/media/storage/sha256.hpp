// A SHA-256 of bytes that come in pieces.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace pim::media {

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

std::string hexadecimal(std::string_view bytes);

}  // namespace pim::media
