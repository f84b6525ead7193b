#pragma once

// Which accounts serve a request, and what a failed one means for the next. Pure: values in, values
// out.

#include <cstdint>

#include "config/config.hpp"

namespace idswitch::routing {

// The tenant's route for exactly this method and set of checks; nullptr when there is none.
const config::Route* find_route(const config::Tenant& tenant, std::uint32_t method,
                                std::uint32_t checks);

enum class Next : std::uint8_t {
  stop,  // nobody else is asked
  next_account,
};

// After an attempt that failed with this class. outcome_unknown: the request may have been billed
// on acceptance and nobody knows (unknown_outcome, or protocol with unknown charge evidence).
Next after_failure(std::uint32_t error_class, bool outcome_unknown, config::OnUnknownOutcome rule);

}  // namespace idswitch::routing
