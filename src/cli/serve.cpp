// pixelpim serve: the HTTP server alone, on a database that is there.
#include "app/serve.hpp"

#include "cli/command.hpp"

namespace pim::cli {

void add_serve(CLI::App& app, Session& session) {
  CLI::App* command =
      session.add(app, "serve", "Serve HTTP; the database is there and migrated",
                  "DATABASE_URL=postgresql://… pixelpim serve --port 3000", [&session]() -> Result<int> {
                    auto config = session.config();
                    if (!config) return std::unexpected(std::move(config).error());
                    auto url = session.database_url(*config);
                    if (!url) return std::unexpected(std::move(url).error());
                    auto served = app::serve(*config, *url, [&](int port) {
                      session.note(fmt::format("Serving on http://{}:{}", config->listen, port));
                    });
                    if (!served) return std::unexpected(std::move(served).error());
                    if (served->is_replaced()) return std::unexpected(app::become_the_new_program(*served));
                    return 0;
                  });
  command->add_option("--port", session.flags.port, "The port to listen on (PORT; 3000)")->check(CLI::Range(1, 65535));
  command->add_option("--listen", session.flags.listen, "The address to listen on (LISTEN_ADDRESS; 0.0.0.0)");
}

}  // namespace pim::cli
