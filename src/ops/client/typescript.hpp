// A client of the API in TypeScript, made from its description.
#pragma once

#include <string>
#include <string_view>

namespace pim::ops::client {

// One module without dependencies: a type for each schema, a class with a method for each operation. `openapi` is the
// description as JSON.
std::string typescript_of(std::string_view openapi);

}  // namespace pim::ops::client
