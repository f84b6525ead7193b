#pragma once

// EventName: which event of a charge is meant: the verification, and the number of the ledger entry
// within it. The same in every engine and for ever. Plain value.

#include <compare>
#include <cstdint>

#include "model/verification_id.hpp"

namespace idswitch {

struct EventName {
  VerificationId verification;
  std::uint32_t number = 0;  // LedgerEntry::number, from 1; 0 = none is meant

  friend auto operator<=>(const EventName&, const EventName&) = default;
};

}  // namespace idswitch
