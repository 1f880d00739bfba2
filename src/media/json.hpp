// Assets and groups in the form that clients get.
#pragma once

#include <string>

#include "http/signed_url.hpp"
#include "json/writer.hpp"
#include "media/asset.hpp"
#include "trash/assets.hpp"

namespace pim::media {

void write(json::Object& out, const Asset& asset, const http::UrlSigner& signer);
void write(json::Object& out, const Group& group);
void write(json::Object& out, const trash::DeletedAsset& asset);
void write(json::Object& out, const trash::DeletedAssetGroup& group);

// "1.5 MB"
std::string formatted_size(std::int64_t bytes);

}  // namespace pim::media
