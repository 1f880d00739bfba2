// The four tables of the deployment guide, from what is so.
#pragma once

#include <string>
#include <string_view>

#include "config/config.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::monitor {

// `topic`: "deletes", "restores", "storage", "queries" or "all". As text, or as JSON.
pg::Outcome<std::string> report(pg::Blocking& connection, const config::Config& config, std::string_view topic,
                                bool as_json);

}  // namespace pim::ops::monitor
