// An account with a catalogue to try things on.
#pragma once

#include <string>

#include "cli/command.hpp"
#include "pg/blocking.hpp"

namespace pim::cli {

// Makes the demo account, imports its catalogue, and puts some of it in the trash; does nothing where the account is
// there already. The database is migrated.
Result<void> load_demo(const Session& session, pg::Blocking& connection);

// How to log in, and requests to try.
std::string demo_welcome(int port);

}  // namespace pim::cli
