// pixelpim client: the routes that it answers, and the statements that it runs.
#include "app/serve.hpp"
#include "cli/command.hpp"
#include "pg/statement.hpp"

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
