// Asks a server again and again, a new connection each time, and counts how it answers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace pim::ops::deploy {

struct Probed {
  std::int64_t requests = 0, failures = 0;
  std::int64_t longest_milliseconds = 0;
  std::string first_failure;
};

class Probe {
 public:
  explicit Probe(std::string server);  // "http://127.0.0.1:3000"
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe();
  // What it has seen so far.
  Probed seen() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pim::ops::deploy
