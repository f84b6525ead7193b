#pragma once

// Between adapters' evidence and the charge book: the hold before a request leaves, the entries
// after an operation. Pure.

#include <optional>
#include <vector>

#include "billing/charge_book.hpp"
#include "plugin/exchange.hpp"

namespace idswitch::engine {

// Nothing when the request is never billed, or its hold stands already.
std::optional<LedgerEntry> hold_before_send(billing::ChargeBook& book,
                                            const config::Account& account,
                                            const plugin::SendStep& send, std::int64_t now_unix_ms);

// Appends to entries what the evidence adds.
void book_evidence(billing::ChargeBook& book, const config::Account& account,
                   const std::vector<plugin::ChargeEvidence>& evidence, std::int64_t now_unix_ms,
                   std::vector<LedgerEntry>& entries);

bool has_unknown(const std::vector<plugin::ChargeEvidence>& evidence);

}  // namespace idswitch::engine
