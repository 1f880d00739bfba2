// The two mails of a deployment, with its facts.
#pragma once

#include "ops/checked.hpp"
#include "ops/deploy/steps.hpp"
#include "ops/notices/notices.hpp"

namespace pim::ops::deploy {

// Whom the mails go to, and whether they can be written; or why none is sent.
Checked look_at_mails(const config::Config& config);

// Sends one; who was told by a run that was killed is left out.
Outcome tell(Context& context, notices::Kind kind);

}  // namespace pim::ops::deploy
