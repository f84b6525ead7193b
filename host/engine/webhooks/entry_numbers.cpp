#include "engine/webhooks/entry_numbers.hpp"

#include <algorithm>

namespace idswitch::engine {

Result<void> number_entries(store::Ledger& ledger, std::vector<LedgerEntry>& entries) {
  for (LedgerEntry& entry : entries) {
    if (entry.number != 0) continue;
    const auto all = ledger.of(entry.verification);
    if (!all) return all.error();
    const auto before = std::count_if(all->begin(), all->end(), [&](const LedgerEntry& other) {
      return other.sequence <= entry.sequence;
    });
    entry.number = static_cast<std::uint32_t>(before);
  }
  return {};
}

}  // namespace idswitch::engine
