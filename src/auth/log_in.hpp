// The answer to somebody who has shown who they are.
#pragma once

#include <string_view>

#include "auth/statements.hpp"
#include "auth/token.hpp"
#include "http/response.hpp"

namespace pim::auth {

// 201 (or `status`) with the message, the account and a token of it.
http::Response logged_in(const Tokens& tokens, const Login& login, std::string_view message, int status = 201);

}  // namespace pim::auth
