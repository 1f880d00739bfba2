// What a backup says of itself: manifest.json.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ops/backup/contents.hpp"

namespace pim::ops::backup {

struct Manifest {
  std::string name, created_at, created_by, host, note;
  std::string program_version, server_version, dump_version;
  int server_major = 0;
  std::string database, collate, ctype;
  std::string newest_migration, schema_fingerprint;
  std::int64_t database_bytes = 0;
  std::vector<TableContent> tables;
  bool with_files = false;
  std::int64_t files = 0, file_bytes = 0;
  std::int64_t files_not_taken_in = 0;     // of assets whose files the program has not read yet
  std::vector<std::string> files_missing;  // what assets should have, and was not there or damaged

  std::int64_t rows() const;
};

std::string to_json(const Manifest& manifest);
// Throws where a member is missing or of another kind.
Manifest manifest_of(const boost::json::object& object);
// A member that is a text. Throws where it is not.
std::string text_of(const boost::json::object& object, std::string_view key);

}  // namespace pim::ops::backup
