// pixelpim thumbnail-worker: what the server starts for each image; nobody else needs it.
#include "cli/command.hpp"
#include "media/thumbnails/worker.hpp"

namespace pim::cli {

void add_thumbnail_worker(CLI::App& app, Session& session) {
  struct ThumbnailWorkerArguments {
    std::string source, type, target;
  };
  auto arguments = std::make_shared<ThumbnailWorkerArguments>();
  CLI::App* command = session.add(app, "thumbnail-worker", "", "", [arguments]() -> Result<int> {
    return media::thumbnail_worker(arguments->source, arguments->type, arguments->target);
  });
  command->group("");  // not in the help
  command->add_option("source", arguments->source)->required();
  command->add_option("type", arguments->type)->required();
  command->add_option("target", arguments->target)->required();
}

}  // namespace pim::cli
