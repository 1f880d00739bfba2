// /asset-groups: the folders that assets are in.
#pragma once

#include "http/router.hpp"
#include "media/services.hpp"

namespace pim::media::groups {

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::media::groups
