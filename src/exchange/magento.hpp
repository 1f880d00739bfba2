// The product export of Magento and Adobe Commerce.
#pragma once

#include <memory>

#include "exchange/record.hpp"

namespace pim::exchange {

std::unique_ptr<Dialect> make_magento();

}  // namespace pim::exchange
