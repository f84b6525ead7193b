#pragma once

// What one unit of a SKU costs, as an account's contract writes it: a bare amount, or a mapping
// with outcomes, tiers, free units and repeats. [startup]

#include "config/contract.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

SkuPrice read_sku_price(const Value& value);

// "day" or "month".
std::optional<Per> read_per(const Value& value);

}  // namespace idswitch::config
