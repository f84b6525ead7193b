#pragma once

// The sections `limits`, `breaker` and `prior` of an account: how much it is asked, when it is left
// alone, and what is believed of it beforehand. [startup]

#include "config/config.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

Limits read_limits(const Value& value);
Breaker read_breaker(const Value& value);
Prior read_prior(const Value& value);

}  // namespace idswitch::config
