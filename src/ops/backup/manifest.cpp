#include "ops/backup/manifest.hpp"

#include <boost/json.hpp>
#include <numeric>

#include "json/writer.hpp"

namespace pim::ops::backup {
namespace {

std::int64_t number_of(const boost::json::object& object, std::string_view key) {
  return object.at(key).to_number<std::int64_t>();
}

}  // namespace

std::string text_of(const boost::json::object& object, std::string_view key) {
  return std::string(object.at(key).as_string());
}

Manifest manifest_of(const boost::json::object& o) {
  Manifest m{.name = text_of(o, "name"),
             .created_at = text_of(o, "createdAt"),
             .created_by = text_of(o, "createdBy"),
             .host = text_of(o, "host"),
             .note = text_of(o, "note"),
             .program_version = text_of(o, "programVersion"),
             .server_version = text_of(o, "serverVersion"),
             .dump_version = text_of(o, "dumpVersion"),
             .server_major = static_cast<int>(number_of(o, "serverMajor")),
             .database = text_of(o, "database"),
             .collate = text_of(o, "collate"),
             .ctype = text_of(o, "ctype"),
             .newest_migration = text_of(o, "newestMigration"),
             .schema_fingerprint = text_of(o, "schemaFingerprint"),
             .database_bytes = number_of(o, "databaseBytes"),
             .with_files = o.at("withFiles").as_bool(),
             .files = number_of(o, "files"),
             .file_bytes = number_of(o, "fileBytes"),
             .files_not_taken_in = number_of(o, "filesNotTakenIn")};
  for (const auto& file : o.at("filesMissing").as_array()) m.files_missing.emplace_back(file.as_string());
  for (const auto& table : o.at("tables").as_array()) {
    const auto& t = table.as_object();
    m.tables.push_back({text_of(t, "name"), number_of(t, "rows"), text_of(t, "hash")});
  }
  return m;
}

std::int64_t Manifest::rows() const {
  return std::accumulate(tables.begin(), tables.end(), std::int64_t{0},
                         [](std::int64_t sum, const TableContent& table) { return sum + table.rows; });
}

std::string to_json(const Manifest& m) {
  std::string text;
  json::Object out{text};
  out.add("name", m.name).add("createdAt", m.created_at).add("createdBy", m.created_by).add("host", m.host);
  out.add("note", m.note).add("programVersion", m.program_version).add("serverVersion", m.server_version);
  out.add("serverMajor", m.server_major).add("dumpVersion", m.dump_version).add("database", m.database);
  out.add("collate", m.collate).add("ctype", m.ctype).add("newestMigration", m.newest_migration);
  out.add("schemaFingerprint", m.schema_fingerprint).add("databaseBytes", m.database_bytes);
  out.add("withFiles", m.with_files).add("files", m.files).add("fileBytes", m.file_bytes);
  out.add("filesNotTakenIn", m.files_not_taken_in).add("filesMissing", m.files_missing).add("rows", m.rows());
  {
    json::Array tables = out.array("tables");
    for (const TableContent& table : m.tables) {
      tables.object().add("name", table.name).add("rows", table.rows).add("hash", table.hash);
    }
  }
  out.close();
  return text;
}

}  // namespace pim::ops::backup
