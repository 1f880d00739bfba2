// The secret that signs tokens.
#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "config/config.hpp"

namespace pim::config {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t secret_bytes_min = 32;

Result<std::string> read_secret(const fs::path& file) {
  std::ifstream stream(file);
  std::string secret;
  if (!std::getline(stream, secret) || secret.size() < secret_bytes_min) {
    return failure(fmt::format("The secret in {} can't be read or is too short.", file.string()),
                   "Give this user the right to read it; or remove it for a new one, which logs everybody out.");
  }
  return secret;
}

// Written whole under another name and then linked: of two programs that start at once one makes it, both use it.
Result<void> make_secret(const fs::path& file) {
  std::array<unsigned char, 48> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return failure("There are no random bytes.");
  std::string secret;
  for (const unsigned char byte : bytes) secret += fmt::format("{:02x}", byte);
  secret += '\n';

  std::string name = file.string() + ".XXXXXX";
  const int descriptor = mkostemp(name.data(), O_CLOEXEC);  // 0600
  if (descriptor < 0) {
    return failure(fmt::format("{} can't be written: {}.", file.string(), std::strerror(errno)),
                   "Give this user the right to write in the state folder.");
  }
  const bool written = ::write(descriptor, secret.data(), secret.size()) == static_cast<ssize_t>(secret.size()) &&
                       ::fsync(descriptor) == 0;
  ::close(descriptor);
  const bool linked = written && (::link(name.c_str(), file.c_str()) == 0 || errno == EEXIST);
  ::unlink(name.c_str());
  if (!linked) return failure(fmt::format("{} can't be written: {}.", file.string(), std::strerror(errno)));
  return {};
}

}  // namespace

Result<std::string> token_secret(const Config& config) {
  if (!config.jwt_secret.empty()) {
    const bool weak = config.jwt_secret.size() < secret_bytes_min;
    if (!weak || config.allow_weak_secret) return config.jwt_secret;
    return failure(fmt::format("JWT_SECRET is too weak: it has {} bytes, and {} are needed.", config.jwt_secret.size(),
                               secret_bytes_min),
                   "Set another one (`openssl rand -hex 32` makes one; everybody logs in again), leave it out, or set "
                   "allow_weak_secret = true in pixelpim.toml to keep it for now.");
  }
  std::error_code ignored;
  const fs::path file = config.state / "secret";
  if (!fs::exists(file, ignored)) {
    fs::create_directories(config.state, ignored);
    if (auto made = make_secret(file); !made) return std::unexpected(std::move(made).error());
  }
  return read_secret(file);
}

}  // namespace pim::config
