// pixelpim client: the statements that the program runs.
#include "cli/command.hpp"
#include "pg/statement.hpp"

namespace pim::cli {

void add_client(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("client", "What the program asks of the database");
  group->require_subcommand(1);
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
