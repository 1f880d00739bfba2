#include "ops/preflight/preflight.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "base/sha256.hpp"
#include "json/writer.hpp"
#include "net/smtp.hpp"
#include "ops/backup/store.hpp"
#include "ops/doctor/doctor.hpp"
#include "ops/has_table.hpp"
#include "ops/indexes/indexes.hpp"
#include "ops/journal.hpp"
#include "ops/migrate/baseline.hpp"
#include "ops/migrate/lint.hpp"
#include "ops/migrate/migrate.hpp"
#include "ops/monitor/facts.hpp"
#include "soft_delete_indexes.hpp"
#include "sql/ops/preflight.hpp"

namespace pim::ops::preflight {
namespace {

namespace statements = sql::ops::preflight;

constexpr int server_version_min = 150000;
constexpr std::string_view long_seconds = "5";  // a transaction that is open for longer is named
constexpr std::int64_t lag_seconds_max = 30;    // of a standby
constexpr std::int64_t notice_seconds_max = 14ll * 24 * 3600;
constexpr std::string_view review_names[] = {"migration", "indexes", "rollback"};

Checked line(std::string name, std::string title, Verdict verdict, std::string seen, std::string remedy = {}) {
  return {std::move(name), std::move(title), verdict, std::move(seen), std::move(remedy)};
}

std::string words(const pg::TextRows& rows) {
  std::string text;
  for (int i = 0; i < rows.size(); ++i) text += fmt::format("{}{}", i == 0 ? "" : "; ", rows.text(i, 0));
  return text;
}

// What all lines are about.
struct Ground {
  const config::Config& config;
  pg::Blocking& connection;
  pg::TextRows server;
  std::vector<migrate::Migration> pending;
  std::vector<std::string> broken;  // migrations that failed, or were changed after they were applied
  bool has_data = false, has_journal = false;

  std::int64_t database_bytes() const { return server.number(0, 2); }
  std::int64_t largest_bytes() const { return server.number(0, 3); }
  std::string database() const { return std::string(server.text(0, 6)); }
};

Result<Ground> ground_of(const config::Config& config, pg::Blocking& connection) {
  auto server = connection.query(std::string(statements::server));
  if (!server) return operator_failure(server.error());
  Ground ground{.config = config, .connection = connection, .server = *std::move(server)};
  const auto wanted = migrate::migrations();
  if (!wanted) return std::unexpected(wanted.error());
  const auto entries = migrate::status(connection, *wanted);
  if (!entries) return std::unexpected(entries.error());
  // What a database of the replaced service has already is never run there. One that can't be told from its tables is
  // for `migrate baseline` to refuse.
  const auto covered = migrate::covered_already(connection, *wanted);
  for (const migrate::Entry& entry : *entries) {
    const auto migration = std::ranges::find(*wanted, entry.name, &migrate::Migration::name);
    const bool is_covered = covered && std::ranges::find(*covered, entry.name) != covered->end();
    if (entry.state == migrate::State::pending && migration != wanted->end() && !is_covered) {
      ground.pending.push_back(*migration);
    }
    if (entry.state == migrate::State::failed || entry.state == migrate::State::changed) {
      ground.broken.push_back(fmt::format("{} is {}", entry.name, migrate::name_of(entry.state)));
    }
  }
  const auto has_data = has_table(connection, "Product"), has_journal = has_table(connection, "_pixelpim_journal");
  if (!has_data || !has_journal) return operator_failure((has_data ? has_journal : has_data).error());
  ground.has_data = *has_data;
  ground.has_journal = *has_journal;
  return ground;
}

// What there is to review: each thing with its SHA-256.
std::vector<std::string> items_of(const Ground& ground, std::string_view review) {
  if (review == "indexes") return {fmt::format("soft_delete_indexes.sql {}", sha256_of(soft_delete_indexes))};
  std::vector<std::string> items;
  items.reserve(ground.pending.size());
  for (const auto& each : ground.pending)
    items.push_back(fmt::format("{} {}", each.name, review == "migration" ? each.checksum() : sha256_of(each.down)));
  return items;
}

// SHA-256 of all of it, for people.
std::string subject_of(const std::vector<std::string>& items) {
  return sha256_of(fmt::format("{}", fmt::join(items, "\n")));
}

struct Past {
  std::string of, by, at;
  std::int64_t seconds;
  bool covers;  // the items that were asked for
};
Result<std::optional<Past>> find_past(Ground& ground, std::string_view operation,
                                      const std::vector<std::string>& items = {}) {
  if (!ground.has_journal) return std::nullopt;
  const std::string list = items.empty() ? "[]" : fmt::format(R"(["{}"])", fmt::join(items, R"(",")"));
  const auto rows = ground.connection.query(std::string(statements::find_review), {operation, list});
  if (!rows) return operator_failure(rows.error());
  if (rows->empty()) return std::nullopt;
  return Past{std::string(rows->text(0, 0)), std::string(rows->text(0, 1)), std::string(rows->text(0, 2)),
              rows->number(0, 3), rows->text(0, 4) == "t"};
}

// --- the guide's five ---

Result<Checked> look_at_backup(Ground& ground) {
  Checked checked = line("backup", "Database backup completed", Verdict::fail, {});
  const auto store = backup::Store::open(ground.config.backups_folder);
  const auto recent = store ? backup::require_backup(*store, ground.database())
                            : Result<backup::Recent>(std::unexpected(store.error()));
  if (recent) {
    checked.verdict = Verdict::ok;
    checked.seen = fmt::format("{}, grade A, {} old", recent->name, backup::age_text(recent->age));
  } else {
    checked.seen = recent.error().message;
    checked.remedy = recent.error().remedy;
  }
  return checked;
}

Result<Checked> look_at_review(Ground& ground, std::string_view name, std::string title, Verdict where_missing,
                               std::string remedy) {
  const auto items = items_of(ground, name);
  const auto past = find_past(ground, fmt::format("review.{}", name), items);
  if (!past) return std::unexpected(past.error());
  // What is applied by now was reviewed, too: what is left is a part of it.
  if (*past && (*past)->covers) {
    return line(std::string(name), std::move(title), Verdict::ok,
                fmt::format("by {} at {}, SHA-256 {}", (*past)->by, (*past)->at, (*past)->of.substr(0, 12)));
  }
  const std::string subject = subject_of(items);
  return line(
      std::string(name), std::move(title), where_missing,
      *past ? fmt::format("what was reviewed at {} has changed since: it is {} now", (*past)->at, subject.substr(0, 12))
            : fmt::format("nobody did, of SHA-256 {}", subject.substr(0, 12)),
      std::move(remedy));
}

Result<Checked> look_at_migration_review(Ground& ground) {
  if (ground.pending.empty()) {
    return line("migration", "Migration reviewed", Verdict::ok, "there is none to apply");
  }
  return look_at_review(ground, "migration", "Migration reviewed", Verdict::fail,
                        "Read it (pixelpim migrate lint), then: pixelpim preflight review migration --by NAME");
}

Result<Checked> look_at_index_review(Ground& ground) {
  if (ground.pending.empty() && ground.has_data) {
    const auto all = indexes::status(ground.connection);
    if (!all) return std::unexpected(all.error());
    if (std::ranges::all_of(*all, [](const auto& each) { return each.state == indexes::State::ok; })) {
      return line("indexes", "Index recommendations reviewed", Verdict::ok,
                  fmt::format("all {} of soft_delete_indexes.sql are built as it says", all->size()));
    }
  }
  return look_at_review(ground, "indexes", "Index recommendations reviewed", Verdict::warn,
                        "Read db/soft_delete_indexes.sql, then: pixelpim preflight review indexes --by NAME");
}

Result<Checked> look_at_team(Ground& ground) {
  const auto past = find_past(ground, "notice.planned");
  if (!past) return std::unexpected(past.error());
  if (*past && (*past)->seconds < notice_seconds_max) {
    return line("team", "Team notified of deployment", Verdict::ok,
                fmt::format("mail to {} at {}", (*past)->by, (*past)->at));
  }
  return line("team", "Team notified of deployment", Verdict::warn,
              *past ? fmt::format("the last mail is of {}", (*past)->at) : "no mail was sent",
              "pixelpim notify planned --date DATE --time TIME --minutes N --by NAME --send");
}

Result<Checked> look_at_rollback(Ground& ground) {
  return look_at_review(
      ground, "rollback", "Rollback plan documented", Verdict::warn,
      "Read docs/operations/deployment.md, \"Rollback\", rehearse it, then: pixelpim preflight review "
      "rollback --by NAME");
}

// --- what would go wrong ---

Result<Checked> look_at_server(Ground& ground) {
  Checked checked = line("server", "PostgreSQL 15 or newer, which takes writes", Verdict::ok,
                         fmt::format("PostgreSQL {}", ground.server.text(0, 0)));
  if (ground.connection.server_version() < server_version_min) {
    checked.verdict = Verdict::fail;
    checked.remedy = "Upgrade the server: pg_upgrade, or a backup that is restored into a newer one.";
  } else if (ground.server.text(0, 1) == "t") {
    checked.verdict = Verdict::fail;
    checked.seen += ", a standby";
    checked.remedy = "Name the primary in DATABASE_URL.";
  }
  return checked;
}

Result<Checked> look_at_rights(Ground& ground) {
  const auto rows = ground.connection.query(std::string(statements::rights));
  if (!rows) return operator_failure(rows.error());
  if (rows->empty())
    return line("rights", "This role may do all of it", Verdict::ok, "it owns the tables, and may make more");
  return line("rights", "This role may do all of it", Verdict::fail, words(*rows),
              "Connect as the owner of the tables, or let the owner grant it.");
}

Result<Checked> look_at_extensions(Ground& ground) {
  const std::string_view trigrams = ground.server.text(0, 4);
  Checked checked = line("extensions", "The extensions are there", Verdict::ok, fmt::format("pg_trgm {}", trigrams));
  if (trigrams == "missing") {
    checked.verdict = Verdict::fail;
    checked.remedy = "Install it on the database's machine: apt-get install postgresql-contrib";
  }
  checked.seen += ground.server.text(0, 5) == "t" ? ", pg_stat_statements installed"
                                                  : ", pg_stat_statements not (`monitor queries` does without)";
  return checked;
}

Result<Checked> look_at_disk(Ground& ground) {
  // A dump is no larger than the database; an index that is built anew needs the place of its table once more.
  const std::int64_t for_backup = ground.database_bytes(), for_indexes = 2 * ground.largest_bytes();
  const std::int64_t free = backup::free_bytes(ground.config.backups_folder.parent_path());
  Checked checked = line(
      "disk", "There is space for the backup and for indexes", Verdict::ok,
      fmt::format("{} free for backups, {} needed at most", backup::size_text(free), backup::size_text(for_backup)));
  if (free < for_backup) {
    checked.verdict = Verdict::fail;
    checked.remedy = "Make room, or name another folder with PIXELPIM_BACKUPS.";
  }
  const auto capacity = monitor::capacity(ground.config, ground.database_bytes());
  if (capacity.total == 0) {
    checked.seen += "; what the database may grow to is not known";
    if (checked.verdict == Verdict::ok) {
      checked.verdict = Verdict::warn;
      checked.remedy = "Say it: storage_bytes (STORAGE_BYTES)";
    }
    return checked;
  }
  const std::int64_t left = capacity.total - capacity.used;
  checked.seen += fmt::format("; {} for the database, {} needed for indexes", backup::size_text(left),
                              backup::size_text(for_indexes));
  if (left < for_indexes) {
    checked.verdict = Verdict::fail;
    checked.remedy = "Give the database more space.";
  }
  return checked;
}

Result<Checked> look_at_replication(Ground& ground) {
  const auto rows = ground.connection.query(std::string(statements::replication));
  if (!rows) return operator_failure(rows.error());
  const std::int64_t standbys = rows->number(0, 0), lag = rows->number(0, 1);
  Checked checked = line("replication", "Standbys keep up", Verdict::ok,
                         fmt::format("{} standbys, {} s behind at most", standbys, lag));
  if (standbys == 0) checked.verdict = Verdict::not_applicable;
  if (lag > lag_seconds_max) {
    checked.verdict = Verdict::warn;
    checked.remedy = "Wait until they have caught up: a deployment writes much.";
  }
  if (!rows->text(0, 2).empty()) {
    checked.verdict = Verdict::warn;
    checked.seen += fmt::format("; nobody reads the slots {}, and WAL is kept for them", rows->text(0, 2));
    checked.remedy = "Start their standbys, or SELECT pg_drop_replication_slot(NAME).";
  }
  return checked;
}

Result<Checked> look_at_transactions(Ground& ground) {
  const auto rows = ground.connection.query(std::string(statements::long_transactions), {long_seconds});
  if (!rows) return operator_failure(rows.error());
  const std::string title = "No long transaction would hold it up";
  if (rows->empty())
    return line("transactions", title, Verdict::ok, fmt::format("none longer than {} s", long_seconds));
  return line("transactions", title, Verdict::fail, words(*rows),
              "Wait for their end, or end them: SELECT pg_terminate_backend(PID)");
}

Result<Checked> look_at_data(Ground& ground) {
  const std::string title = "Nothing in the data stands in the way";
  if (!ground.has_data) return line("data", title, Verdict::not_applicable, "the database is empty");
  // Between two migrations much of what the doctor looks at is not there yet.
  const auto is_begun = has_table(ground.connection, "Deletion");
  if (!is_begun) return operator_failure(is_begun.error());
  const auto findings = doctor::examine(ground.connection, *is_begun && !ground.pending.empty());
  if (!findings) return std::unexpected(findings.error());
  Checked checked = line("data", title, Verdict::ok, "no duplicates, no orphans, nothing that contradicts itself");
  std::string seen;
  for (const doctor::Finding& finding : *findings) {
    if (finding.check->severity != doctor::Severity::broken) continue;
    seen += fmt::format("{}{}: {} ({})", seen.empty() ? "" : "; ", finding.check->title, finding.total,
                        finding.check->name);
    checked.verdict = std::max(checked.verdict, finding.check->stops_adoption ? Verdict::fail : Verdict::warn);
    checked.remedy = "pixelpim doctor";
  }
  if (!seen.empty()) checked.seen = std::move(seen);
  return checked;
}

Result<Checked> look_at_migrations(Ground& ground) {
  Checked checked = line("migrations", "Pending migrations hold nobody up", Verdict::ok,
                         fmt::format("{} pending", ground.pending.size()));
  for (const std::string& broken : ground.broken) {
    checked.verdict = Verdict::fail;
    checked.seen += "; " + broken;
    checked.remedy = "pixelpim migrate status";
  }
  std::size_t statements_read = 0;
  for (const auto& migration : ground.pending) {
    const auto remarks = migrate::lint(migration);
    statements_read += remarks.size();
    for (const auto& remark : remarks) {
      if (remark.trouble.empty() || !ground.has_data) continue;
      checked.verdict = std::max(checked.verdict, Verdict::warn);
      checked.seen += fmt::format("; {}: {} [{}] {}", migration.name, remark.statement, remark.lock, remark.trouble);
      if (checked.remedy.empty()) checked.remedy = "pixelpim migrate lint";
    }
  }
  if (!ground.pending.empty())
    checked.seen += fmt::format("; {} statements lock tables that are there", statements_read);
  return checked;
}

Result<Checked> look_at_mail(Ground& ground) {
  const auto& smtp = ground.config.smtp;
  const std::string title = "Mails can be sent";
  if (smtp.host.empty()) {
    return line("mail", title, Verdict::warn, "there is no mail server: mails go to the log",
                "Set smtp_host and smtp_from (SMTP_HOST, SMTP_FROM).");
  }
  if (const auto greeted = net::greet(smtp); !greeted) {
    return line("mail", title, Verdict::fail,
                fmt::format("{}:{} says: {}", smtp.host, smtp.port, greeted.error().message),
                "Look at smtp_host, smtp_port, smtp_security, smtp_user and smtp_pass.");
  }
  return line("mail", title, Verdict::ok,
              fmt::format("{}:{} answers{}{}", smtp.host, smtp.port, smtp.security == "none" ? "" : ", encrypted",
                          smtp.user.empty() ? "" : ", logged in"));
}

constexpr Result<Checked> (*looks[])(Ground&) = {look_at_backup,       look_at_migration_review,
                                                 look_at_index_review, look_at_team,
                                                 look_at_rollback,     look_at_server,
                                                 look_at_rights,       look_at_extensions,
                                                 look_at_disk,         look_at_replication,
                                                 look_at_transactions, look_at_data,
                                                 look_at_migrations,   look_at_mail};

}  // namespace

Result<std::vector<Checked>> check(const config::Config& config, pg::Blocking& connection) {
  auto ground = ground_of(config, connection);
  if (!ground) return std::unexpected(std::move(ground).error());
  std::vector<Checked> all;
  for (const auto look : looks) {
    auto checked = look(*ground);
    if (!checked) return std::unexpected(std::move(checked).error());
    all.push_back(*std::move(checked));
  }
  return all;
}

std::vector<std::string> reviews() { return {std::begin(review_names), std::end(review_names)}; }

Result<Review> review(const config::Config& config, pg::Blocking& connection, std::string_view name,
                      const std::string& by) {
  if (const auto made = make_journal(connection); !made) return operator_failure(made.error());
  const auto ground = ground_of(config, connection);
  if (!ground) return std::unexpected(ground.error());
  const auto items = items_of(*ground, name);
  Review review{.name = name, .of = subject_of(items)};
  std::string detail;
  json::Object(detail).add("of", review.of).add("items", items).add("by", by).add("operator", backup::this_operator());
  const auto noted = note(connection, fmt::format("review.{}", name), "done", detail);
  if (!noted) return operator_failure(noted.error());
  return review;
}

}  // namespace pim::ops::preflight
