// Many files as one: a ZIP archive that is made while it is sent.
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"
#include "media/services.hpp"

namespace pim::media::assets {

// POST /assets/zip: {"assetIds":[…]}, or {"files":[…]} with the paths of own assets, as old clients send them.
Task<Result<http::Response>> zip(http::Request& request, const http::Caller& caller, const Services& services);

}  // namespace pim::media::assets
