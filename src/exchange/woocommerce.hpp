// The product export of WooCommerce.
#pragma once

#include <memory>

#include "exchange/record.hpp"

namespace pim::exchange {

std::unique_ptr<Dialect> make_woocommerce(bool has_decimal_commas);

}  // namespace pim::exchange
