// Which addresses are of the public internet.
#include "net/fetch.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cstring>

namespace pim::net {
namespace {

bool is_public_text(const char* text) {
  sockaddr_storage storage{};
  if (auto* ipv4 = reinterpret_cast<sockaddr_in*>(&storage); inet_pton(AF_INET, text, &ipv4->sin_addr) == 1) {
    ipv4->sin_family = AF_INET;
  } else {
    auto* ipv6 = reinterpret_cast<sockaddr_in6*>(&storage);
    EXPECT_EQ(inet_pton(AF_INET6, text, &ipv6->sin6_addr), 1) << text;
    ipv6->sin6_family = AF_INET6;
  }
  return is_public(*reinterpret_cast<const sockaddr*>(&storage));
}

TEST(Fetch, AddressesOfTheInsideAreNotPublic) {
  for (const char* inside : {"0.0.0.0",     "10.0.0.1",        "10.255.255.255", "100.64.0.1",      "127.0.0.1",
                             "127.255.0.1", "169.254.169.254", "172.16.0.1",     "172.31.255.255",  "192.0.0.8",
                             "192.0.2.1",   "192.168.1.1",     "198.18.0.1",     "198.19.255.255",  "198.51.100.7",
                             "203.0.113.9", "224.0.0.1",       "240.0.0.1",      "255.255.255.255", "::",
                             "::1",         "::ffff:10.0.0.1", "::ffff:8.8.8.8", "fe80::1",         "fc00::1",
                             "fd12::1",     "ff02::1",         "64:ff9b::a00:1", "2002:7f00:1::1",  "2001::1",
                             "2001:db8::1", "::7f00:1",        "100::1"}) {
    EXPECT_FALSE(is_public_text(inside)) << inside;
  }
}

TEST(Fetch, OthersAre) {
  for (const char* outside :
       {"8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.1", "172.15.0.1", "172.32.0.1", "192.167.0.1", "100.63.0.1",
        "100.128.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888"}) {
    EXPECT_TRUE(is_public_text(outside)) << outside;
  }
}

TEST(Fetch, ListsOfHosts) {
  EXPECT_EQ(items_of(" a.example:80 ,10.0.0.7:8080,, "), (std::vector<std::string>{"a.example:80", "10.0.0.7:8080"}));
  EXPECT_TRUE(items_of("").empty());
}

}  // namespace
}  // namespace pim::net
