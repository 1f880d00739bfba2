#include "ops/monitor/report.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "json/writer.hpp"
#include "ops/monitor/facts.hpp"
#include "ops/monitor/statements.hpp"

namespace pim::ops::monitor {
namespace {

constexpr std::int32_t days_shown = 7, hours_shown = 24;
constexpr std::size_t tables_shown = 15;

// Columns of texts, and of numbers: those are to the right.
struct Table {
  std::string name;
  std::string note;  // below it
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

std::string text_of(const Table& table) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    widths.push_back(table.columns[i].size());
    for (const auto& row : table.rows) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text = table.name + "\n";
  const auto add = [&](const std::vector<std::string>& cells) {
    text += " ";
    for (std::size_t i = 0; i < cells.size(); ++i) {
      text += is_number(cells[i]) ? fmt::format(" {:>{}}", cells[i], widths[i])
                                  : fmt::format(" {:<{}}", cells[i], widths[i]);
    }
    text.resize(text.find_last_not_of(' ') + 1);
    text += "\n";
  };
  add(table.columns);
  for (const auto& row : table.rows) add(row);
  if (table.rows.empty()) text += "  nothing\n";
  if (!table.note.empty()) text += "  " + table.note + "\n";
  return text;
}

void write_json(json::Object& body, const Table& table) {
  json::Array rows = body.array(table.name);
  for (const auto& row : table.rows) {
    json::Object out = rows.object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (is_number(row[i])) {
        out.add_raw(table.columns[i], row[i]);
      } else {
        out.add(table.columns[i], row[i]);
      }
    }
  }
}

pg::Outcome<std::vector<Table>> days(pg::Blocking& connection, std::string_view topic) {
  const auto rows = connection.run(find_days, days_shown);
  if (!rows) return std::unexpected(rows.error());
  Table deletes{"deletes", "", {"day", "deleted", "inTrash"}, {}};
  Table restores{"restores", "", {"day", "restored", "refused"}, {}};
  for (int i = 0; i < rows->size(); ++i) {
    const DayRow row = (*rows)[i];
    const std::string day = fmt::format("{:%Y-%m-%d}", std::chrono::floor<std::chrono::seconds>(row.day));
    deletes.rows.push_back({day, std::to_string(row.deleted), std::to_string(row.in_trash)});
    restores.rows.push_back({day, std::to_string(row.restored), std::to_string(row.refused)});
  }
  std::vector<Table> tables;
  if (topic != "restores") tables.push_back(std::move(deletes));
  if (topic != "deletes") tables.push_back(std::move(restores));
  return tables;
}

pg::Outcome<Table> storage(pg::Blocking& connection, const config::Config& config) {
  const auto rows = connection.run(find_storage);
  if (!rows) return std::unexpected(rows.error());
  Table table{"storage", "", {"table", "bytes", "rows"}, {}};
  std::int64_t sum = 0;
  for (int i = 0; i < rows->size(); ++i) {
    const TableRow row = (*rows)[i];
    sum += row.bytes;
    if (table.rows.size() < tables_shown) {
      table.rows.push_back({std::string(row.name), std::to_string(row.bytes), std::to_string(row.rows)});
    }
  }
  const Capacity disk = capacity(config, sum);
  if (disk.total > 0) {
    table.note =
        fmt::format("{} MB of {} MB are used ({} %)", disk.used >> 20, disk.total >> 20, disk.used * 100 / disk.total);
  } else {
    table.note = "How much space there is for the database is not known: set storage_bytes.";
  }
  return table;
}

pg::Outcome<std::vector<Table>> queries(pg::Blocking& connection) {
  const auto slow = connection.run(find_slow, hours_shown);
  if (!slow) return std::unexpected(slow.error());
  Table own{"slow",
            "Statements over 1 s in the last 24 hours, as the servers measured them.",
            {"statement", "calls", "longestMs", "last"},
            {}};
  for (int i = 0; i < slow->size(); ++i) {
    const SlowRow row = (*slow)[i];
    own.rows.push_back({std::string(row.name), std::to_string(row.calls), std::to_string(row.longest),
                        fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(row.last_at))});
  }
  std::vector<Table> tables{std::move(own)};
  const auto has = connection.query(std::string(sql::ops::monitor::has_statement_statistics));
  if (!has) return std::unexpected(has.error());
  Table theirs{"statistics", "", {"query", "calls", "meanMs", "longestMs"}, {}};
  // The extension may be there without being loaded: then it says so, and there is nothing to show.
  const auto rows = connection.query(std::string(sql::ops::monitor::statement_statistics));
  if (rows && has->text(0, 0) == "t") {
    for (int i = 0; i < rows->size(); ++i) {
      theirs.rows.push_back({std::string(rows->text(i, 0)), std::string(rows->text(i, 1)),
                             std::string(rows->text(i, 2)), std::string(rows->text(i, 3))});
    }
  } else {
    theirs.note =
        "PostgreSQL does not count its statements. To have it: shared_preload_libraries = 'pg_stat_statements', a "
        "restart, CREATE EXTENSION pg_stat_statements.";
  }
  tables.push_back(std::move(theirs));
  return tables;
}

}  // namespace

pg::Outcome<std::string> report(pg::Blocking& connection, const config::Config& config, std::string_view topic,
                                bool as_json) {
  std::vector<Table> tables;
  const auto is_wanted = [topic](std::string_view name) { return topic == "all" || topic == name; };
  if (is_wanted("deletes") || is_wanted("restores")) {
    auto found = days(connection, topic);
    if (!found) return std::unexpected(std::move(found).error());
    tables = *std::move(found);
  }
  if (is_wanted("storage")) {
    auto found = storage(connection, config);
    if (!found) return std::unexpected(std::move(found).error());
    tables.push_back(*std::move(found));
  }
  if (is_wanted("queries")) {
    auto found = queries(connection);
    if (!found) return std::unexpected(std::move(found).error());
    std::ranges::move(*found, std::back_inserter(tables));
  }
  std::string text;
  if (as_json) {
    json::Object body{text};
    for (const Table& table : tables) write_json(body, table);
    body.close();
    return text;
  }
  for (const Table& table : tables) text += (text.empty() ? "" : "\n") + text_of(table);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace pim::ops::monitor
