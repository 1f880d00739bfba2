// Applies one migration, whole or from the step where it was stopped.
#pragma once

#include "ops/migrate/ledger.hpp"
#include "ops/migrate/migrate.hpp"

namespace pim::ops::migrate {

// `before` is its row in the ledger, where it has one.
Result<void> apply(pg::Blocking& connection, const Migration& migration, const LedgerRow* before,
                   const Progress& progress, const Patience& patience);

}  // namespace pim::ops::migrate
