// A product and an asset of its own, through all that the trash promises.
#include <fmt/format.h>
#include <openssl/rand.h>

#include <boost/json.hpp>

#include "auth/accounts.hpp"
#include "json/reader.hpp"
#include "ops/journal.hpp"
#include "ops/rollback/quick.hpp"
#include "ops/verify/parts.hpp"
#include "pg/like.hpp"
#include "sql/ops/verify.hpp"

namespace pim::ops::verify {
namespace {

namespace statements = sql::ops::verify;

constexpr std::string_view account_address = "verify@pixelpim.invalid";
constexpr std::int64_t clock_seconds_max = 300;

std::string random_text() {
  std::array<unsigned char, 12> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

struct Kind {
  std::string_view resource, noun, words;
  int restored;  // the status of a restore
};
constexpr Kind kinds[] = {{"products", "product", "A product", 200}, {"assets", "asset", "An asset", 201}};

// What was seen, or what is wrong.
using Seen = std::expected<std::string, std::string>;

std::string shown(std::string_view method, std::string_view path, const net::Answer& answer) {
  return fmt::format("{} {}: {}", method, path, answer.status);
}

// One thing of one kind, from its making to its end.
class Walk {
 public:
  Walk(pg::Blocking& connection, const Server& server, const Kind& kind)
      : connection_(connection), server_(server), kind_(kind), name_(std::string(mark) + random_text()) {}

  // Each step stands on the one before.
  std::vector<Checked> run() {
    struct Step {
      std::string_view name, title;
      Seen (Walk::*act)();
    };
    constexpr Step steps[] = {{"made", "is made", &Walk::make},
                              {"deleted", "is deleted, and can be undone", &Walk::remove},
                              {"hidden", "is not read any more", &Walk::look_hidden},
                              {"listed", "is listed in the trash, deleted now by UTC", &Walk::look_listed},
                              {"restored", "is restored as it was", &Walk::restore},
                              {"purged", "is deleted for good", &Walk::purge}};
    std::vector<Checked> all;
    bool stands = true;
    for (const Step& step : steps) {
      Checked checked{.name = fmt::format("deployment.{}.{}", kind_.noun, step.name),
                      .title = fmt::format("{} of our own {}", kind_.words, step.title)};
      if (!stands) {
        checked.verdict = Verdict::not_applicable;
        checked.seen = "the step before it failed";
      } else if (auto seen = (this->*step.act)(); seen) {
        checked.seen = *std::move(seen);
      } else {
        checked.verdict = Verdict::fail;
        checked.seen = seen.error();
        checked.remedy = "Look at the log of the server: `grep '\"level\":\"error\"' <state>/logs/pixelpim.log`";
        stands = false;
      }
      all.push_back(std::move(checked));
    }
    return all;
  }

 private:
  std::string path(std::string_view rest = {}) const { return fmt::format("/{}/{}{}", kind_.resource, id_, rest); }

  // The answer, where it has the status that it should have.
  std::expected<boost::json::value, std::string> ask(std::string_view method, const std::string& at, int status,
                                                     std::string body = {},
                                                     std::string_view type = "application/json") {
    const auto answer = server_.ask(method, at, std::move(body), type);
    if (!answer) return std::unexpected(answer.error().message);
    last_ = shown(method, at, *answer);
    if (answer->status != status) return std::unexpected(fmt::format("{} {}", last_, answer->body.substr(0, 300)));
    auto read = json::read(answer->body);
    if (!read) return std::unexpected(fmt::format("{}: no JSON", last_));
    return *std::move(read);
  }

  Seen make() {
    const bool is_product = kind_.noun == "product";
    const std::string product = fmt::format(R"({{"name":"{0}","sku":"{0}"}})", name_);
    const std::string form = fmt::format(
        "--{0}\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n{0}\r\n--{0}\r\nContent-Disposition: form-data; "
        "name=\"file\"; filename=\"{0}.txt\"\r\nContent-Type: text/plain\r\n\r\n{0}\r\n--{0}--\r\n",
        name_);
    const auto made = is_product ? ask("POST", "/products", 201, product)
                                 : ask("POST", "/assets/upload", 201, form, "multipart/form-data; boundary=" + name_);
    if (!made) return std::unexpected(made.error());
    const auto* id = made->is_object() ? made->get_object().if_contains("id") : nullptr;
    if (id == nullptr || !id->is_int64()) return std::unexpected(last_ + ": the answer has no id");
    id_ = id->get_int64();
    first_ = serialize_without_urls(*made);
    return fmt::format("{}, id {}", last_, id_);
  }

  Seen remove() {
    const auto removed = ask("DELETE", path(), 200);
    if (!removed) return std::unexpected(removed.error());
    const auto* deletion = removed->is_object() ? removed->get_object().if_contains("deletionId") : nullptr;
    if (deletion == nullptr || !deletion->is_int64()) return std::unexpected(last_ + ": no deletion was recorded");
    return fmt::format("{}, deletion {}", last_, deletion->get_int64());
  }

  Seen look_hidden() {
    if (const auto gone = ask("GET", path(), 404); !gone) return std::unexpected(gone.error());
    const std::string seen = last_;
    const auto count = count_in(fmt::format("/{}?search={}&limit=10", kind_.resource, name_));
    if (!count) return std::unexpected(count.error());
    if (*count != 0) return std::unexpected(last_ + ": it is still in the list");
    return fmt::format("{}; it is in no list", seen);
  }

  Seen look_listed() {
    const auto count = count_in(fmt::format("/{}/deleted?limit=100", kind_.resource));
    if (!count) return std::unexpected(count.error());
    if (*count != 1) return std::unexpected(last_ + ": it is not listed");
    const auto age = connection_.query(std::string(statements::deletion_age), {kind_.noun, std::to_string(id_)});
    if (!age) return std::unexpected(age.error().message);
    if (age->empty()) return std::unexpected("The server works on another database than this command.");
    if (std::abs(age->number(0, 0)) > clock_seconds_max) {
      return std::unexpected(
          fmt::format("\"deletedAt\" is {} s off the database's clock in UTC: it would be purged too early or too late",
                      age->number(0, 0)));
    }
    return fmt::format("{}, deleted {} s ago by the database's clock in UTC", last_, age->number(0, 0));
  }

  Seen restore() {
    if (const auto restored = ask("POST", path("/restore"), kind_.restored); !restored) {
      return std::unexpected(restored.error());
    }
    const std::string seen = last_;
    const auto found = ask("GET", path(), 200);
    if (!found) return std::unexpected(found.error());
    if (serialize_without_urls(*found) != first_) {
      return std::unexpected(
          fmt::format("{}: it is not what it was before: {}", last_, serialize_without_urls(*found).substr(0, 300)));
    }
    return fmt::format("{}; {}", seen, last_);
  }

  Seen purge() {
    if (const auto removed = remove(); !removed) return removed;
    if (const auto purged = ask("DELETE", path("/permanent"), 200); !purged) return std::unexpected(purged.error());
    const std::string seen = last_;
    if (const auto gone = ask("POST", path("/restore"), 404); !gone) return std::unexpected(gone.error());
    return fmt::format("{}; {}", seen, last_);
  }

  // How often it is in a list.
  std::expected<int, std::string> count_in(const std::string& list) {
    const auto answer = ask("GET", list, 200);
    if (!answer) return std::unexpected(answer.error());
    const auto* data = answer->is_object() ? answer->get_object().if_contains("data") : nullptr;
    if (data == nullptr || !data->is_array()) return std::unexpected(last_ + ": the answer has no data");
    int found = 0;
    for (const auto& each : data->get_array()) found += each.at("id").as_int64() == id_ ? 1 : 0;
    return found;
  }

  // Signed addresses are good for a time, and differ from answer to answer.
  static std::string serialize_without_urls(boost::json::value value) {
    if (value.is_object()) value.get_object().erase("url");
    return boost::json::serialize(value);
  }

  pg::Blocking& connection_;
  const Server& server_;
  const Kind& kind_;
  std::string name_, last_, first_;
  std::int64_t id_ = 0;
};

// The token of the account that verifications have, which is made where there is none.
Result<std::string> token_of_our_own(const config::Config& config, pg::Blocking& connection) {
  auto secret = config::token_secret(config);
  if (!secret) return std::unexpected(std::move(secret).error());
  const auto found = connection.query(std::string(statements::find_account), {account_address});
  if (!found) return operator_failure(found.error());
  if (found->empty()) {
    auto made = auth::add_account(connection, {.email = std::string(account_address),
                                               .password = random_text(),
                                               .role = "OWNER",
                                               .owner = {},
                                               .fullname = "Verification of a deployment"});
    if (!made) return std::unexpected(std::move(made).error());
  }
  auto claims = auth::find_claims(connection, std::string(account_address));
  if (!claims) return std::unexpected(std::move(claims).error());
  return auth::Tokens(*secret, config.jwt_lifetime).issue(*claims, std::chrono::system_clock::now());
}

// Where the trash is switched off, its routes are not there: nothing could be asked of them.
Result<Checked> look_at_switch(pg::Blocking& connection) {
  const auto found = rollback::look(connection);
  if (!found) return std::unexpected(found.error());
  Checked checked{.name = "deployment.switch", .title = "The trash is switched on", .seen = "it is"};
  if (found->since.empty()) return checked;
  checked.verdict = Verdict::fail;
  checked.seen = fmt::format(
      "`pixelpim rollback quick` switched it off at {}: its routes answer 404, and what is deleted stays hidden",
      found->since);
  checked.remedy = "pixelpim rollback quick --undo";
  return checked;
}

}  // namespace

Result<net::Answer> Server::ask(std::string_view method, std::string_view path, std::string body,
                                std::string_view type) const {
  net::Call call{.method = std::string(method),
                 .url = address_ + std::string(path),
                 .body = std::move(body),
                 .headers = {"Authorization: Bearer " + token_, fmt::format("X-Request-Id: {}{}", mark, random_text()),
                             fmt::format("Content-Type: {}", type)},
                 .time_max = std::chrono::seconds{30}};
  return net::call(call);
}

Result<net::Answer> Server::ask_without_token(std::string_view path) const {
  return net::call({.url = address_ + std::string(path)});
}

Result<Account> Account::take(const config::Config& config, pg::Blocking& connection, const Request& request) {
  const auto lock = connection.query(std::string(statements::take_lock));
  if (!lock) return operator_failure(lock.error());
  if (lock->text(0, 0) != "t") return failure("Another verification of this database is running.", "Wait for its end.");
  std::string token = request.token;
  if (token.empty()) {
    auto own = token_of_our_own(config, connection);
    if (!own) return std::unexpected(std::move(own).error());
    token = *std::move(own);
  }
  return Account(connection, Server(request.server, std::move(token)), request.token.empty());
}

// What is not ours answers 404, and stays.
Result<std::string> Account::clear_things() {
  const std::string pattern = pg::like_beginning(mark);
  const auto left = connection_->query(std::string(statements::list_left), {pattern});
  if (!left) return operator_failure(left.error());
  for (int i = 0; i < left->size(); ++i) {
    const std::string path = fmt::format("/{}s/{}", left->text(i, 0), left->text(i, 1));
    if (left->text(i, 2) == "f") {
      if (auto removed = server_.ask("DELETE", path); !removed) return removed.error().message;
    }
    if (auto purged = server_.ask("DELETE", path + "/permanent"); !purged) return purged.error().message;
  }
  const auto still = connection_->query(std::string(statements::list_left), {pattern});
  if (!still) return operator_failure(still.error());
  if (still->empty()) return "";
  return fmt::format("{} {} and {} more are still there", still->text(0, 0), still->text(0, 1), still->size() - 1);
}

Result<std::string> Account::leave() {
  auto left = clear_things();
  if (!left || !is_own_) return left;
  const auto removed = connection_->query(std::string(statements::remove_account), {account_address});
  if (!removed) return operator_failure(removed.error());
  return left;
}

Result<std::vector<Checked>> verify_deployment(pg::Blocking& connection, const Server& server) {
  auto is_on = look_at_switch(connection);
  if (!is_on) return std::unexpected(std::move(is_on).error());
  const bool can_walk = is_on->verdict == Verdict::ok;
  std::vector<Checked> all{*std::move(is_on)};
  if (!can_walk) return all;
  for (const Kind& kind : kinds) {
    for (Checked& checked : Walk(connection, server, kind).run()) all.push_back(std::move(checked));
  }
  return all;
}

}  // namespace pim::ops::verify
