#pragma once

// What a failed attempt means for the next account. Pure; any thread.

#include <cstdint>

#include "config/config.hpp"

namespace idswitch::routing {

enum class Next : std::uint8_t {
  stop,  // nobody else is asked
  next_account,
};

// After an attempt that failed with this class. outcome_unknown: the request may have been billed
// on acceptance and nobody knows (unknown_outcome, or protocol with unknown charge evidence).
Next after_failure(std::uint32_t error_class, bool outcome_unknown, config::OnUnknownOutcome rule);

}  // namespace idswitch::routing
