#include "engine/traffic/ledger_step.hpp"

#include <algorithm>
#include <iterator>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

HoldStep hold_before_send(billing::ChargeBook& book, billing::Pricer& pricer,
                          billing::BudgetBook& budgets, const plugin::SendStep& send,
                          std::int64_t now_unix_ms) {
  HoldStep step;
  if (send.billable == IDSW_BILLABLE_NEVER) return step;
  const std::uint32_t call = book.call_for(pricer.account(), send.sku, send.dedupe_key,
                                           send.billable == IDSW_BILLABLE_ON_ACCEPT);
  if (book.has(pricer.account(), send.sku, send.dedupe_key, call)) return step;
  const billing::Priced worst = pricer.hold(send.sku, now_unix_ms);
  billing::Reservation reservation = budgets.reserve(book.tenant(), pricer.account(),
                                                     pricer.currency(), worst.amount, now_unix_ms);
  step.warnings = std::move(reservation.warnings);
  step.refused = std::move(reservation.exhausted);
  if (!step.refused) step.entry = book.hold(pricer, send.sku, send.dedupe_key, now_unix_ms, call);
  return step;
}

void release_hold(const LedgerEntry& hold, billing::Usage& usage, int utc_offset_min,
                  billing::BudgetBook& budgets) {
  usage.take_back(hold, utc_offset_min);
  budgets.settle(hold.tenant, hold.account, hold.currency, hold.amount, hold.at_unix_ms, Money{});
}

void book_evidence(billing::ChargeBook& book, billing::Pricer& pricer,
                   const std::vector<Evidence>& evidence, const Ending& ending,
                   std::int64_t now_unix_ms, std::vector<LedgerEntry>& entries) {
  for (auto one = evidence.begin(); one != evidence.end(); ++one) {
    // Within one operation the last word about a charge counts: a first try that was refused for an
    // expired token says "not charged" about the same charge that the second try then captures.
    const bool superseded = std::any_of(std::next(one), evidence.end(), [&](const Evidence& later) {
      return later.sku == one->sku && later.event == one->event;
    });
    if (superseded) continue;
    Evidence seen = *one;
    seen.verdict = ending.verdict;
    seen.reason = ending.reason;
    for (LedgerEntry& entry : book.apply(pricer, seen, now_unix_ms)) {
      entries.push_back(std::move(entry));
    }
  }
}

std::vector<billing::BudgetWarning> settle_budgets(billing::BudgetBook& budgets,
                                                   const billing::ChargeBook& book,
                                                   const std::vector<LedgerEntry>& entries) {
  std::vector<billing::BudgetWarning> warnings;
  for (const LedgerEntry& entry : entries) {
    std::vector<billing::BudgetWarning> more;
    if (entry.kind == EntryKind::hold) {
      more = budgets.reserve_anyway(entry.tenant, entry.account, entry.currency, entry.amount,
                                    entry.at_unix_ms);
    } else if (const auto settled = book.settlement_of(entry)) {
      more = budgets.settle(entry.tenant, settled->account, settled->currency, settled->held,
                            settled->held_at_unix_ms, settled->final_amount);
    }
    std::move(more.begin(), more.end(), std::back_inserter(warnings));
  }
  return warnings;
}

void tell_end(const Verification& verification, billing::ChargeBook& book) {
  if (verification.status != Status::completed) return;
  book.ended(verification.account,
             {verification.verdict, verification.reason, verification.vendor_code});
}

bool has_unknown(const std::vector<Evidence>& evidence) {
  return std::any_of(evidence.begin(), evidence.end(),
                     [](const Evidence& one) { return one.state == IDSW_CHARGE_UNKNOWN; });
}

}  // namespace idswitch::engine
