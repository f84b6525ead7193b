#include "model/counts_fold.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/invariant.hpp"

namespace idswitch {
namespace {

// Whatever is asked for is there: a fold has no touch.
class Folded final : public Counts {
 public:
  Folded(std::map<UsageKey, UsageCount>& usage, std::map<SpendKey, SpendCount>& spend)
      : usage_(usage), spend_(spend) {}

  UsageCount& usage(const UsageKey& key) override { return usage_[key]; }

  SpendCount& spend(const SpendKey& key) override { return spend_[key]; }

  BudgetCount& budget(const BudgetKey&) override { broken("a fold has no budgets of its own"); }

  std::int64_t& person(const PersonKey&) override { broken("a fold keeps persons apart"); }

 private:
  std::map<UsageKey, UsageCount>& usage_;
  std::map<SpendKey, SpendCount>& spend_;
};

void put_digits(std::string& text, std::size_t at, std::size_t count, unsigned value) {
  for (std::size_t i = count; i > 0; --i, value /= 10) {
    text[at + i - 1] = static_cast<char>('0' + value % 10);
  }
}

std::array<UsageKey, 2> keys_of(const LedgerEntry& entry, const OffsetOf& offset_of,
                                bool is_money) {
  const int offset = entry.utc_offset_min ? *entry.utc_offset_min : offset_of(entry.account);
  std::string day = day_of(entry.at_unix_ms, offset);
  std::string month = day.substr(0, 7);
  const std::string sku = is_money ? std::string() : entry.sku;
  const std::string currency = is_money ? entry.currency : std::string();
  return {UsageKey{entry.account, sku, currency, std::move(day)},
          UsageKey{entry.account, sku, currency, std::move(month)}};
}

void count_money(const LedgerEntry& entry, const OffsetOf& offset_of, Counts& counts) {
  if (entry.amount == Money{}) return;
  for (const UsageKey& key : keys_of(entry, offset_of, true)) {
    UsageCount& count = counts.usage(key);
    count.amount = count.amount + entry.amount;
  }
}

}  // namespace

std::string day_of(std::int64_t at_unix_ms, int utc_offset_min) {
  namespace chrono = std::chrono;
  const chrono::sys_time<chrono::milliseconds> local(chrono::milliseconds(at_unix_ms) +
                                                     chrono::minutes(utc_offset_min));
  const chrono::year_month_day day(chrono::floor<chrono::days>(local));
  std::string text("0000-00-00");
  put_digits(text, 0, 4, static_cast<unsigned>(static_cast<int>(day.year())));
  put_digits(text, 5, 2, static_cast<unsigned>(day.month()));
  put_digits(text, 8, 2, static_cast<unsigned>(day.day()));
  return text;
}

std::string month_of(std::int64_t at_unix_ms, int utc_offset_min) {
  return day_of(at_unix_ms, utc_offset_min).substr(0, 7);
}

bool is_unit(const LedgerEntry& entry) {
  return entry.kind == EntryKind::capture && entry.place >= 0;
}

SpendCount spend_of(const LedgerEntry& entry, const Hold& hold) {
  SpendCount change;
  if (entry.kind == EntryKind::hold) {
    change.reserved = entry.amount;
    return change;
  }
  if (entry.kind != EntryKind::adjust) change.reserved = Money{} - hold.amount;
  if (entry.currency == hold.currency) change.spent = entry.amount;
  return change;
}

void count_entry(const LedgerEntry& entry, const Hold& hold, const OffsetOf& offset_of,
                 Counts& counts) {
  if (entry.kind != EntryKind::adjust) {
    counts.usage({entry.account, entry.sku, {}, {}}).open += entry.kind == EntryKind::hold ? 1 : -1;
  }
  if (is_unit(entry)) {
    for (const UsageKey& key : keys_of(entry, offset_of, false)) ++counts.usage(key).units;
  }
  if (entry.kind != EntryKind::hold) count_money(entry, offset_of, counts);
  const SpendCount change = spend_of(entry, hold);
  if (change == SpendCount{}) return;
  const int hold_offset = hold.utc_offset_min ? *hold.utc_offset_min : offset_of(entry.account);
  SpendCount& spend = counts.spend(
      {entry.tenant, entry.account, hold.currency, day_of(hold.at_unix_ms, hold_offset)});
  spend.reserved = spend.reserved + change.reserved;
  spend.spent = spend.spent + change.spent;
}

void CountsFold::take(std::span<const LedgerEntry> entries, std::uint64_t person) {
  Folded counts(usage_, spend_);
  ChargeFold charge;
  for (const LedgerEntry& entry : entries) {
    charge.take(entry);
    count_entry(entry, charge.hold, offset_of_, counts);
    if (person == 0 || !is_unit(entry)) continue;
    std::int64_t& charged_at = persons_[{entry.account, entry.sku, person}];
    charged_at = std::max(charged_at, entry.at_unix_ms);
  }
}

SpendCount CountsFold::sum(const BudgetScope& scope) const {
  SpendCount sum;
  for (const auto& [key, count] : spend_) {
    if (!is_in(scope, key)) continue;
    sum.reserved = sum.reserved + count.reserved;
    sum.spent = sum.spent + count.spent;
  }
  return sum;
}

CountsFold fold_counts(std::span<const LedgerEntry> entries, OffsetOf offset_of,
                       const std::function<std::uint64_t(VerificationId)>& person_of) {
  std::map<std::pair<VerificationId, ChargeName>, std::vector<LedgerEntry>> charges;
  for (const LedgerEntry& entry : entries) {
    charges[{entry.verification, {entry.account, entry.sku, entry.event, entry.call}}].push_back(
        entry);
  }
  CountsFold fold(std::move(offset_of));
  for (const auto& [key, charge] : charges) {
    fold.take(charge, person_of ? person_of(key.first) : 0);
  }
  return fold;
}

bool is_in(const BudgetScope& scope, const SpendKey& key) {
  return key.currency == scope.currency && key.day >= scope.first_day &&
         key.day <= scope.last_day && (scope.tenant.empty() || scope.tenant == key.tenant) &&
         (scope.accounts.empty() || std::find(scope.accounts.begin(), scope.accounts.end(),
                                              key.account) != scope.accounts.end());
}

}  // namespace idswitch
