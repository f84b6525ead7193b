#pragma once

// What can be wrong with a ledger, by name, and what a check of all of it found. Plain values.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/verification_id.hpp"

namespace idswitch::store {

enum class LedgerFaultKind : std::uint8_t {
  chain_broken,          // the chain does not follow from the entry and the one before
  sequence_gap,          // sequences are not one apart: entries are missing before this one
  kind_unknown,          // neither hold, capture, void nor adjust
  slot_wrong,            // the slot is not one of its kind
  slot_taken,            // the charge has another entry in this slot: a second hold or resolution
  amount_wrong,          // a hold or capture below zero, or a void that is not zero
  hold_missing,          // the charge has no hold
  hold_late,             // another entry of the charge comes before its hold
  currency_differs,      // not the currency of the charge's first entry
  tenant_differs,        // not the tenant of the charge's first entry
  balance_negative,      // capture and adjustments come to less than nothing
  balance_open,          // adjustments amount to something although nothing resolved the charge
  verification_missing,  // there is no such verification of this tenant
  index_differs,         // the index of charges does not have as many entries as the ledger
  end_differs,           // it does not end where the writer says that it ends
  checkpoint_differs,    // the entry is not what was noted of it while it was written
  hold_unasked,          // a hold that nobody has resolved has no next time to ask
  count_differs,         // a count of usage, spend or a budget is not what the entries come to
};

inline constexpr std::size_t k_ledger_fault_kinds = 18;

// "chain_broken", ...
std::string_view name_of(LedgerFaultKind kind);

// One sentence for people.
std::string_view meaning_of(LedgerFaultKind kind);

struct LedgerFault {
  LedgerFaultKind kind{};
  std::uint64_t sequence = 0;   // of the entry; 0: of no single one
  VerificationId verification;  // of the entry, as it says
  std::string account, sku, event;
  std::uint32_t call = 1;
};

// An entry and its chain, as a check has found them.
struct LedgerMark {
  std::uint64_t sequence = 0;  // 0: before the first
  std::array<std::uint8_t, 32> chain{};
};

struct LedgerCheck {
  std::size_t listed_max = 100;  // of faults; all are counted
  // Asked between pages, some tens of milliseconds apart; false ends the check with an error.
  std::function<bool()> goes_on = {};
  // What came after it, and the charges that this is about; counts are not looked at then. 0: all.
  LedgerMark after = {};
  // Of an account's contract, for counts by the day; null: 0.
  std::function<int(std::string_view account)> utc_offset_min = {};
};

struct LedgerFaults {
  std::vector<LedgerFault> listed;                           // the first ones found
  std::array<std::uint64_t, k_ledger_fault_kinds> counts{};  // by LedgerFaultKind
  std::uint64_t entries = 0;                                 // looked at
  std::uint64_t charges = 0;
  std::uint64_t last_sequence = 0;  // as far as the check reached; 0: the ledger is empty
  // The last entry's chain: note it elsewhere, and entries that go missing at the end are seen.
  std::array<std::uint8_t, 32> last_chain{};

  std::uint64_t total() const;
};

}  // namespace idswitch::store
