#include "ops/backup/contents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "sql/ops/backup.hpp"

namespace pim::ops::backup {
namespace {

constexpr std::size_t shown_differences = 20;

// Two sums of halves of the rows' hashes: the same whatever the order, and no row can take another's place.
std::string content_query(std::string_view table) {
  return fmt::format(
      "SELECT count(*), coalesce(sum(('x' || left(h, 16))::bit(64)::int8), 0) || '/' ||"
      " coalesce(sum(('x' || right(h, 16))::bit(64)::int8), 0)"
      " FROM (SELECT md5(pixelpim_row::text) AS h FROM ONLY {} AS pixelpim_row) t",
      table);
}

std::set<std::string_view> lines_of(const std::string& text) {
  std::set<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.insert(std::string_view(text).substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

pg::Outcome<void> make_comparable(pg::Blocking& connection) {
  return connection.script(
      "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1;"
      " SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET row_security = off; SET search_path = '';"
      " SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '60s'");
}

pg::Outcome<std::vector<TableContent>> read_contents(pg::Blocking& connection, std::atomic<int>& done) {
  const auto tables = connection.query(std::string(sql::ops::backup::tables));
  if (!tables) return std::unexpected(tables.error());
  std::vector<TableContent> contents;
  for (int i = 0; i < tables->size(); ++i) {
    const std::string name(tables->text(i, 0));
    const auto counted = connection.query(content_query(name));
    if (!counted) return std::unexpected(counted.error());
    contents.push_back({name, counted->number(0, 0), std::string(counted->text(0, 1))});
    ++done;
  }
  std::ranges::sort(contents, {}, &TableContent::name);
  return contents;
}

pg::Outcome<std::string> read_schema(pg::Blocking& connection) {
  const auto rows = connection.query(std::string(sql::ops::backup::schema_lines));
  if (!rows) return std::unexpected(rows.error());
  std::string text;
  for (int i = 0; i < rows->size(); ++i) {
    for (const char c : rows->text(i, 0)) {  // a function's text is one line too
      if (c == '\n') {
        text += "\\n";
      } else {
        text += c;
      }
    }
    text += '\n';
  }
  return text;
}

std::vector<std::string> differences(const std::vector<TableContent>& expected,
                                     const std::vector<TableContent>& found) {
  std::map<std::string_view, const TableContent*> there;
  for (const TableContent& table : found) there[table.name] = &table;
  std::vector<std::string> texts;
  for (const TableContent& table : expected) {
    const auto at = there.find(table.name);
    if (at == there.end()) {
      texts.push_back(fmt::format("{} is missing", table.name));
    } else if (at->second->rows != table.rows) {
      texts.push_back(fmt::format("{} has {} rows instead of {}", table.name, at->second->rows, table.rows));
    } else if (at->second->hash != table.hash) {
      texts.push_back(fmt::format("{} has other contents in its {} rows", table.name, table.rows));
    }
    if (at != there.end()) there.erase(at);
  }
  for (const auto& [name, table] : there) texts.push_back(fmt::format("{} should not be there", name));
  return texts;
}

std::vector<std::string> schema_differences(const std::string& expected, const std::string& found) {
  const auto wanted = lines_of(expected), there = lines_of(found);
  std::vector<std::string> texts;
  for (const std::string_view line : wanted) {
    if (!there.contains(line)) texts.push_back(fmt::format("the schema lacks: {}", line.substr(0, 200)));
  }
  for (const std::string_view line : there) {
    if (!wanted.contains(line)) texts.push_back(fmt::format("the schema has too much: {}", line.substr(0, 200)));
  }
  if (texts.size() > shown_differences) texts.resize(shown_differences);
  return texts;
}

}  // namespace pim::ops::backup
