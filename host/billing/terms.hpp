#pragma once

// Terms: what an account's charges are priced and reserved by. Borrows everything; any thread.

#include <span>
#include <string>
#include <string_view>

#include "billing/budgets.hpp"
#include "config/contract.hpp"

namespace idswitch::billing {

struct Terms {
  std::string_view account;
  // Of an account that is not in the configuration any more: one without versions, in the currency
  // of its charges.
  const config::Contract& contract;
  const Budgets& budgets;
  std::span<const std::string> skus;  // that the account's product can charge
};

}  // namespace idswitch::billing
