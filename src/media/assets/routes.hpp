// /assets and /uploads: files, what is known of them, and the files themselves.
#pragma once

#include "http/router.hpp"
#include "media/services.hpp"

namespace pim::media::assets {

void add_routes(http::Router& router, const Services& services);

}  // namespace pim::media::assets
