#pragma once

// What the sweeper's schedule must know of a verification, and what becomes of a charge that asking
// cannot settle. Pure.

#include "billing/charge_book.hpp"
#include "engine/setup/setup.hpp"
#include "engine/verification/ask_schedule.hpp"
#include "model/verification_record.hpp"

namespace idswitch::engine {

// account: the verification's; nullptr when it is not in the configuration any more.
AskCase ask_case(const VerificationRecord& record, const billing::ChargeBook& book,
                 const AccountRuntime* account);

// For a session that nobody finished: what the product's rule says of it, when the vendor cannot be
// asked (asked_in_vain false); unknown, when it was asked for as long as that makes sense.
Evidence unfinished_evidence(const AccountRuntime& account, const Charge& charge,
                             bool asked_in_vain);

// For a session that nobody was ever given: not charged, where only a result is.
Evidence unused_evidence(const AccountRuntime& account, const Charge& charge);

}  // namespace idswitch::engine
