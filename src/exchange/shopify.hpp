// The product export of Shopify.
#pragma once

#include <memory>

#include "exchange/record.hpp"

namespace pim::exchange {

std::unique_ptr<Dialect> make_shopify(bool has_decimal_commas);

}  // namespace pim::exchange
