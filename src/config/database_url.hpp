// DATABASE_URL as the replaced service's tools write it.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"

namespace pim::config {

struct TranslatedUrl {
  std::string url;                   // for libpq
  std::vector<std::string> dropped;  // parameters that mean nothing here, and why
};

// Keeps what libpq knows; translates or drops the parameters of the replaced service's driver. A pooler that gives
// each transaction another connection is refused: prepared statements don't survive it.
Result<TranslatedUrl> libpq_url(const std::string& url);

}  // namespace pim::config
