// Who asks, as the gate found out: the tenant is what every statement gets as $1.
#pragma once

#include <cstdint>

namespace pim::http {

// `key`: a program that sends a key of its tenant.
enum class Role : std::uint8_t { nobody, staff, owner, admin, key };

struct Caller {
  std::int32_t user = 0;    // "User".id; 0: nobody
  std::int32_t tenant = 0;  // the owner's id; 0: none (an administrator, or nobody)
  Role role = Role::nobody;
  std::uint32_t granted = 0;  // where a route is about several resources: those that they may, a bit for each
  bool trash_is_off = false;  // for the whole installation

  friend bool operator==(const Caller&, const Caller&) = default;
};

}  // namespace pim::http
