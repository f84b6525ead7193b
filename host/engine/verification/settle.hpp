#pragma once

// Settle: a person says what became of a charge that nobody knew, with a reason or a line of the
// vendor's statement. The ledger gets the person's entry, and what budgets had reserved is given
// back, in one commit. It asks no vendor and changes no verdict. On one lane.

#include "billing/charge_book.hpp"
#include "engine/verification/desk.hpp"
#include "model/charge_key.hpp"

namespace idswitch::engine {

struct SettleOrder {
  VerificationId verification;
  ChargeName charge;
  billing::HandWritten word;
};

struct Settled {
  Charge charge;            // as it stands now
  bool is_changed = false;  // false: it came to that already, and nothing was written
};

// Of an unknown charge, or one that is resolved (a correction). Errors: not_found (no such
// verification, or it has no such charge), invalid_field, conflict (somebody works on it, or its
// vendor is still asked), storage_failed.
boost::asio::awaitable<Result<Settled>> settle(Desk& desk, std::shared_ptr<const Setup> setup,
                                               SettleOrder order);

}  // namespace idswitch::engine
