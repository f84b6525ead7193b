#pragma once

// The section `tenants`: who may call, with which keys, and which accounts serve them. [startup]

#include <map>
#include <string>

#include "config/sections/api_key_section.hpp"
#include "config/sections/policy_section.hpp"

namespace idswitch::config {

// api_keys: has read those of admin, which no tenant may have too. Complains when there is no
// tenant at all, and about keys that two tenants share.
std::map<std::string, Tenant> read_tenants(const Value& value, const KnownAccounts& accounts,
                                           ApiKeyReader& api_keys);

}  // namespace idswitch::config
