#pragma once

// Cancel: the platform gives a verification up. What the vendor may still charge stays in the
// ledger until it is known. On a lane.

#include "engine/verification/case.hpp"

namespace idswitch::engine {

// Errors: conflict while another request works on it, or when it has ended otherwise.
boost::asio::awaitable<Result<Verification>> cancel(Desk& desk, std::shared_ptr<const Setup> setup,
                                                    VerificationId id);

}  // namespace idswitch::engine
