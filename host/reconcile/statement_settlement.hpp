#pragma once

// StatementSettlement: what a vendor's statement says about a charge whose end nobody knows, as the
// word of the person who takes it over. A proposal: nothing is written by it. Pure; any thread.

#include <optional>
#include <string>

#include "billing/charge_book.hpp"
#include "reconcile/reconciliation_run.hpp"

namespace idswitch::engine {

struct StatementSettlement {
  VerificationId verification;
  ChargeName charge;
  billing::HandWritten word;
};

struct StatementReading {
  std::string account;
  std::string actor;
  std::string statement;     // its file's name, for the note
  bool is_complete = false;  // what stands in no line of it was not charged
};

// Of a row of reconcile(): an unknown or disputed charge that a line names, at the line's amount;
// one that no line has, when the statement is complete. Nothing for any other row: a line that
// stands for several units, a credit, another currency, or a charge that is only held (its vendor
// is still asked).
std::optional<StatementSettlement> settlement_of(const ReconciledRow& row,
                                                 const StatementReading& reading);

}  // namespace idswitch::engine
