#pragma once

// The numbers of ledger entries within their verifications, for entries that do not say theirs.
// Whoever writes entries numbers them; those that came by another way are counted here, and nowhere
// else. Any thread.

#include <vector>

#include "base/result.hpp"
#include "model/ledger_entry.hpp"
#include "store/ledger.hpp"

namespace idswitch::engine {

// Fills in LedgerEntry::number where it is 0; reads nothing when it is nowhere.
Result<void> number_entries(store::Ledger& ledger, std::vector<LedgerEntry>& entries);

}  // namespace idswitch::engine
