#pragma once

// The section `contract` of an account: what the vendor's charges cost us, by dated versions.
// [startup]

#include <map>
#include <string>

#include "config/config.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

// Adds the positions "contract", "contract/currency", "contract/prices" and "contract/prices/SKU",
// the last two of the last version, and "contract/versions[i]/prices/SKU" of those before it.
// Whatever was complained about, there is at least one version.
Contract read_contract(const Value& value, std::map<std::string, Position>& positions);

}  // namespace idswitch::config
