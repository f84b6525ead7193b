#pragma once

// Recovery: what becomes of a verification whose vendor call was interrupted: the process died, or
// the outcome could not be written. Whether the vendor acted is not known, so the holds stay and
// are marked, and the platform is told. It is found by the sweep, and by whoever looks at it first.

#include "engine/verification/case.hpp"

namespace idswitch::engine {

// The case as it is in the store, recovered first if it was interrupted. The caller has its
// InFlight guard, so that nobody is working on it. Errors: not_found, storage_failed.
boost::asio::awaitable<Result<std::unique_ptr<Case>>> load_whole(Desk& desk,
                                                                 std::shared_ptr<const Setup> setup,
                                                                 VerificationId id);

}  // namespace idswitch::engine
