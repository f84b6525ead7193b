#pragma once

// What a failed attempt means for the next account. Pure; any thread.

#include <cstdint>

#include "config/config.hpp"

namespace idswitch::routing {

enum class Next : std::uint8_t {
  stop,  // nobody else is asked
  next_account,
};

// After an attempt that failed with this class. in_doubt: something of it may be billed
// and nobody knows, as its evidence says; the class says nothing about that.
Next after_failure(std::uint32_t error_class, bool in_doubt, config::OnUnknownOutcome rule);

}  // namespace idswitch::routing
