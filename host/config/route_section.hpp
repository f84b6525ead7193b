#pragma once

// The list `routes` of a tenant: for each method with its set of checks, the accounts to ask, in
// order. [startup]

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/section.hpp"

namespace idswitch::config {

// accounts: the names a route may use. Complains about an empty list, and about a route that can
// never be used because an earlier one has the same method and checks.
std::vector<Route> read_routes(const Value& value, const std::vector<std::string>& accounts);

}  // namespace idswitch::config
