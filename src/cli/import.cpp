// pixelpim import: a file of products into an owner's catalogue.
#include "exchange/import.hpp"

#include <toml++/toml.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>

#include "auth/accounts.hpp"
#include "cli/command.hpp"
#include "exchange/csv.hpp"
#include "exchange/summary_json.hpp"

namespace pim::cli {
namespace {

struct ImportArguments {
  std::string file, dialect, user, rejects, map, mode = "upsert";
  bool is_dry_run = false;
};

// A file that says how another is to be read:
//
//   separator = ";"
//   [columns]
//   sku = "Artikelnummer"
//   "Price [Decimal]" = "Preis"
Result<exchange::FileForm> read_form(const ImportArguments& arguments) {
  exchange::FileForm form{.dialect = arguments.dialect};
  if (arguments.map.empty()) return form;
  const auto refused = [&](std::string_view what) {
    return failure(fmt::format("{}: {}", arguments.map, what),
                   "It has a table [columns] of fields and their columns: sku = \"Artikelnummer\"");
  };
  toml::table parsed;
  try {
    parsed = toml::parse_file(arguments.map);
  } catch (const toml::parse_error& error) {
    return refused(fmt::format("{} (line {})", error.description(), error.source().begin.line));
  }
  for (const auto& [key, value] : parsed) {
    if (key == "separator" && value.is_string()) {
      const std::string text = **value.as_string();
      if (text.size() != 1) return refused("the separator must be one character");
      form.separator = text[0];
    } else if (key == "columns" && value.is_table()) {
      for (const auto& [field, column] : *value.as_table()) {
        if (!column.is_string()) return refused(fmt::format("the column of \"{}\" must be a text", field.str()));
        form.mapping.emplace_back(std::string(field.str()), **column.as_string());
      }
    } else {
      return refused(fmt::format("\"{}\" is not known there", key.str()));
    }
  }
  if (form.mapping.empty()) return refused("it maps no columns");
  return form;
}

// What could not go in, as CSV beside the file.
class RejectFile {
 public:
  explicit RejectFile(std::string name) : name_(std::move(name)) {}
  void add(const exchange::Reject& reject) {
    if (!stream_.is_open()) {
      stream_.open(name_, std::ios::trunc);
      stream_ << "line,kind,reason\n";
    }
    const std::string line = fmt::format("{}", reject.line);
    std::string row;
    exchange::append_csv_row(row, std::array<std::string_view, 3>{line, reject.is_row ? "row" : "link", reject.reason});
    stream_ << row;
  }
  Result<bool> close() {
    if (!stream_.is_open()) return false;
    stream_.close();
    if (!stream_)
      return failure(fmt::format("The rejects can't be written to {}.", name_), "Name another file with --rejects.");
    return true;
  }

 private:
  std::string name_;
  std::ofstream stream_;
};

// One line that is written over, on a terminal; else a line now and then.
class ProgressLine {
 public:
  explicit ProgressLine(const Session& session) : quiet_(session.json()) {}
  Result<void> show(std::string_view phase, std::int64_t rows) {
    const auto now = std::chrono::steady_clock::now();
    if (quiet_ || now - begun_ < std::chrono::seconds{1} ||
        now - shown_ < std::chrono::milliseconds{terminal_ ? 100 : 2000})
      return {};
    shown_ = now;
    fmt::print(stderr, "{}{}: {} rows, {:.0f} s{}", terminal_ ? "\r" : "", phase, rows,
               std::chrono::duration<double>(now - begun_).count(), terminal_ ? "  " : "\n");
    written_ = true;
    return {};
  }
  ~ProgressLine() {
    if (terminal_ && written_) fmt::print(stderr, "\n");
  }

 private:
  bool quiet_, terminal_ = ::isatty(STDERR_FILENO) == 1, written_ = false;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now(), shown_{};
};

void print_plan(const exchange::Plan& plan) {
  for (const auto& model : plan.models) {
    print(
        fmt::format("  make {} \"{}\"{}", model.kind, model.name, model.type.empty() ? "" : " of type " + model.type));
  }
  for (const auto& product : plan.products) {
    print(fmt::format("  line {}: {} {} \"{}\"{}", product.line, product.is_new ? "create" : "change", product.sku,
                      product.name, product.is_new ? "" : ": " + product.fields));
  }
}

void print_summary(const exchange::ImportSummary& s) {
  if (s.plan) print("A dry run: nothing was changed. It would be:");
  print(fmt::format("{} rows in {:.1f} s: {} created, {} updated, {} unchanged, {} rejected.", s.file.rows, s.seconds,
                    s.created, s.updated, s.unchanged, s.rejected));
  print(fmt::format("{} are variants of another product. Made: {} attributes, {} families, {} categories.", s.variants,
                    s.attributes, s.families, s.categories));
  if (s.links_refused > 0) print(fmt::format("{} links to variants could not be made.", s.links_refused));
  if (!s.file.columns_left_out.empty()) {
    std::string list;
    for (const std::string& column : s.file.columns_left_out) list += (list.empty() ? "" : ", ") + column;
    print("Columns that say nothing of a product were left out: " + list + ".");
  }
  if (s.plan) print_plan(*s.plan);
}

Result<int> run(const Session& session, const ImportArguments& arguments) {
  std::ifstream file(arguments.file, std::ios::binary);
  if (!file) return failure(fmt::format("{} can't be read.", arguments.file), "Correct the path.");
  auto form = read_form(arguments);
  if (!form) return std::unexpected(std::move(form).error());
  auto connection = session.connect();
  if (!connection) return std::unexpected(std::move(connection).error());
  auto claims = auth::find_claims(*connection, arguments.user);
  if (!claims) return std::unexpected(std::move(claims).error());
  const std::int32_t tenant = claims->role == "OWNER" ? claims->user : claims->owner.value_or(0);
  if (tenant == 0) return failure("An administrator has no catalogue.", "Name an owner with --user.");

  const std::string rejects_name = arguments.rejects.empty() ? arguments.file + ".rejects.csv" : arguments.rejects;
  RejectFile rejects(rejects_name);
  auto summary = [&] {
    ProgressLine line(session);
    return exchange::import_products(
        *connection, file,
        {.tenant = tenant,
         .actor = claims->user,
         .form = *form,
         .mode = exchange::mode_named(arguments.mode).value_or(exchange::Mode::upsert),
         .is_dry_run = arguments.is_dry_run},
        [&](std::string_view phase, std::int64_t rows) { return line.show(phase, rows); },
        [&](const exchange::Reject& reject) { rejects.add(reject); });
  }();
  if (!summary) return std::unexpected(std::move(summary).error());
  auto has_rejects = rejects.close();
  if (!has_rejects) return std::unexpected(std::move(has_rejects).error());
  if (session.json()) {
    std::string body;
    json::Object out{body};
    exchange::write(out, *summary);
    out.add("rejectFile", *has_rejects ? std::optional(rejects_name) : std::nullopt);
    out.close();
    print(body);
  } else {
    print_summary(*summary);
    if (*has_rejects) print(fmt::format("What could not go in is in {}, with the reasons.", rejects_name));
  }
  return 0;
}

}  // namespace

void add_import(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ImportArguments>();
  CLI::App* command =
      session.add(app, "import", "Take a CSV or XLSX file of products into a catalogue; run twice, it updates",
                  "pixelpim import products.csv --dialect magento --user anna@example.com",
                  [&session, arguments] { return run(session, *arguments); });
  command->add_option("file", arguments->file, "The CSV or XLSX file")->required();
  command->add_option("--user", arguments->user, "The owner's e-mail address, or one of their staff's")->required();
  command->add_option("--dialect", arguments->dialect,
                      fmt::format("{}; without it the header decides", exchange::dialect_names));
  command->add_option("--map", arguments->map, "A TOML file that says which column is what");
  command->add_option("--mode", arguments->mode, "upsert, create, update or replace (upsert)")
      ->check(CLI::IsMember({"upsert", "create", "update", "replace"}));
  command->add_flag("--dry-run", arguments->is_dry_run, "Show what would be done, and do nothing");
  command->add_option("--rejects", arguments->rejects, "Where to write what could not go in (FILE.rejects.csv)");
  session.add_json_flag(*command);
}

}  // namespace pim::cli
