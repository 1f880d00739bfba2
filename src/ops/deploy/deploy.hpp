// A deployment from beginning to end: the checklist, backup, migrations, the client's check, indexes, the hand-over to
// the new program, the proof, and the mails to the team. Each step is in the journal when it is done: stopped anywhere,
// the same command goes on.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "config/config.hpp"
#include "ops/checked.hpp"
#include "ops/deploy/probe.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::deploy {

using Progress = std::function<void(const std::string&)>;

struct Step {
  std::string name, title;
  bool is_done = false;
  std::string seen;  // what will be done, or came of it
  double seconds = 0;
};

struct Deployment {
  std::int64_t entry = 0;  // of the journal; 0: only planned
  std::string state;       // "planned", "running", "done"
  std::string version, server;
  std::string began, by;  // 2026-11-28T20:00:00Z; who deploys
  int minutes = 0;        // that it may take: told to the team
  std::vector<Checked> checks;
  std::vector<Step> steps;
  std::optional<Probed> probed;  // nothing: no server ran
  std::string report;            // its file
};

struct Options {
  std::string server;   // empty: the one with this state folder
  std::string restart;  // a command that replaces the program; empty: the running one is asked to
  std::string by;       // who deploys; empty: the user of the machine
  int minutes = 10;
  bool is_first = false;
  bool leaves_archive = false;  // what a full rollback put aside stays there
  int jobs = 2;
};

// Says what would be done, and what stands in the way (`checks`). Changes nothing.
Result<Deployment> plan(pg::Blocking& connection, const config::Config& config, const std::string& database,
                        const Options& options);
// Nothing is done where the checklist fails. Every step that changes the database needs a backup of grade A that is not
// older than a day.
Result<Deployment> deploy(const config::Config& config, const std::string& database_url, const Options& options,
                          const Progress& progress);

// For people: the checklist, the steps, and how the service answered.
std::vector<std::string> lines_of(const Deployment& deployment);
std::string to_json(const Deployment& deployment);

struct RehearsedStep {
  std::string name;
  double seconds = 0;  // the longest that its locks are held, where it is one transaction
  std::vector<std::string> locks;
  std::int64_t rows = 0, bytes_rewritten = 0;
};
struct Rehearsal {
  std::string backup;
  double restored_seconds = 0, total_seconds = 0;
  std::vector<RehearsedStep> steps;
};
// All that changes the database, on a scratch copy from the newest backup.
Result<Rehearsal> rehearse(const config::Config& config, const std::string& database_url, const Progress& progress);

}  // namespace pim::ops::deploy
