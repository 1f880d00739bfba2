// Our own PostgreSQL: a private cluster in the state folder, reached by a Unix socket only, never run as root.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/problem.hpp"

namespace pim::pg::embedded {

// The operating system's user that PostgreSQL runs as.
struct Account {
  std::string name;
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups;
};

struct Status {
  bool running = false;
  pid_t pid = 0;        // of the postmaster
  std::string version;  // of the data folder: "15"; empty where there is none yet
  std::filesystem::path data, socket, log;
};

class Cluster {
 public:
  // The cluster in `state`, whether it is there yet or not. A Problem: no PostgreSQL is installed, or there is
  // no unprivileged user to run it.
  static Result<Cluster> in(const std::filesystem::path& state);

  // Makes the cluster where it is not there, and starts it where it does not run. Safe against two programs at
  // once; a cluster that was killed recovers. Returns when it accepts connections.
  Result<void> start();
  // Ends it; whoever is connected is cut off. Does nothing where it does not run.
  Result<void> stop();
  Status status() const;
  // A libpq URI for root, for the user that runs it, and for who made it. No password: the socket knows its peer.
  std::string url() const;

 private:
  Cluster(std::filesystem::path state, std::filesystem::path programs, Account account);
  Result<void> prepare_folders() const;
  void remove_unfinished() const;
  Result<void> make() const;
  Result<void> fill(const std::filesystem::path& unfinished) const;
  Result<void> check_version() const;
  Result<void> write_settings() const;
  Result<void> launch() const;
  Result<void> make_database() const;
  Result<std::string> run(const std::string& program, const std::vector<std::string>& arguments,
                          int inherited = -1) const;
  std::string program_version() const;

  std::filesystem::path state_, programs_, data_, socket_, log_;
  Account account_;
};

// Starts the cluster again when it dies, until it is destroyed.
class Supervisor {
 public:
  // `report` is told what happened, on the supervisor's thread.
  Supervisor(Cluster& cluster, std::function<void(const std::string&)> report);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

 private:
  void watch();
  Cluster& cluster_;
  std::function<void(const std::string&)> report_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace pim::pg::embedded
