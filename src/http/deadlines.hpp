// Time limits for the sessions of one thread: one timer looks at all of them, instead of one timer each.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>

namespace pim::http {

// Something with a time limit. `expire` is called once when it is over.
class Deadline : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  using Clock = std::chrono::steady_clock;
  virtual ~Deadline() = default;
  virtual void expire() = 0;
  // The server is stopping: end what is idle.
  virtual void drain() = 0;
  void expire_in(std::chrono::milliseconds time) { at_ = Clock::now() + time; }
  void never_expire() { at_ = Clock::time_point::max(); }

 private:
  friend class Deadlines;
  Clock::time_point at_ = Clock::time_point::max();
};

class Deadlines {
 public:
  explicit Deadlines(boost::asio::io_context& context) : timer_(context) {}
  void watch(Deadline& deadline) { all_.push_back(deadline); }
  void start() { tick(); }
  void stop() { timer_.cancel(); }
  void drain();
  void expire_all();

 private:
  static constexpr std::chrono::milliseconds interval{200};
  void tick();
  template <class Due>
  void expire(Due due);

  boost::asio::steady_timer timer_;
  boost::intrusive::list<Deadline, boost::intrusive::constant_time_size<false>> all_;
};

}  // namespace pim::http
