#pragma once

// The section `contract` of an account: what the vendor's charges cost us. [startup]

#include <map>
#include <string>

#include "config/config.hpp"
#include "config/section.hpp"

namespace idswitch::config {

// Adds the positions "contract", "contract/currency", "contract/prices" and "contract/prices/SKU".
Contract read_contract(const Value& value, std::map<std::string, Position>& positions);

}  // namespace idswitch::config
