// pixelpim client: the routes that it answers, and the statements that it runs.
#include <filesystem>
#include <fstream>

#include "app/serve.hpp"
#include "cli/command.hpp"
#include "openapi.hpp"
#include "ops/client/typescript.hpp"
#include "pg/check.hpp"
#include "pg/statement.hpp"
#include "reference/json_of_yaml.hpp"

namespace pim::cli {
namespace {

// "anyone", "signed in", "role ADMIN", "products:read", "any:delete" (on one of several resources at least)
std::string access_of(const http::Access& access) {
  switch (access.kind) {
    case http::Access::Kind::anyone:
      return "anyone";
    case http::Access::Kind::signed_in:
      return "signed in";
    case http::Access::Kind::role:
      return access.role == http::Role::admin ? "role ADMIN" : "role OWNER";
    case http::Access::Kind::permission:
      break;
    case http::Access::Kind::any_of:
      return fmt::format("any:{}", access.action);
  }
  return fmt::format("{}:{}", access.resource, access.action);
}

void print_routes(bool as_json) {
  for (const http::Route& route : app::routes()) {
    if (as_json) {
      std::string body;
      json::Object(body)
          .add("method", http::name_of(route.method))
          .add("path", route.pattern)
          .add("access", access_of(route.access));
      print(body);
    } else {
      print(fmt::format("{:6} {:45} {}", http::name_of(route.method), route.pattern, access_of(route.access)));
    }
  }
}

// Only reads: each is prepared, none is run.
Result<int> check_statements(const Session& session) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto url = session.database_url(*config);
  if (!url) return std::unexpected(std::move(url).error());
  if (auto checked = pg::check_statements(*url); !checked) return std::unexpected(std::move(checked).error());
  const std::size_t count = pg::StatementBase::all().size();
  if (session.json()) {
    std::string body;
    json::Object(body).add("ok", true).add("statements", count);
    print(body);
  } else {
    print(fmt::format("All {} statements fit the schema.", count));
  }
  return 0;
}

Result<int> generate(const Session& session, const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  const std::string document = reference::json_of_yaml(openapi_yaml);
  const std::pair<std::filesystem::path, std::string> files[] = {
      {folder / "openapi.json", document}, {folder / "pixelpim.ts", ops::client::typescript_of(document)}};
  std::vector<std::string> written;
  for (const auto& [file, text] : files) {
    if (auto put = write_file(file, text, "--out"); !put) return std::unexpected(std::move(put).error());
    written.push_back(file.string());
  }
  if (session.json()) {
    std::string body;
    json::Object(body).add("files", written);
    print(body);
  } else {
    for (const std::string& file : written) print(file);
  }
  return 0;
}

}  // namespace

void add_client(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("client", "What the program answers, and asks of the database");
  group->require_subcommand(1);
  CLI::App* routes = session.add(*group, "routes", "List the routes, and who may call each", "pixelpim client routes",
                                 [&session]() -> Result<int> {
                                   print_routes(session.json());
                                   return 0;
                                 });
  session.add_json_flag(*routes);
  session.add_json_flag(*session.add(*group, "check", "Does every statement fit the database? Only reads",
                                     "pixelpim client check", [&session] { return check_statements(session); }));
  auto folder = std::make_shared<std::string>();
  CLI::App* generated =
      session.add(*group, "generate", "Write the description of the API, and a typed TypeScript client",
                  "pixelpim client generate --out src/api", [&session, folder] { return generate(session, *folder); });
  generated->add_option("--out", *folder, "The folder to write to")->required();
  session.add_json_flag(*generated);
  auto name = std::make_shared<std::string>();
  CLI::App* command = session.add(*group, "statements", "Print the SQL of the program's statements, or of one",
                                  "pixelpim client statements find_product", [&session, name]() -> Result<int> {
                                    bool found = false;
                                    for (const pg::StatementBase* statement : pg::StatementBase::all()) {
                                      if (!name->empty() && statement->name != *name) continue;
                                      found = true;
                                      if (session.json()) {
                                        std::string body;
                                        json::Object(body).add("name", statement->name).add("sql", statement->sql);
                                        print(body);
                                      } else if (name->empty()) {
                                        print(fmt::format("-- {}\n{};\n", statement->name, statement->sql));
                                      } else {
                                        print(statement->sql);
                                      }
                                    }
                                    if (!found)
                                      return failure(fmt::format("There is no statement \"{}\".", *name),
                                                     "Leave the name out to see all of them.");
                                    return 0;
                                  });
  command->add_option("name", *name, "The statement's name");
  session.add_json_flag(*command);
}

}  // namespace pim::cli
