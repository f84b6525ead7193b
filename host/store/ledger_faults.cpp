#include "store/ledger_faults.hpp"

#include <numeric>

namespace idswitch::store {
namespace {

struct Words {
  std::string_view name;
  std::string_view meaning;
};

// By LedgerFaultKind.
constexpr std::array<Words, k_ledger_fault_kinds> k_words = {{
    {"chain_broken", "the entry was changed, or entries before it were removed or put in"},
    {"sequence_gap", "entries are missing before this one"},
    {"kind_unknown", "the entry is neither hold, capture, void nor adjust"},
    {"slot_wrong", "the entry's slot is not one of its kind"},
    {"slot_taken", "the charge has a second hold, or is resolved twice"},
    {"amount_wrong", "a hold or a capture is below zero, or a void is not zero"},
    {"hold_missing", "the charge was never held"},
    {"hold_late", "the charge was held after something else had happened to it"},
    {"currency_differs", "the currency is not that of the charge"},
    {"tenant_differs", "the tenant is not that of the charge"},
    {"balance_negative", "adjustments take more away than was captured"},
    {"balance_open", "adjustments amount to something, and the charge is still open"},
    {"verification_missing", "the tenant has no verification that this charge is for"},
    {"index_differs", "the index of charges has not as many entries as the ledger"},
    {"end_differs", "the ledger does not end where its writer says: the newest entries are gone"},
    {"checkpoint_differs", "the entry is not the one that was noted while it was written"},
    {"hold_unasked", "the charge is open, and nobody will ask how it ended"},
    {"count_differs", "a count of usage, spend or a budget is not what the entries come to"},
}};

}  // namespace

std::string_view name_of(LedgerFaultKind kind) {
  return k_words[static_cast<std::size_t>(kind)].name;
}

std::string_view meaning_of(LedgerFaultKind kind) {
  return k_words[static_cast<std::size_t>(kind)].meaning;
}

std::uint64_t LedgerFaults::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

}  // namespace idswitch::store
