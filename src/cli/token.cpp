// pixelpim token: a token for scripts and tests, without a log-in.
#include "auth/token.hpp"

#include "auth/accounts.hpp"
#include "cli/command.hpp"

namespace pim::cli {

void add_token(CLI::App& app, Session& session) {
  auto email = std::make_shared<std::string>();
  CLI::App* command = session.add(app, "token", "Print a token for an account",
                                  "curl -H \"Authorization: Bearer $(pixelpim token anna@example.com)\" …",
                                  [&session, email]() -> Result<int> {
                                    auto config = session.config();
                                    if (!config) return std::unexpected(std::move(config).error());
                                    auto secret = config::token_secret(*config);
                                    if (!secret) return std::unexpected(std::move(secret).error());
                                    auto connection = session.connect();
                                    if (!connection) return std::unexpected(std::move(connection).error());
                                    auto claims = auth::find_claims(*connection, *email);
                                    if (!claims) return std::unexpected(std::move(claims).error());
                                    const auth::Tokens tokens(*secret, config->jwt_lifetime);
                                    const std::string token = tokens.issue(*claims, std::chrono::system_clock::now());
                                    if (session.json()) {
                                      std::string body;
                                      json::Object(body)
                                          .add("token", token)
                                          .add("user", claims->user)
                                          .add("expiresInSeconds", config->jwt_lifetime.count());
                                      print(body);
                                    } else {
                                      print(token);
                                    }
                                    return 0;
                                  });
  command->add_option("email", *email, "The account's e-mail address")->required();
  session.add_json_flag(*command);
}

}  // namespace pim::cli
