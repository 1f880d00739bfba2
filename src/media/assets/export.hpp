// Lists of assets as files: what there is, without the files themselves.
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"
#include "media/services.hpp"

namespace pim::media::assets {

// GET /assets/export/json: […], of one folder or of all.
Task<Result<http::Response>> export_list(http::Request& request, const http::Caller& caller, const Services& services);
// POST /assets/export: a file, JSON or XML, of all, selected ones, or folders.
Task<Result<http::Response>> export_file(http::Request& request, const http::Caller& caller, const Services& services);

}  // namespace pim::media::assets
