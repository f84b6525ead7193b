#include "reconcile/statement_settlement.hpp"

namespace idswitch::engine {
namespace {

using billing::LedgerCharge;
using billing::StatementLine;

bool is_usable(const StatementLine& line, const LedgerCharge& charge) {
  return line.units == 1 && line.amount >= Money{} && line.currency == charge.currency;
}

std::string note_of(const StatementReading& reading, const StatementLine* line) {
  if (line == nullptr) return "no line of the statement " + reading.statement + " has it";
  return "statement " + reading.statement + ", line " + std::to_string(line->line) + ": " +
         line->amount.text() + " " + line->currency;
}

}  // namespace

std::optional<StatementSettlement> settlement_of(const ReconciledRow& row,
                                                 const StatementReading& reading) {
  if (row.charge == nullptr) return {};
  const LedgerCharge& charge = *row.charge;
  if (charge.state != ChargeState::unknown && !charge.is_disputed) return {};
  if (row.line == nullptr ? !reading.is_complete : !is_usable(*row.line, charge)) return {};
  StatementSettlement settlement;
  settlement.verification = charge.verification;
  settlement.charge = {reading.account, charge.sku, charge.event, charge.call};
  settlement.word.actor = reading.actor;
  settlement.word.note = note_of(reading, row.line);
  if (row.line == nullptr) return settlement;
  if (row.line->amount > Money{}) settlement.word.charged = row.line->amount;
  if (!row.line->references.empty()) {
    settlement.word.vendor_reference = row.line->references.front();
  }
  return settlement;
}

}  // namespace idswitch::engine
