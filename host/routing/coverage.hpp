#pragma once

// Coverage: which conditions imply which, so that a route that can never be used is found before it
// is missed. Pure, and cautious: what is not certain within a bounded effort is not claimed.

#include <vector>

#include "config/config.hpp"
#include "config/config_load.hpp"

namespace idswitch::routing {

// True only when it is certain that every request that satisfies b satisfies a.
bool covers(const config::Condition& a, const config::Condition& b);

// True only when it is certain that no request satisfies it.
bool is_impossible(const config::Condition& condition);

// The tenant's routes that can never be used, in their order: their condition cannot be true, or
// one earlier route with the same method and checks takes every request that they would.
std::vector<config::Complaint> route_warnings(const config::Tenant& tenant);

}  // namespace idswitch::routing
