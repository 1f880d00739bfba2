// A deployment as the journal has it: so that the next run goes on where one was stopped.
#pragma once

#include <string>

#include "ops/deploy/deploy.hpp"

namespace pim::ops::deploy {

// The one that was stopped, of this version, or a new one that only the journal does not know yet. Changes nothing.
Result<Deployment> look_up(pg::Blocking& connection, const config::Config& config, const Options& options);

// Notes a new one in the journal.
Result<void> begin(pg::Blocking& connection, Deployment& deployment);
// Notes how far it is; on a connection of its own: a step may have cost the other one.
Result<void> keep(const std::string& database_url, const Deployment& deployment);

}  // namespace pim::ops::deploy
