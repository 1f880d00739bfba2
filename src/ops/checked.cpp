#include "ops/checked.hpp"

#include <algorithm>

namespace pim::ops {

std::string_view name_of(Verdict verdict) {
  constexpr std::string_view names[] = {"ok", "not applicable", "warn", "fail"};
  return names[static_cast<std::size_t>(verdict)];
}

Verdict worst_of(const std::vector<Checked>& all) {
  Verdict worst = Verdict::ok;
  for (const Checked& each : all) worst = std::max(worst, each.verdict);
  return worst;
}

}  // namespace pim::ops
