#pragma once

// The section `tenants`: who may call, with which keys, and which accounts serve them. [startup]

#include <map>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/section.hpp"

namespace idswitch::config {

// accounts: the names of all accounts, so that routes can be checked. Complains when there is no
// tenant at all, and about keys that two tenants share.
std::map<std::string, Tenant> read_tenants(const Value& value,
                                           const std::vector<std::string>& accounts);

}  // namespace idswitch::config
