// Whose data is changed, who does it, and in which request: what the audit says of each act.
#pragma once

#include <cstdint>
#include <string_view>

namespace pim {

struct Act {
  std::int32_t tenant;
  std::int32_t actor;
  std::string_view request_id;
};

}  // namespace pim
