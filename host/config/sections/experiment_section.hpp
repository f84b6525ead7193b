#pragma once

// The mapping `experiments` of a tenant. [startup]

#include <vector>

#include "config/sections/policy_section.hpp"

namespace idswitch::config {

std::vector<Experiment> read_experiments(const Value& value, PolicyReader& policies);

}  // namespace idswitch::config
