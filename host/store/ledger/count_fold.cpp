#include "store/ledger/count_fold.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace idswitch::store {
namespace {

// "2026-11-28", by a fixed offset from UTC.
std::string day_of(std::int64_t at_unix_ms, int utc_offset_min) {
  namespace chrono = std::chrono;
  const auto local = chrono::milliseconds(at_unix_ms) + chrono::minutes(utc_offset_min);
  const chrono::year_month_day date(chrono::sys_days(chrono::floor<chrono::days>(local)));
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text;
}

constexpr std::size_t k_month_bytes = std::string_view("2026-11").size();

}  // namespace

void CountFold::take(const LedgerLine& line) {
  const int offset = utc_offset_min_ ? utc_offset_min_(line.account) : 0;
  const std::string day = day_of(line.at_unix_ms, offset);
  const std::string account(line.account);
  const std::string sku(line.sku);
  const Money amount{line.amount_micros};
  switch (static_cast<EntryKind>(line.kind)) {
    case EntryKind::hold:
      key_ = {std::string(line.tenant), account, std::string(line.currency), day};
      held_ = amount;
      spend_[key_].reserved = spend_[key_].reserved + held_;
      ++usage_[{account, sku, {}, {}}].open;
      return;
    case EntryKind::capture:
    case EntryKind::void_:
      spend_[key_].reserved = spend_[key_].reserved - held_;
      --usage_[{account, sku, {}, {}}].open;
      break;
    case EntryKind::adjust: break;
  }
  charge(line, day, is_unit(line));
}

void CountFold::charge(const LedgerLine& line, const std::string& day, bool is_counted) {
  const std::string account(line.account);
  for (const std::string& period : {day, day.substr(0, k_month_bytes)}) {
    if (is_counted) ++usage_[{account, std::string(line.sku), {}, period}].units;
    if (line.amount_micros == 0) continue;
    Money& charged = usage_[{account, {}, std::string(line.currency), period}].amount;
    charged.micros += line.amount_micros;
  }
  spend_[key_].spent.micros += line.amount_micros;
}

Result<void> CountFold::take_all(Database& database) {
  Statement all(database, "SELECT " + std::string(k_line_columns) +
                              " FROM ledger_entry INDEXED BY ledger_entry_once ORDER BY " +
                              std::string(k_charge_order));
  if (const auto prepared = database.prepared(); !prepared) return prepared;
  Rows rows(all);
  while (rows.next()) take(line_of(all));
  if (rows.failed()) return database.error();
  return {};
}

SpendCount CountFold::sum(const BudgetScope& scope) const {
  SpendCount sum;
  for (const auto& [key, count] : spend_) {
    const bool is_in =
        key.day >= scope.first_day && key.day <= scope.last_day && key.currency == scope.currency &&
        (scope.tenant.empty() || key.tenant == scope.tenant) &&
        (scope.accounts.empty() || std::find(scope.accounts.begin(), scope.accounts.end(),
                                             key.account) != scope.accounts.end());
    if (!is_in) continue;
    sum.reserved = sum.reserved + count.reserved;
    sum.spent = sum.spent + count.spent;
  }
  return sum;
}

}  // namespace idswitch::store
