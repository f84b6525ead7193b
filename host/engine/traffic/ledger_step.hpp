#pragma once

// Between adapters' evidence, the charge book and the budgets: the hold before a request leaves,
// the entries after an operation, what they mean for the budgets. No clock, no I/O. A Pricer and a
// BudgetBook are used under the lock that guards Usage and budgets.

#include <optional>
#include <vector>

#include "billing/budget_book.hpp"
#include "billing/charge_book.hpp"
#include "plugin/exchange.hpp"

namespace idswitch::engine {

struct HoldStep {
  // To be made durable before the request leaves. Nothing when the request is never billed, its
  // hold stands already, or a budget refuses. When it cannot be made durable, call release_hold.
  std::optional<LedgerEntry> entry;
  std::optional<billing::Exhausted> refused;  // nothing was held, and nothing may be sent
  std::vector<billing::BudgetWarning> warnings;
};

// Reserves with the budgets, and holds.
HoldStep hold_before_send(billing::ChargeBook& book, billing::Pricer& pricer,
                          billing::BudgetBook& budgets, const plugin::SendStep& send,
                          std::int64_t now_unix_ms);

// Takes back a hold of hold_before_send that was not written. The charge book that made it still
// has it: nothing may be sent on the strength of that book any more.
void release_hold(const LedgerEntry& hold, billing::Usage& usage, int utc_offset_min,
                  billing::BudgetBook& budgets);

// Appends to entries what the evidence adds. ending: how the verification ended, as far as the
// operation says; captures are priced by it.
void book_evidence(billing::ChargeBook& book, billing::Pricer& pricer,
                   const std::vector<Evidence>& evidence, const Ending& ending,
                   std::int64_t now_unix_ms, std::vector<LedgerEntry>& entries);

// Tells the budgets what entries of book_evidence and ChargeBook::end mean, each entry once. The
// holds of hold_before_send are reserved already and must not be among them.
std::vector<billing::BudgetWarning> settle_budgets(billing::BudgetBook& budgets,
                                                   const billing::ChargeBook& book,
                                                   const std::vector<LedgerEntry>& entries);

// Tells a book that was read from the ledger how the verification ended, when it has: what comes in
// later is priced by that.
void tell_end(const Verification& verification, billing::ChargeBook& book);

bool has_unknown(const std::vector<Evidence>& evidence);

}  // namespace idswitch::engine
