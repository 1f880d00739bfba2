#include "http/deadlines.hpp"

namespace pim::http {

void Deadlines::tick() {
  timer_.expires_after(interval);
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    const auto now = Deadline::Clock::now();
    expire([now](const Deadline& deadline) { return deadline.at_ <= now; });
    tick();
  });
}

template <class Due>
void Deadlines::expire(Due due) {
  for (auto at = all_.begin(); at != all_.end();) {
    Deadline& deadline = *at++;  // it may leave the list in `expire`
    if (!due(deadline)) continue;
    deadline.never_expire();
    deadline.expire();
  }
}

void Deadlines::expire_all() {
  expire([](const Deadline&) { return true; });
}

void Deadlines::drain() {
  for (auto at = all_.begin(); at != all_.end();) (at++)->drain();
}

}  // namespace pim::http
