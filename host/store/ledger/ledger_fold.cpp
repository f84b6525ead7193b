#include "store/ledger/ledger_fold.hpp"

#include <algorithm>
#include <string>

namespace idswitch::store {
namespace {

constexpr std::int64_t k_amount_max = 1'000'000'000'000'000;

bool is_of(const LedgerEntry& entry, const LedgerLine& line) {
  return entry.verification.high == static_cast<std::uint64_t>(line.verification) &&
         entry.call == static_cast<std::uint32_t>(line.call) && entry.event == line.event &&
         entry.sku == line.sku && entry.account == line.account;
}

OffsetOf or_none(OffsetOf offset_of) {
  if (offset_of) return offset_of;
  return [](std::string_view) { return 0; };
}

}  // namespace

LedgerFold::LedgerFold(OffsetOf offset_of) : counts_(or_none(std::move(offset_of))) {}

void LedgerFold::take(const LedgerLine& line) {
  if (!charge_.empty() && !is_of(charge_.front(), line)) end();
  LedgerEntry entry = entry_of(line);
  // What somebody has written into the file may be more than can be added up.
  entry.amount.micros = std::clamp(entry.amount.micros, -k_amount_max, k_amount_max);
  charge_.push_back(std::move(entry));
}

void LedgerFold::end() {
  if (!charge_.empty()) counts_.take(charge_);
  charge_.clear();
}

Result<CountsFold> fold_ledger(Database& database, OffsetOf offset_of) {
  Statement all(database, "SELECT " + std::string(k_line_columns) +
                              " FROM ledger_entry INDEXED BY ledger_entry_once ORDER BY " +
                              std::string(k_charge_order));
  if (const auto prepared = database.prepared(); !prepared) return prepared.error();
  LedgerFold fold(std::move(offset_of));
  Rows rows(all);
  while (rows.next()) fold.take(line_of(all));
  if (rows.failed()) return database.error();
  fold.end();
  return fold.counts();
}

}  // namespace idswitch::store
