#pragma once

// The mapping `budgets`: what may be spent in a period. [startup]

#include <string>
#include <vector>

#include "config/sections/policy_section.hpp"

namespace idswitch::config {

// tenants: the names of all tenants. Warns about an account whose charges are in another currency.
std::vector<Budget> read_budgets(const Value& value, const KnownAccounts& accounts,
                                 const std::vector<std::string>& tenants);

}  // namespace idswitch::config
