#include "net/fetch.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>

namespace pim::net {
namespace {

constexpr int redirects_max = 5;
constexpr std::size_t url_bytes_max = 2048;

struct Network {
  std::uint32_t address;
  int bits;
};
constexpr std::array<Network, 14> inside_ipv4{{{0x00000000, 8},   // this network
                                               {0x0A000000, 8},   // private
                                               {0x64400000, 10},  // shared
                                               {0x7F000000, 8},   // loopback
                                               {0xA9FE0000, 16},  // link-local, and clouds' metadata
                                               {0xAC100000, 12},  // private
                                               {0xC0000000, 24},
                                               {0xC0000200, 24},  // documentation
                                               {0xC0586300, 24},  // relays to IPv6
                                               {0xC0A80000, 16},  // private
                                               {0xC6120000, 15},  // benchmarks
                                               {0xC6336400, 24},
                                               {0xCB007100, 24},
                                               {0xE0000000, 3}}};  // multicast, reserved, broadcast

bool is_public_ipv4(std::uint32_t address) noexcept {
  return std::ranges::none_of(inside_ipv4, [&](const Network& network) {
    return (address >> (32 - network.bits)) == (network.address >> (32 - network.bits));
  });
}

// Global unicast is 2000::/3; of it, what leads to other addresses or nowhere is left out.
bool is_public_ipv6(const in6_addr& address) noexcept {
  const auto& byte = address.s6_addr;
  if ((byte[0] & 0xE0) != 0x20) return false;
  const auto word = [&](int i) { return static_cast<unsigned>(byte[2 * i] << 8 | byte[2 * i + 1]); };
  if (word(0) == 0x2002) return false;                      // 6to4: an IPv4 address inside
  if (word(0) == 0x2001 && word(1) < 0x0200) return false;  // Teredo and other special uses
  return word(0) != 0x2001 || word(1) != 0x0DB8;            // documentation
}

std::unexpected<Problem> refused(std::string message, std::string remedy) {
  return std::unexpected(
      Problem{.status = 400, .code = "asset.url_refused", .message = std::move(message), .remedy = std::move(remedy)});
}

std::unexpected<Problem> failed(std::string message) {
  return std::unexpected(Problem{.status = 400, .code = "asset.url_failed", .message = std::move(message)});
}

struct FreeUrl {
  void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
struct FreeEasy {
  void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

// The parts of an address that decide whether it is fetched.
struct Target {
  std::string url, host;
  std::uint16_t port = 0;
};

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_allowed_host(const Target& target, const FetchLimits& limits) {
  const std::string host = fmt::format("{}:{}", target.host, target.port);
  return std::ranges::find(limits.allowed_hosts, host) != limits.allowed_hosts.end();
}

// `base` is where a redirect came from; "" for the first.
Result<Target> parse(const std::string& text, const std::string& base, const FetchLimits& limits) {
  if (text.size() > url_bytes_max || text.contains('\0')) return refused("The address is too long", "Shorten it");
  const std::unique_ptr<CURLU, FreeUrl> url{curl_url()};
  if (!base.empty()) curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0);
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) {
    return refused("url must be a valid address", "Write it whole: https://shop.example/boot.jpg");
  }
  const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return refused("Only http and https addresses are fetched", "");
  Target target{.url = part_of(url.get(), CURLUPART_URL), .host = part_of(url.get(), CURLUPART_HOST)};
  if (target.host.starts_with('[')) target.host = target.host.substr(1, target.host.size() - 2);
  const std::string port = part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  target.port = static_cast<std::uint16_t>(std::strtoul(port.c_str(), nullptr, 10));
  const bool is_allowed = is_allowed_host(target, limits);
  if (!is_allowed && target.port != 80 && target.port != 443) {
    return refused("Only the ports 80 and 443 are fetched from", "");
  }
  return target;
}

// The addresses of a host, all of which must be public unless it is an allowed one.
Result<std::string> resolve(const Target& target, bool is_allowed) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(target.host.c_str(), nullptr, &hints, &found) != 0) {
    return failed(fmt::format("The host {} is not known", target.host));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard{found, &::freeaddrinfo};
  std::string addresses;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (!is_allowed && !is_public(*each->ai_addr)) {
      return refused("The address leads to a network that is not public", "Upload the file itself");
    }
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(each->ai_addr, each->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
      continue;
    if (!addresses.empty()) addresses += ',';
    addresses += each->ai_family == AF_INET6 ? fmt::format("[{}]", text.data()) : text.data();
  }
  if (addresses.empty()) return failed(fmt::format("The host {} is not known", target.host));
  return addresses;
}

// One request under way.
struct Transfer {
  const std::function<Result<void>(std::string_view)>& sink;
  std::uint64_t bytes_max;
  bool is_allowed;
  CURL* easy;
  std::uint64_t bytes = 0;
  std::optional<Problem> problem{};
  bool was_inside = false;
};

std::size_t take(char* bytes, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  long status = 0;
  curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return size;  // what an error page says is nobody's file
  transfer.bytes += size;
  if (transfer.bytes > transfer.bytes_max) {
    transfer.problem = Problem{.status = 413, .code = "asset.too_large", .message = "File too large"};
    return 0;
  }
  if (auto taken = transfer.sink({bytes, size}); !taken) {
    transfer.problem = taken.error();
    return 0;
  }
  return size;
}

// The last word: what is really connected to. Names may change between two look-ups; this can't.
curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (!transfer.is_allowed && !is_public(address->addr)) {
    transfer.was_inside = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// One hop; the address that it redirects to, or "" where the body has come.
Result<std::string> request(const Target& target, const FetchLimits& limits, std::chrono::seconds time_left,
                            const std::function<Result<void>(std::string_view)>& sink) {
  const bool is_allowed = is_allowed_host(target, limits);
  auto addresses = resolve(target, is_allowed);
  if (!addresses) return addresses;
  const std::unique_ptr<CURL, FreeEasy> easy{curl_easy_init()};
  const std::string pin = fmt::format(
      "{}:{}:{}", target.host.contains(':') ? fmt::format("[{}]", target.host) : target.host, target.port, *addresses);
  const std::unique_ptr<curl_slist, FreeList> pins{curl_slist_append(nullptr, pin.c_str())};
  Transfer transfer{.sink = sink, .bytes_max = limits.bytes_max, .is_allowed = is_allowed, .easy = easy.get()};
  CURL* const c = easy.get();
  curl_easy_setopt(c, CURLOPT_URL, target.url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(c, CURLOPT_PROXY, "");
  curl_easy_setopt(c, CURLOPT_RESOLVE, pins.get());
  curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_USERAGENT, "pixelpim");
  curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 10L);
  curl_easy_setopt(c, CURLOPT_TIMEOUT, static_cast<long>(std::max<std::int64_t>(time_left.count(), 1)));
  curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, &transfer);
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &transfer);
  const CURLcode code = curl_easy_perform(c);
  if (transfer.problem) return std::unexpected(*std::move(transfer.problem));
  if (transfer.was_inside)
    return refused("The address leads to a network that is not public", "Upload the file itself");
  if (code == CURLE_OPERATION_TIMEDOUT) return failed("The file did not come in time");
  if (code != CURLE_OK) return failed(fmt::format("The file can't be fetched from {}", target.host));
  long status = 0;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  char* location = nullptr;
  curl_easy_getinfo(c, CURLINFO_REDIRECT_URL, &location);
  if (status >= 300 && status < 400 && location != nullptr) return std::string(location);
  if (status != 200) return failed(fmt::format("{} answered with status {}", target.host, status));
  return std::string{};
}

}  // namespace

bool is_public(const sockaddr& address) noexcept {
  if (address.sa_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &address, sizeof ipv4);
    return is_public_ipv4(ntohl(ipv4.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv6, &address, sizeof ipv6);
  return is_public_ipv6(ipv6.sin6_addr);
}

std::vector<std::string> items_of(std::string_view list) {
  std::vector<std::string> hosts;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    std::string_view host = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (host.starts_with(' ')) host.remove_prefix(1);
    while (host.ends_with(' ')) host.remove_suffix(1);
    if (!host.empty()) hosts.emplace_back(host);
  }
  return hosts;
}

Result<void> fetch(std::string url, const FetchLimits& limits,
                   const std::function<Result<void>(std::string_view)>& sink) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const auto end = std::chrono::steady_clock::now() + limits.time_max;
  std::string base;
  for (int hop = 0; hop <= redirects_max; ++hop) {
    auto target = parse(url, base, limits);
    if (!target) return std::unexpected(std::move(target).error());
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return failed("The file did not come in time");
    auto redirect = request(*target, limits, left, sink);
    if (!redirect) return std::unexpected(std::move(redirect).error());
    if (redirect->empty()) return {};
    base = target->url;
    url = *std::move(redirect);
  }
  return failed(fmt::format("The address redirects more than {} times", redirects_max));
}

}  // namespace pim::net
