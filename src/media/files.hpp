// The files of assets, as answers.
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"
#include "media/asset.hpp"
#include "media/services.hpp"

namespace pim::media {

// The store that the file is in, and its name there; nullopt where it is another site's.
struct Location {
  const Store& store;
  std::string name;
};
std::optional<Location> location_of(const File& file, const Storage& storage);

// How the file is to be shown: as its type allows, or always as a download.
enum class Shown : bool { as_allowed, as_download };

// The whole file or the range that was asked for (206, 416), or 304 for a client that has it. 404 where it is missing.
Task<Result<http::Response>> serve_file(const http::Request& request, const File& file, const Services& services,
                                        Shown shown);

// A thumbnail of it, of the width that ?size= says (150, 300 or 800); a placeholder while it is made.
Task<Result<http::Response>> serve_thumbnail(const http::Request& request, const File& file, const Services& services);

// What a browser calls the file when it saves it: the asset's name, with the extension of its file.
std::string download_name(std::string_view name, std::string_view file_name);

// Content-Disposition of RFC 6266: a name in ASCII for old clients, and the true one.
std::string content_disposition(std::string_view kind, std::string_view file_name);

}  // namespace pim::media
