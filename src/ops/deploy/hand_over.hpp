// From the program that serves to the one that is installed.
#pragma once

#include <string>

#include "ops/deploy/steps.hpp"

namespace pim::ops::deploy {

// Does this server answer, with all that it needs?
bool is_ready(const std::string& server);

// The program that serves afterwards is another one, of this version, and answers.
Outcome hand_over(Context& context);

}  // namespace pim::ops::deploy
