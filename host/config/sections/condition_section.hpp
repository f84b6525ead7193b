#pragma once

// Conditions over a tenant's attributes: the mapping `when` of a route. [startup]

#include <vector>

#include "config/config.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

// Several keys of a mapping are all of them. What was complained about is left out.
Condition read_condition(const Value& value, const std::vector<Attribute>& attributes);

}  // namespace idswitch::config
