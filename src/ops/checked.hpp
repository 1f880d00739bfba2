// One thing that was looked at before or after a deployment: how it is, what was seen, and what to do about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pim::ops {

// not_applicable: there is nothing to judge by (yet), and why. Only `fail` fails.
enum class Verdict : std::uint8_t { ok, not_applicable, warn, fail };
std::string_view name_of(Verdict verdict);

struct Checked {
  std::string name;   // stable, for programs: "backup"
  std::string title;  // for people: "Database backup completed"
  Verdict verdict = Verdict::ok;
  std::string seen;    // the evidence
  std::string remedy;  // empty where there is nothing to do
};

// The worst of them.
Verdict worst_of(const std::vector<Checked>& all);

}  // namespace pim::ops
