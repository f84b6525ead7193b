#pragma once

// AttributeComparison: what one key of a condition says about one attribute: `region: cn`, `risk:
// {below: 0.5}`. [startup]

#include <cstdint>
#include <optional>
#include <vector>

#include "config/config.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

// index: the attribute's own in its tenant. Nothing when it was complained about.
std::optional<Condition> read_attribute_comparison(const Value& value, const Attribute& attribute,
                                                   std::uint32_t index);

// One part stands for itself.
Condition all_of(std::vector<Condition> parts, const Value& value);
Condition none_of(Condition part, const Value& value);

}  // namespace idswitch::config
