// A line of those who wait for the database: how long it is going to take, and who may still join it.
#pragma once

#include <chrono>
#include <cstddef>

namespace pim::pg {

class Line {
 public:
  Line(std::size_t waiting_max, std::chrono::milliseconds wait_max) noexcept
      : waiting_max_(waiting_max), wait_max_(wait_max) {}

  // So many were done within that time.
  void note(std::chrono::nanoseconds time, std::size_t done) noexcept {
    time_ += time;
    done_ += done;
    if (done_ < remembered) return;
    time_ /= 2;
    done_ /= 2;
  }

  // May one more join those who wait, where so many are served at a time? A few always may. Who would wait too long is
  // better told at once: served late, he would keep those waiting who come after him.
  bool admits(std::size_t waiting, std::size_t at_a_time) const noexcept {
    const bool is_short = waiting < always_admitted || done_ == 0;
    return waiting < waiting_max_ && (is_short || time_ / done_ * waiting / at_a_time <= wait_max_);
  }

 private:
  static constexpr std::size_t remembered = 256;  // at most; what was before counts half as much
  static constexpr std::size_t always_admitted = 64;

  std::size_t waiting_max_;
  std::chrono::milliseconds wait_max_;
  std::chrono::nanoseconds time_{};
  std::size_t done_ = 0;
};

}  // namespace pim::pg
