// The steps of a deployment, in the guide's order.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ops/deploy/deploy.hpp"

namespace pim::ops::deploy {

struct Context {
  const config::Config& config;
  const std::string& url;  // of the database
  pg::Blocking& connection;
  const Options& options;
  const Progress& progress;
  Deployment& deployment;
};
using Outcome = Result<std::string>;  // what came of a step, in words

struct Act {
  std::string_view name, title, way_back;
  bool changes_database;  // only with a backup of grade A that is not older than a day
  Outcome (*run)(Context&);
};
std::span<const Act> acts();

}  // namespace pim::ops::deploy
