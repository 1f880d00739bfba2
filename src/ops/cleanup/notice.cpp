#include "ops/cleanup/notice.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>

#include "base/id.hpp"
#include "base/sha256.hpp"
#include "http/request.hpp"
#include "ops/cleanup/statements.hpp"
#include "trash/kinds.hpp"

namespace pim::ops::cleanup {
namespace {

using http::Request;
using http::Response;

std::int64_t seconds_of(pg::Timestamp time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string day_of(pg::Timestamp time) {
  return fmt::format("{:%Y-%m-%d}", std::chrono::floor<std::chrono::seconds>(time));
}

std::string counted(std::int64_t rows) { return rows == 1 ? "1 thing" : fmt::format("{} things", rows); }

// A name can have any characters: none of them begins another line of a mail.
std::string one_line(const std::vector<std::string>& names) {
  std::string line = fmt::format("{}", fmt::join(names, ", "));
  std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return line;
}

std::string signature_of(std::string_view secret, std::int32_t tenant, std::int64_t until) {
  return hexadecimal(hmac_sha256(secret, fmt::format("keep what the trash will lose\n{}\n{}", tenant, until)));
}

// What a link is good for.
struct Permit {
  std::int32_t tenant;
  pg::Timestamp until;
};

std::optional<Permit> permit_of(const Request& request, std::string_view secret) {
  const auto tenant = parse_id(request.query("owner").value_or(""));
  const std::string_view ends = request.query("until").value_or("");
  const std::string_view signature = request.query("signature").value_or("");
  std::int64_t until = 0;
  const auto [end, error] = std::from_chars(ends.data(), ends.data() + ends.size(), until);
  if (!tenant || error != std::errc{} || end != ends.data() + ends.size()) return std::nullopt;
  const std::string expected = signature_of(secret, *tenant, until);
  if (signature.size() != expected.size() || CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) != 0) {
    return std::nullopt;
  }
  return Permit{*tenant, pg::Timestamp(std::chrono::seconds(until))};
}

// A page of text, and of a button where there is something to be done.
Response page(int status, std::string_view text, std::string_view button = {}) {
  Response response{.status = status, .content_type = "text/html; charset=utf-8"};
  response.body = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>The trash</title>"
      "<meta name=\"viewport\" content=\"width=device-width\"></head>\n<body><h1>The "
      "trash</h1><p>{}</p>{}</body></html>\n",
      text, button.empty() ? "" : fmt::format("<form method=\"post\"><button>{}</button></form>", button));
  response.headers.emplace_back("Content-Security-Policy",
                                "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Response wrong_link() {
  return page(403, "This link is wrong. What is still in the trash can be kept in the program.");
}
Response old_link() {
  return page(410, "The time of this link is over. What is still in the trash can be kept in the program.");
}
Response used_link() {
  return page(410, "Nothing is left for this link to keep: everything is kept already, or was restored.");
}

struct Keeping {
  pg::Databases& databases;
  int retention_days;
  std::string secret;

  // Changes nothing: programs that look at mails follow links.
  Task<Result<Response>> ask(Request& request, const http::Caller&) {
    const auto permit = permit_of(request, secret);
    if (!permit) co_return wrong_link();
    const auto rows = co_await databases.here().read(count_coming, permit->tenant, retention_days, permit->until);
    if (rows[0].is_over) co_return old_link();
    if (rows[0].rows == 0) co_return used_link();
    co_return page(200,
                   fmt::format("Until {}, {} in your trash will be deleted for good.", day_of(permit->until),
                               counted(rows[0].rows)),
                   fmt::format("Keep all of it for {} more days", days_kept));
  }

  Task<Result<Response>> keep(Request& request, const http::Caller&) {
    const auto permit = permit_of(request, secret);
    if (!permit) co_return wrong_link();
    const auto rows = co_await databases.here().write(keep_coming, permit->tenant, retention_days, permit->until,
                                                      days_kept, request.id);
    if (rows[0].is_over) co_return old_link();
    if (rows[0].rows == 0) co_return used_link();
    const auto until = permit->until + std::chrono::days{days_kept};
    co_return page(200, fmt::format("{} will be kept until {}.", counted(rows[0].rows), day_of(until)));
  }
};

std::string link(std::string_view url, std::string_view secret, std::int32_t tenant, pg::Timestamp until) {
  const std::int64_t ends = seconds_of(until);
  return fmt::format("{}/trash/keep?owner={}&until={}&signature={}", url, tenant, ends,
                     signature_of(secret, tenant, ends));
}

}  // namespace

// Without a server for mails, the links would end in the log.
Notices::Notices(const config::Config& config, std::string secret)
    : retention_days_(config.retention_days), public_url_(config.public_url), secret_(std::move(secret)) {
  if (config.smtp.host.empty()) return;
  if (auto schedule = Schedule::parse(config.retention_mail_schedule)) schedule_ = *schedule;
}

pg::Outcome<void> Notices::send(pg::Blocking& connection, WallTime now) const {
  const auto slot = schedule_ ? schedule_->last(now) : std::nullopt;
  if (!slot) return {};
  const pg::Timestamp time(slot->time_since_epoch());
  const auto state = connection.run(mail_state, time, days_ahead);
  if (!state) return std::unexpected(state.error());
  if (!(*state)[0].is_open) return {};
  const pg::Timestamp until = (*state)[0].until;
  const auto all = preview(connection, retention_days_, days_ahead);
  if (!all) return std::unexpected(all.error());
  for (std::size_t i = 0, end = 0; i < all->size(); i = end) {
    const std::int32_t tenant = (*all)[i].tenant;
    while (end < all->size() && (*all)[end].tenant == tenant) ++end;
    const auto sent =
        connection.run(mail_owner, tenant, time, fmt::format("What your trash will lose until {}", day_of(until)),
                       text_for(tenant, std::span(*all).subspan(i, end - i), until), until);
    if (!sent) return std::unexpected(sent.error());
  }
  const auto finished = connection.run(mails_sent, time);
  if (!finished) return std::unexpected(finished.error());
  return {};
}

std::string Notices::text_for(std::int32_t tenant, std::span<const Coming> coming, pg::Timestamp until) const {
  std::string text = fmt::format("Until {}, these will be deleted from your trash for good:\n", day_of(until));
  for (const Coming& each : coming) {
    fmt::format_to(std::back_inserter(text), "\n  {} {}, the first on {}: {}{}", each.rows, each.kind,
                   day_of(each.first_at), one_line(each.names),
                   each.rows > static_cast<std::int64_t>(each.names.size()) ? ", …" : "");
  }
  text += public_url_.empty()
              ? "\n\nTo keep it for longer, restore it, or change how long the trash keeps things.\n"
              : fmt::format("\n\nTo keep all of it for {} more days, open this and press the button:\n{}\n", days_kept,
                            link(public_url_, secret_, tenant, until));
  return text;
}

void add_keep_routes(http::Router& router, pg::Databases& databases, int retention_days, std::string secret) {
  const auto keeping = std::make_shared<Keeping>(databases, retention_days, std::move(secret));
  router.add(http::Method::get, "/trash/keep", http::anyone, http::handler_of(keeping, &Keeping::ask));
  router.add(http::Method::post, "/trash/keep", http::anyone, http::handler_of(keeping, &Keeping::keep));
}

}  // namespace pim::ops::cleanup
