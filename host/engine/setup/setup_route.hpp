#pragma once

// Checks one tenant's routes against what the accounts' products offer. [startup]

#include <vector>

#include "engine/setup/setup.hpp"

namespace idswitch::engine {

// Complains about routes that an account cannot serve, about comparing costs in different
// currencies, and about hedging a start that may cost something.
void check_routes(const config::Tenant& tenant, const Setup& setup,
                  std::vector<config::Complaint>& complaints);

}  // namespace idswitch::engine
