// Imports that run in the background of a server, and how others see how far they are: by the table "ImportRun",
// whichever server is asked.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "async/runtime.hpp"
#include "exchange/import.hpp"
#include "http/response.hpp"
#include "pg/database.hpp"

namespace pim::exchange::runs {

// What an import ended in, as its own route answers it.
struct Outcome {
  std::int64_t rows, failed;
  std::string message, failed_rows, summary;  // the latter two are JSON
};

class Runs {
 public:
  Runs(Runtime& runtime, pg::Databases& databases, WorkPool& pool)
      : runtime_(runtime), databases_(databases), pool_(pool) {}

  // Blocks, on the pool, and says how far it is.
  using Work = std::function<Result<Outcome>(const ImportProgress&)>;

  // Notes the run, and goes on behind the answer. Gives its id.
  Task<Result<std::string>> start(std::int32_t tenant, std::int32_t actor, std::string file_name, bool is_dry_run,
                                  Work work);
  // Its events, to its end; 404 where `user` has no such run.
  Task<Result<http::Response>> follow(std::int32_t tenant, std::int32_t user, std::string id);
  // Ends those under way, with all that they did taken back.
  Task<void> stop();

 private:
  struct Run;
  Task<void> execute(std::shared_ptr<Run> run, Work work);
  Task<void> tell(std::shared_ptr<Run> run);
  ImportProgress progress_of(const std::shared_ptr<Run>& run);

  Runtime& runtime_;
  pg::Databases& databases_;
  WorkPool& pool_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> under_way_ = 0;
};

}  // namespace pim::exchange::runs
