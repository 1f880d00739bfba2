// pixelpim assets: do rows and files agree, and the files of an adopted installation.
#include <chrono>

#include "cli/command.hpp"
#include "ops/assets/copy.hpp"
#include "ops/assets/verify.hpp"

namespace pim::cli {
namespace {

constexpr int shown_max = 20;

void write_broken(json::Object& body, std::string_view name, const std::vector<ops::assets::Broken>& all) {
  json::Array list = body.array(name);
  for (const auto& broken : all) {
    list.object()
        .add("hash", broken.hash)
        .add("key", broken.key)
        .add("trouble", broken.trouble)
        .add("assets", broken.assets);
  }
}

void print_json(const ops::assets::Verified& verified) {
  std::string text;
  json::Object body{text};
  body.add("ok", verified.is_sound()).add("contents", verified.contents).add("bytes", verified.bytes);
  write_broken(body, "missing", verified.missing);
  write_broken(body, "corrupt", verified.corrupt);
  body.add("notTakenIn", verified.not_taken_in).add("notTakenInMissing", verified.not_taken_in_missing);
  body.add("strays", verified.strays).add("quarantined", verified.quarantined);
  body.close();
  print(text);
}

// The first of a list, a line each.
void print_some(std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  print(fmt::format("{}: {}", title, lines.size()));
  for (std::size_t i = 0; i < lines.size() && i < shown_max; ++i) print("  " + lines[i]);
  if (lines.size() > shown_max) print(fmt::format("  and {} more (--json has all)", lines.size() - shown_max));
}

void print_text(const ops::assets::Verified& verified) {
  const auto lines = [](const std::vector<ops::assets::Broken>& all) {
    std::vector<std::string> texts;
    texts.reserve(all.size());
    for (const auto& broken : all) texts.push_back(fmt::format("{} (assets {})", broken.trouble, broken.assets));
    return texts;
  };
  print(fmt::format("{} files of assets, {} bytes", verified.contents, verified.bytes));
  print_some("missing", lines(verified.missing));
  print_some("corrupt", lines(verified.corrupt));
  if (verified.not_taken_in > 0)
    print(fmt::format("not taken in yet (pixelpim assets adopt): {}", verified.not_taken_in));
  if (!verified.not_taken_in_missing.empty()) {
    print(fmt::format("and of these without a file: {}", verified.not_taken_in_missing.size()));
  }
  print_some(verified.quarantined > 0 ? "strays, moved to quarantine" : "strays, files that no row has",
             verified.strays);
  print(verified.is_sound() ? "Every asset has its file." : "Not every asset has its file.");
}

// An operator sees what the store said.
std::unexpected<Problem> told(Problem problem) {
  if (problem.code.starts_with("storage_") && !problem.detail.empty()) {
    problem.message += fmt::format(": {}", problem.detail);
  }
  return std::unexpected(std::move(problem));
}

struct AssetsArguments {
  std::string uploads;
  bool quick = false, quarantine = false;
  int older_than = 3600;
  std::vector<std::string> to;
  bool remove_source = false;
};

Result<int> run_verify(Session& session, const AssetsArguments& arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  const auto verified = ops::assets::verify(*connection, media::Storage(*config),
                                            {.quick = arguments.quick,
                                             .quarantine = arguments.quarantine,
                                             .stray_age = std::chrono::seconds(arguments.older_than)});
  if (!verified) return told(verified.error());
  if (session.json()) {
    print_json(*verified);
  } else {
    print_text(*verified);
  }
  return verified->is_sound() ? 0 : 1;
}

Result<int> run_adopt(Session& session, const AssetsArguments& arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  const auto adopted = ops::assets::adopt(
      *connection, media::Uploads(arguments.uploads.empty() ? config->uploads_folder
                                                            : std::filesystem::absolute(arguments.uploads)));
  if (!adopted) return std::unexpected(adopted.error());
  if (session.json()) {
    std::string text;
    json::Object(text)
        .add("takenIn", adopted->taken_in)
        .add("bytes", adopted->bytes)
        .add("missing", adopted->missing)
        .add("different", adopted->different)
        .add("elsewhere", adopted->elsewhere);
    print(text);
  } else {
    print(fmt::format("{} files taken in where they lie, {} bytes", adopted->taken_in, adopted->bytes));
    print_some("of another size than their row said", adopted->different);
    print_some("missing", adopted->missing);
    if (adopted->elsewhere > 0)
      print(fmt::format("addresses of other sites, left as they are: {}", adopted->elsewhere));
  }
  return adopted->missing.empty() ? 0 : 1;
}

// "s3", "folder", or "folder" and its path. What is said is checked before anything is touched.
Result<std::string> place_of(const std::vector<std::string>& to, const config::Config& config) {
  if (to[0] == "s3" && to.size() == 1) {
    if (!config.s3.bucket.empty()) return "s3";
    return failure("There is no S3 store.", "Name it: s3_bucket in pixelpim.toml, or S3_BUCKET.");
  }
  if (to[0] == "folder") return "local";
  return failure(fmt::format("--to {} is no place of files.", fmt::join(to, " ")),
                 "Say --to s3, or --to folder [PATH].");
}

Result<int> run_copy(Session& session, const AssetsArguments& arguments) {
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  const auto place = place_of(arguments.to, *config);
  if (!place) return std::unexpected(place.error());
  ops::assets::CopyOptions options{.other_folder = {}, .remove_source = arguments.remove_source};
  if (arguments.to.size() > 1) {
    options.other_folder = std::filesystem::absolute(arguments.to[1]).lexically_normal();
    if (options.other_folder == config->assets_folder) options.other_folder.clear();
  }
  auto last = std::chrono::steady_clock::now();
  options.progress = [&](std::int64_t files, std::int64_t bytes) {
    if (const auto now = std::chrono::steady_clock::now(); now - last > std::chrono::seconds{2}) {
      last = now;
      session.note(fmt::format("{} files, {} bytes sent", files, bytes));
    }
  };
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  const auto copied = ops::assets::copy(*connection, media::Storage(*config), *place, options);
  if (!copied) return told(copied.error());
  if (session.json()) {
    std::string text;
    json::Object(text)
        .add("ok", copied->failed.empty())
        .add("copied", copied->files)
        .add("bytes", copied->bytes)
        .add("thereAlready", copied->there_already)
        .add("failed", copied->failed)
        .add("sourcesRemoved", copied->removed)
        .add("sourcesKept", copied->left_behind);
    print(text);
  } else {
    print(fmt::format("{} files copied, {} bytes; {} were there already", copied->files, copied->bytes,
                      copied->there_already));
    print_some("not copied; they stay where they are", copied->failed);
    if (copied->removed > 0) print(fmt::format("old files that the server removes now: {}", copied->removed));
    if (copied->left_behind > 0) {
      print(fmt::format("old files that are kept (--remove-source removes them): {}", copied->left_behind));
    }
    if (!options.other_folder.empty()) {
      print(fmt::format("Stop the server, run this once more, set assets_folder = \"{}\", and start it.",
                        options.other_folder.string()));
    }
  }
  return copied->failed.empty() ? 0 : 1;
}

}  // namespace

void add_assets(CLI::App& app, Session& session) {
  CLI::App* assets = app.add_subcommand("assets", "The files of assets");
  assets->require_subcommand(1);
  auto arguments = std::make_shared<AssetsArguments>();
  CLI::App* verify = session.add(
      *assets, "verify", "Look whether every asset has its file, with the right bytes, and every file a row",
      "pixelpim assets verify --quarantine", [&session, arguments] { return run_verify(session, *arguments); });
  verify->add_flag("--quick", arguments->quick, "Compare sizes only, not the bytes");
  verify->add_flag("--quarantine", arguments->quarantine, "Move files that no row has to <assets>/quarantine");
  verify->add_option("--older-than", arguments->older_than, "Files that are younger, in seconds, are no strays (3600)")
      ->check(CLI::Range(0, 1 << 30));
  session.add_json_flag(*verify);
  CLI::App* adopt = session.add(*assets, "adopt",
                                "Take in the files of an adopted installation: hashed, and served from where they lie",
                                "pixelpim assets adopt --uploads /srv/old/uploads",
                                [&session, arguments] { return run_adopt(session, *arguments); });
  CLI::App* copy = session.add(
      *assets, "copy", "Move the files of assets to the S3 store, or to the folder, while the server runs",
      "pixelpim assets copy --to s3 --remove-source", [&session, arguments] { return run_copy(session, *arguments); });
  copy->add_option("--to", arguments->to, "s3; folder; or folder PATH: one that is to be assets_folder")
      ->required()
      ->expected(1, 2)
      ->type_name("PLACE");
  copy->add_flag("--remove-source", arguments->remove_source, "Remove the old files of what is there");
  session.add_json_flag(*copy);
  adopt->add_option("--uploads", arguments->uploads, "Its folder (UPLOADS_FOLDER; uploads_folder)");
  session.add_json_flag(*adopt);
}

}  // namespace pim::cli
