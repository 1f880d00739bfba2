// The commands of the program; each is one file in cli/.
#include "cli/command.hpp"

int main(int argc, char** argv) {
  using namespace pim::cli;
  CLI::App app{"PixelPim: product information management whose deletes can always be taken back"};
  app.require_subcommand(1);
  Session session;

  add_up(app, session);
  add_serve(app, session);
  add_db(app, session);
  add_migrate(app, session);
  add_indexes(app, session);
  add_doctor(app, session);
  add_backup(app, session);
  add_deploy(app, session);
  add_rollback(app, session);
  add_export(app, session);
  add_import(app, session);
  add_assets(app, session);
  add_cleanup(app, session);
  add_user(app, session);
  add_token(app, session);
  add_client(app, session);
  add_monitor(app, session);
  add_logs(app, session);
  add_preflight(app, session);
  add_verify(app, session);
  add_notify(app, session);
  add_version(app, session);
  add_thumbnail_worker(app, session);

  try {
    app.parse(argc, argv);
  } catch (const CLI::RequiredError& error) {
    if (const auto unknown = unknown_command(app)) {
      session.print_problem(*unknown);
      return 2;
    }
    return app.exit(error), 2;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    session.print_problem({.code = "bug", .message = error.what()});
    return 1;
  }
  return session.exit_code;
}
