#pragma once

// Booked: what a price function answers. See store::Booking for who calls it, and when. Plain
// value.

#include <optional>
#include <string>
#include <vector>

#include "model/ledger_entry.hpp"

namespace idswitch {

struct Booked {
  std::vector<LedgerEntry> entries;
  // Why not, in one sentence. Set: nothing of the whole change is applied.
  std::optional<std::string> refused;
};

}  // namespace idswitch
