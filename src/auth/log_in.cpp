#include "auth/log_in.hpp"

#include "json/writer.hpp"

namespace pim::auth {

http::Response logged_in(const Tokens& tokens, const Login& login, std::string_view message, int status) {
  const Claims claims{.user = login.id,
                      .email = std::string(login.email),
                      .role = std::string(login.role),
                      .owner = login.owner_id,
                      .version = login.token_version};
  http::Response response{.status = status};
  json::Object body{response.body};
  body.add("message", message);
  body.object("user")
      .add("id", login.id)
      .add("email", login.email)
      .add("fullname", login.fullname)
      .add("createdAt", login.created_at);
  body.add("token", tokens.issue(claims, std::chrono::system_clock::now()));
  body.close();
  return response;
}

}  // namespace pim::auth
