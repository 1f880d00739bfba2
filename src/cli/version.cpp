// pixelpim version
#include "version.hpp"

#include <libpq-fe.h>

#include "cli/command.hpp"
#include "ops/migrate/migrate.hpp"

namespace pim::cli {

void add_version(CLI::App& app, Session& session) {
  CLI::App* command =
      session.add(app, "version", "What this program is", "pixelpim version --json", [&session]() -> Result<int> {
        const auto migrations = ops::migrate::migrations();
        const std::string newest = migrations && !migrations->empty() ? migrations->back().name : "";
        if (session.json()) {
          std::string body;
          json::Object(body)
              .add("version", version)
              .add("build", build_type)
              .add("compiler", __VERSION__)
              .add("libpq", PQlibVersion())
              .add("migrations", migrations ? migrations->size() : 0)
              .add("newestMigration", newest);
          print(body);
        } else {
          print(fmt::format("pixelpim {} ({}, {}), newest migration {}", version, build_type, __VERSION__, newest));
        }
        return 0;
      });
  session.add_json_flag(*command);
}

}  // namespace pim::cli
