// Proves a deployment: a product and an asset of its own go through delete, list, restore and delete for good over
// HTTP, the database is what it should be, the program answers, its queries use their indexes. Leaves nothing behind
// but audit events, and takes away what a verification that was stopped left.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "config/config.hpp"
#include "ops/checked.hpp"

namespace pim::ops::verify {

enum class Part : std::uint8_t { deployment, database, application, performance };
std::string_view name_of(Part part);

using Progress = std::function<void(const std::string&)>;

struct Request {
  std::set<Part> parts{Part::deployment, Part::database, Part::application, Part::performance};
  std::string server;     // "http://127.0.0.1:3000"
  std::string token;      // of an account or an API key; empty: an account of its own, for as long as it takes
  bool is_first = false;  // the first deployment: nothing may be in the trash yet
};

struct Signature {
  std::string role, by, at;  // role: "deployed", "verified", "signed"
};

struct Report {
  std::string at, by, server, mode;  // mode: "first deployment" or "running system"
  std::string version, database, newest_migration, schema_fingerprint;
  std::string backup, backup_hash, backup_grade;  // the newest one; empty: there is none
  std::vector<Checked> checks;    // of the parts that were asked for; names begin with the part's: "database.flags"
  std::vector<Checked> criteria;  // the guide's eight success criteria
  std::vector<Signature> signatures;
  std::string hash;  // SHA-256 of its JSON without signatures; what a signature is bound to

  bool ok() const;        // nothing failed
  bool is_whole() const;  // it looked at all parts
};

// Looks, and notes in the journal what came of it.
Result<Report> verify(const config::Config& config, const std::string& database_url, const Request& request,
                      const Progress& progress);

}  // namespace pim::ops::verify
