#pragma once

// The section `retention`: how many days what is kept. [startup]

#include "config/config.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

Retention read_retention(const Value& value);

}  // namespace idswitch::config
