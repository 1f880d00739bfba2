// A file without a name, on disk while it is made and sent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/problem.hpp"
#include "http/response.hpp"

namespace pim::exchange::exports {

class Spool {
 public:
  // A new one in `folder`: gone with this object, or with the program.
  static Result<Spool> make(const std::filesystem::path& folder);
  // One that another part wrote under this name; the name is taken away.
  static Result<Spool> adopt(const std::filesystem::path& file);
  Spool(Spool&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Spool& operator=(Spool&&) = delete;
  ~Spool();

  Result<void> write(std::string_view bytes);
  Result<std::uint64_t> size() const;
  // Up to `bytes` from `offset` on; "" at the end.
  Result<std::string> read(std::uint64_t offset, std::size_t bytes) const;

 private:
  explicit Spool(int descriptor) noexcept : descriptor_(descriptor) {}
  int descriptor_;
};

// All of it as an answer's body, with its size.
Result<http::Response> answer_with(Spool spool, std::string_view content_type);

}  // namespace pim::exchange::exports
