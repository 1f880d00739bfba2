// pixelpim indexes: those of db/soft_delete_indexes.sql.
#include "ops/indexes/indexes.hpp"

#include "cli/command.hpp"

namespace pim::cli {
namespace {

namespace indexes = ops::indexes;

Result<int> list_indexes(const Session& session) {
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  auto found = indexes::status(*connection);
  if (!found) return std::unexpected(std::move(found).error());
  const bool ok = std::ranges::all_of(*found, [](const auto& index) { return index.state == indexes::State::ok; });
  std::string text;
  {
    json::Object body{text};
    body.add("ok", ok);
    json::Array list = body.array("indexes");
    for (const auto& index : *found) {
      list.object()
          .add("name", index.name)
          .add("table", index.table)
          .add("state", indexes::name_of(index.state))
          .add("bytes", index.bytes)
          .add("scans", index.scans)
          .add("definition", index.definition);
      if (!session.json()) {
        print(fmt::format("{:<10} {:<38} {:>12} bytes {:>10} scans", indexes::name_of(index.state), index.name,
                          index.bytes, index.scans));
      }
    }
  }
  if (session.json())
    print(text);
  else
    print(ok ? "All indexes are as they should be." : "`pixelpim indexes apply` builds what is not.");
  return ok ? 0 : 1;
}

Result<int> change(const Session& session, std::string_view key, decltype(&indexes::apply) act,
                   std::string_view nothing) {
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  auto names = act(*connection, [&](const std::string& text) { session.note(text); });
  if (!names) return std::unexpected(std::move(names).error());
  std::string text;
  json::Object(text).add(key, *names);
  if (session.json())
    print(text);
  else
    print(names->empty() ? std::string(nothing) : fmt::format("{} indexes {}.", names->size(), key));
  return 0;
}

}  // namespace

void add_indexes(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("indexes", "The partial indexes of living rows: build, look at, drop");
  group->require_subcommand(1);
  const auto add = [&](const char* name, const char* description, std::function<Result<int>()> run) {
    session.add_json_flag(
        *session.add(*group, name, description, fmt::format("pixelpim indexes {}", name), std::move(run)));
  };
  add("apply", "Build what is missing, invalid or different, without stopping anybody. Stopped, it goes on",
      [&session] { return change(session, "built", &indexes::apply, "All indexes are as they should be."); });
  add("status", "Size, scans and validity of each. Exits with 1 when one is not as it should be",
      [&session] { return list_indexes(session); });
  add("drop", "Drop them, without stopping anybody",
      [&session] { return change(session, "dropped", &indexes::drop, "There is none of them."); });
}

}  // namespace pim::cli
