#pragma once

// Late news: what an attempt told after its verification had gone on without it: a hedged start
// that lost, or one whose case somebody else has taken meanwhile. Evidence is a set, so it is told
// whenever it comes. On a lane.

#include "engine/verification/case.hpp"

namespace idswitch::engine {

// Takes what a session told that nobody will ever be given, and concludes what that costs.
void take_lost(Case& one, const AccountRuntime& account, const OperationReport& report);

// Waits until nobody works on the verification, reads it again, and tells it durably. What cannot
// be written is logged; its hold is then settled by the sweep.
boost::asio::awaitable<void> tell_late(Desk& desk, std::shared_ptr<const Setup> setup,
                                       VerificationId id, const AccountRuntime& account,
                                       OperationReport report);

}  // namespace idswitch::engine
