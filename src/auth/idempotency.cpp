#include "auth/idempotency.hpp"

#include <fmt/format.h>

#include "auth/statements.hpp"
#include "base/sha256.hpp"
#include "json/writer.hpp"

namespace pim::auth {
namespace {

using http::Request;
using http::Response;
using http::Route;
using Text = std::string_view;

constexpr std::size_t key_bytes_max = 200, kept_body_bytes_max = 1024 * 1024;

struct Claim {
  bool is_claimed;
  std::optional<bool> is_same, is_done;
  std::optional<std::int32_t> status;
  std::optional<Text> body, outcome;
};
BOOST_DESCRIBE_STRUCT(Claim, (), (is_claimed, is_same, is_done, status, body, outcome))

// tenant, key, fingerprint, request id
const pg::Statement<Claim(std::int32_t, Text, Text, Text)> claim_statement{"claim_idempotency_key",
                                                                           sql::auth::claim_idempotency_key};
// tenant, key, request id, status, body
const pg::Statement<Forgiven(std::int32_t, Text, Text, std::optional<std::int32_t>, std::optional<Text>)>
    keep_statement{"keep_answer", sql::auth::keep_answer};

// A body that was read already, for whoever reads it next.
class ReadBody final : public http::BodySource {
 public:
  explicit ReadBody(std::string text) : text_(std::move(text)) {}
  Task<Result<Text>> next(std::uint64_t) override {
    if (std::exchange(taken_, true)) co_return Text{};
    co_return Text{text_};
  }
  Text text() const noexcept { return text_; }

 private:
  std::string text_;
  bool taken_ = false;
};

// A file is known by its size: it is streamed, and read once.
bool is_file(const Request& request) { return request.header("content-type").starts_with("multipart/"); }

std::string fingerprint_of(const Request& request, Text body) {
  return sha256_of(fmt::format("{} {}\n{}\n{}", http::name_of(request.method), request.target,
                               is_file(request) ? request.header("content-length") : Text{}, body));
}

// Its answer never got away: what it did is known all the same, written down with it.
Response carried_out(Text outcome) {
  Response response;
  json::Object(response.body)
      .add("message", "The request with this Idempotency-Key was carried out before")
      .add_raw("outcome", outcome);
  response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

Result<Response> answer_again(const Claim& claim) {
  if (!claim.is_same.value_or(true)) {
    return conflict("idempotency.other_request", "This Idempotency-Key was sent with another request");
  }
  if (claim.status) {
    Response response = Response::json(std::string(claim.body.value_or("")), *claim.status);
    response.headers.emplace_back("Idempotency-Replayed", "true");
    return response;
  }
  if (claim.is_done.value_or(false)) {
    return carried_out(claim.outcome.value_or("[]"));
  }
  auto problem = conflict("idempotency.under_way", "The request with this Idempotency-Key is still under way");
  problem.error().retry_after_seconds = 1;
  return problem;
}

}  // namespace

Task<Result<Response>> answer_once(pg::Database& database, Request& request, const Route& route) {
  const std::string key{request.header("idempotency-key")};
  if (key.empty() || route.method != http::Method::post || request.caller.tenant == 0) {
    co_return co_await route.handler(request, request.caller);
  }
  if (key.size() > key_bytes_max) co_return invalid({"Idempotency-Key must have 200 characters at most"});
  ReadBody body{is_file(request) ? std::string{} : co_await request.read_body()};
  if (!is_file(request)) request.set_body(body);

  // Ids of requests may be their senders': here one must be this request's alone.
  const std::string sent_id = std::exchange(request.id, request.id + "/" + sha256_of(key).substr(0, 16));
  const std::int32_t tenant = request.caller.tenant;
  const auto claims =
      co_await database.write(claim_statement, tenant, key, fingerprint_of(request, body.text()), request.id);
  if (const Claim claim = claims[0]; !claim.is_claimed) {
    request.id = sent_id;
    co_return answer_again(claim);
  }
  auto answer = co_await as_result(route.handler(request, request.caller));
  const bool is_kept = answer && !answer->stream && answer->status < 300 && answer->body.size() <= kept_body_bytes_max;
  // Where the answer can't be kept, the key knows all the same that the act was done.
  if (is_kept) {
    co_await as_result(
        database.write(keep_statement, tenant, key, request.id, answer->status, std::optional<Text>(answer->body)));
  } else if (!answer) {
    co_await as_result(database.write(keep_statement, tenant, key, request.id, std::nullopt, std::nullopt));
  }
  request.id = sent_id;
  co_return answer;
}

}  // namespace pim::auth
