#pragma once

// ReconciliationRows: lines, charges and what matching needs of them, as rows of scratch tables.
// Plain functions; any thread.

#include <string>
#include <string_view>

#include "reconcile/line_matching.hpp"

namespace idswitch::engine {

std::string bytes_of(const billing::StatementLine& line);
billing::StatementLine line_of(std::string_view bytes);

std::string bytes_of(const billing::LedgerCharge& charge);
billing::LedgerCharge charge_of(std::string_view bytes);

std::string bytes_of(const billing::MatchItem& item);
billing::MatchItem item_of(std::string_view bytes);

// What billing::charge_of reads of an entry.
std::string bytes_of(const LedgerEntry& entry);
LedgerEntry entry_of(std::string_view bytes);

// Entries sort by charge, and within a charge as the ledger has them: its last eight bytes.
std::string charge_key(const LedgerEntry& entry);

}  // namespace idswitch::engine
