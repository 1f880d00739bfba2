#include "cli/demo.hpp"

#include <sstream>

#include "auth/accounts.hpp"
#include "demo_catalogue.hpp"
#include "exchange/import.hpp"
#include "trash/products.hpp"

namespace pim::cli {
namespace {

constexpr const char* email = "demo@pixelpim.example";
constexpr const char* password = "demo-password";

// Every tenth product goes to the trash, with its variants, as if the owner had deleted it.
Result<std::int64_t> trash_some(pg::Blocking& connection, std::int32_t owner) {
  auto products = connection.query(
      "SELECT id FROM (SELECT \"id\", row_number() OVER (ORDER BY \"id\") AS n FROM live.\"Product\""
      " WHERE \"userId\" = $1::int4 AND \"parentProductId\" IS NULL) p WHERE n % 10 = 0",
      {std::to_string(owner)});
  if (!products) return database_failure(products.error());
  std::int64_t trashed = 0;
  for (int row = 0; row < products->size(); ++row) {
    const auto id = static_cast<std::int32_t>(products->number(row, 0));
    auto deleted = trash::delete_product(connection, {owner, owner, "demo"}, id);
    if (!deleted) return database_failure(deleted.error());
    if (*deleted) trashed += (*deleted)->item_count;
  }
  return trashed;
}

}  // namespace

Result<void> load_demo(const Session& session, pg::Blocking& connection) {
  auto known = connection.query("SELECT 1 FROM \"User\" WHERE lower(\"email\") = lower($1)", {email});
  if (!known) return database_failure(known.error());
  if (!known->empty()) return {};

  session.note("Loading the demo catalogue");
  auto owner =
      auth::add_account(connection, {.email = email, .password = password, .role = "OWNER", .fullname = "Demo"});
  if (!owner) return std::unexpected(std::move(owner).error());
  std::istringstream file{std::string(demo_catalogue)};
  auto imported = exchange::import_products(
      connection, file, {.tenant = *owner, .actor = *owner, .form = {.dialect = "magento"}},
      [](std::string_view, std::int64_t) { return Result<void>(); }, [](const exchange::Reject&) {});
  if (!imported) return std::unexpected(std::move(imported).error());
  auto trashed = trash_some(connection, *owner);
  if (!trashed) return std::unexpected(std::move(trashed).error());
  session.note(fmt::format("{} products are there, {} of them in the trash.", imported->created, *trashed));
  return {};
}

std::string demo_welcome(int port) {
  return fmt::format(R"text(Log in as {1} with the password {2}. To try, in another terminal:

  TOKEN=$(curl -s http://localhost:{0}/auth/login -H 'Content-Type: application/json' \
    -d '{{"email":"{1}","password":"{2}"}}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
  curl -H "Authorization: Bearer $TOKEN" 'http://localhost:{0}/products?limit=2'
  curl -H "Authorization: Bearer $TOKEN" 'http://localhost:{0}/products/deleted?limit=2'
)text",
                     port, email, password);
}

}  // namespace pim::cli
