// pixelpim user: accounts, from the command line.
#include <iostream>

#include "auth/accounts.hpp"
#include "cli/command.hpp"

namespace pim::cli {
namespace {

struct UserArguments {
  std::string email, role = "OWNER", owner, name;
  bool password_from_stdin = false;
};

Result<int> add_one(const Session& session, const UserArguments& arguments) {
  if (!arguments.password_from_stdin) {
    return failure("The password is read from standard input, so that it does not show in the list of processes.",
                   "printf %s 'the password' | pixelpim user add EMAIL --password-stdin");
  }
  std::string password;
  std::getline(std::cin, password);
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  const auto id = auth::add_account(*connection, {.email = arguments.email,
                                                  .password = password,
                                                  .role = arguments.role,
                                                  .owner = arguments.owner,
                                                  .fullname = arguments.name});
  if (!id) return std::unexpected(id.error());
  if (session.json()) {
    std::string body;
    json::Object(body).add("id", *id).add("email", arguments.email).add("role", arguments.role);
    print(body);
  } else {
    print(fmt::format("{} {} was added, with the id {}.", arguments.role, arguments.email, *id));
  }
  return 0;
}

}  // namespace

void add_user(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("user", "Accounts");
  group->require_subcommand(1);
  auto arguments = std::make_shared<UserArguments>();
  CLI::App* command = session.add(*group, "add", "Add an account; an owner has a catalogue of their own",
                                  "printf %s 'a long password' | pixelpim user add anna@example.com --password-stdin",
                                  [&session, arguments] { return add_one(session, *arguments); });
  command->add_option("email", arguments->email, "The e-mail address to log in with")->required();
  command->add_flag("--password-stdin", arguments->password_from_stdin, "Read the password from standard input");
  command->add_option("--role", arguments->role, "OWNER, STAFF or ADMIN")
      ->check(CLI::IsMember({"OWNER", "STAFF", "ADMIN"}))
      ->capture_default_str();
  command->add_option("--owner", arguments->owner, "Of staff: the owner's e-mail address");
  command->add_option("--name", arguments->name, "The full name");
  session.add_json_flag(*command);
}

}  // namespace pim::cli
