#include "engine/ledger_step.hpp"

#include <algorithm>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

std::optional<LedgerEntry> hold_before_send(billing::ChargeBook& book,
                                            const config::Account& account,
                                            const plugin::SendStep& send,
                                            std::int64_t now_unix_ms) {
  if (send.billable == IDSW_BILLABLE_NEVER) return {};
  const std::string key = book.key_for(account.name, send.sku, send.dedupe_key,
                                       send.billable == IDSW_BILLABLE_ON_ACCEPT);
  return book.hold(account.name, account.contract, send.sku, key, now_unix_ms);
}

void book_evidence(billing::ChargeBook& book, const config::Account& account,
                   const std::vector<plugin::ChargeEvidence>& evidence, std::int64_t now_unix_ms,
                   std::vector<LedgerEntry>& entries) {
  for (auto one = evidence.begin(); one != evidence.end(); ++one) {
    // Within one operation the last word about a charge counts: a first try that was refused for an
    // expired token says "not charged" about the same charge that the second try then captures.
    const bool superseded =
        std::any_of(std::next(one), evidence.end(), [&](const plugin::ChargeEvidence& later) {
          return later.sku == one->sku && later.dedupe_key == one->dedupe_key;
        });
    if (superseded) continue;
    billing::Evidence seen{one->state,
                           one->source,
                           one->sku,
                           book.latest_key(account.name, one->sku, one->dedupe_key),
                           one->vendor_reference,
                           one->vendor_code};
    for (LedgerEntry& entry : book.apply(account.name, account.contract, seen, now_unix_ms)) {
      entries.push_back(std::move(entry));
    }
  }
}

bool has_unknown(const std::vector<plugin::ChargeEvidence>& evidence) {
  return std::any_of(evidence.begin(), evidence.end(), [](const plugin::ChargeEvidence& one) {
    return one.state == IDSW_CHARGE_UNKNOWN;
  });
}

}  // namespace idswitch::engine
