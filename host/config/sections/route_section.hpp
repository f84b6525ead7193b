#pragma once

// The list `routes` of a tenant: which requests each is for, and how it orders accounts. [startup]

#include <string>
#include <vector>

#include "config/sections/policy_section.hpp"

namespace idswitch::config {

// tenant: its attributes and experiments are read already; so are those of policies. Complains
// about an empty list and about names that two routes share.
std::vector<Route> read_routes(const Value& value, const Tenant& tenant, PolicyReader& policies);

}  // namespace idswitch::config
