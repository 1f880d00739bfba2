// What the routes of assets work with.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "async/runtime.hpp"
#include "http/signed_url.hpp"
#include "media/storage/storage.hpp"
#include "pg/database.hpp"

namespace pim::media {

struct Services {
  Runtime& runtime;
  pg::Databases& databases;
  WorkPool& files;     // for what may wait for a disk
  WorkPool& fetching;  // for what may wait for another site
  WorkPool& remote;    // for what may wait for the S3 store
  std::shared_ptr<const http::UrlSigner> signer;
  std::shared_ptr<const Storage> storage;
  std::uint64_t bytes_max;  // of one file
  int retention_days;
  std::vector<std::string> fetch_hosts;  // that files may be fetched from though they are inside (net/fetch.hpp)

  // For what waits for this store.
  WorkPool& waiting_for(const Store& store) const { return store.is_remote() ? remote : files; }
  boost::asio::io_context& here() const { return runtime.context(Runtime::here()); }
};

}  // namespace pim::media
