#pragma once

// What a statement says of a charge, as a line of the file that `ledger settle --from` takes: the
// body of POST /admin/charges:settle. Pure; any thread.

#include <string>

#include "reconcile/statement_settlement.hpp"

namespace idswitch::engine {

std::string settlement_line(const StatementSettlement& settlement);

}  // namespace idswitch::engine
