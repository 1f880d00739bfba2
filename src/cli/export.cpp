// pixelpim export: an owner's products as a file.
#include "exchange/exports/export.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "auth/accounts.hpp"
#include "catalog/products/list.hpp"
#include "cli/command.hpp"
#include "exchange/exports/spool.hpp"
#include "exchange/split.hpp"

namespace pim::cli {
namespace {

namespace exports = exchange::exports;

struct ExportArguments {
  std::string user, format = "csv", query;
  std::optional<std::string> columns, attributes;
};

Result<void> put(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return failure(fmt::format("The output can't be written: {}.", std::strerror(errno)));
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return {};
}

Result<void> put(const exports::Spool& file) {
  constexpr std::size_t piece_bytes = 256 * 1024;
  for (std::uint64_t at = 0;;) {
    auto piece = file.read(at, piece_bytes);
    if (!piece) return std::unexpected(std::move(piece).error());
    if (piece->empty()) return {};
    at += piece->size();
    if (auto done = put(*piece); !done) return done;
  }
}

Result<exports::Choice> read_choice(const ExportArguments& arguments) {
  exports::Choice choice{.has_typed_names = arguments.format != "jsonl"};
  if (arguments.columns) {
    auto fields = exports::read_fields(*arguments.columns);
    if (!fields) return std::unexpected(std::move(fields).error());
    choice.fields = *std::move(fields);
  }
  if (arguments.attributes) choice.attributes = exchange::split(*arguments.attributes, ',');
  return choice;
}

Result<int> run(const Session& session, const ExportArguments& arguments) {
  const bool is_sheet = arguments.format == "xlsx";
  if (is_sheet && ::isatty(STDOUT_FILENO) == 1) {
    return failure("A spreadsheet is nothing for a terminal.", "Send it to a file: … > products.xlsx");
  }
  auto config = session.config();
  if (!config) return std::unexpected(std::move(config).error());
  auto url = session.database_url(*config);
  if (!url) return std::unexpected(std::move(url).error());
  auto connection = pg::Blocking::connect(*url);
  if (!connection) return database_failure(connection.error());
  auto claims = auth::find_claims(*connection, arguments.user);
  if (!claims) return std::unexpected(std::move(claims).error());
  const std::int32_t tenant = claims->role == "OWNER" ? claims->user : claims->owner.value_or(0);
  if (tenant == 0) return failure("An administrator has no catalogue.", "Name an owner with --user.");

  http::Request request;
  if (!request.set_query(arguments.query)) return failure("--query has an escape that is none.");
  auto filter = catalog::products::read_filter(request);
  if (!filter) return std::unexpected(std::move(filter).error());
  filter->with_variants = request.query("variants") != "false";
  auto order = request.query("sortBy") ? catalog::products::read_order(request)
                                       : catalog::products::Order{.by = "id", .ascending = true};
  auto choice = read_choice(arguments);
  if (!choice) return std::unexpected(std::move(choice).error());

  std::error_code ignored;
  const auto folder = config->state / "tmp";
  std::filesystem::create_directories(folder, ignored);
  const auto sheet = folder / fmt::format("export-{}.xlsx", ::getpid());
  exports::Export work({.url = *url,
                        .tenant = tenant,
                        .select = [&](pg::Blocking& c) { return catalog::products::select(c, tenant, *filter, order); },
                        .columns = [&](const exports::Model& model) { return exports::choose(*choice, model); },
                        .writer =
                            [&] {
                              return is_sheet                      ? exports::make_xlsx_writer(sheet)
                                     : arguments.format == "jsonl" ? exports::make_json_lines_writer()
                                                                   : exports::make_csv_writer();
                            }});
  std::string piece;
  for (bool has_more = true; has_more;) {
    piece.clear();
    auto stepped = work.step(piece);
    if (!stepped) {
      std::filesystem::remove(sheet, ignored);
      return std::unexpected(std::move(stepped).error());
    }
    has_more = *stepped;
    if (auto done = put(piece); !done) return std::unexpected(std::move(done).error());
  }
  if (is_sheet) {
    auto file = exports::Spool::adopt(sheet);
    if (!file) return std::unexpected(std::move(file).error());
    if (auto done = put(*file); !done) return std::unexpected(std::move(done).error());
  }
  session.note(fmt::format("{} products.", work.rows()));
  return 0;
}

}  // namespace

void add_export(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command =
      session.add(app, "export", "Write a catalogue's products to standard output, as an import takes them",
                  "pixelpim export --user anna@example.com --format csv > products.csv",
                  [&session, arguments] { return run(session, *arguments); });
  command->add_option("--user", arguments->user, "The owner's e-mail address, or one of their staff's")->required();
  command->add_option("--format", arguments->format, "csv, xlsx or jsonl (csv)")
      ->check(CLI::IsMember({"csv", "xlsx", "jsonl"}));
  command->add_option("--columns", arguments->columns, "Of a product, with commas: sku,name,category (all)");
  command->add_option("--attributes", arguments->attributes, "Names or ids, with commas (all)");
  command->add_option("--query", arguments->query, "Which products, as GET /products: 'search=boot&familyId=3' (all)");
}

}  // namespace pim::cli
