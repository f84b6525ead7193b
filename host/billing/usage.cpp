#include "billing/usage.hpp"

#include "billing/period.hpp"
#include "billing/rule.hpp"

namespace idswitch::billing {
namespace {

// The element of this name, made when there is none; the name is copied only then.
template <typename Map>
typename Map::mapped_type& element(Map& map, const std::string& name) {
  const auto found = map.find(name);
  return found == map.end() ? map[name] : found->second;
}

}  // namespace

void Usage::Recent::add(std::int64_t period, std::int64_t value) {
  if (!latest_.is_set || period > latest_.period) {
    before_ = latest_;
    latest_ = {period, 0, true};
  }
  if (period == latest_.period) {
    latest_.value += value;
    return;
  }
  if (!before_.is_set || period > before_.period) before_ = {period, 0, true};
  if (period == before_.period) before_.value += value;
}

std::int64_t Usage::Recent::sum(std::int64_t period) const {
  if (latest_.is_set && latest_.period == period) return latest_.value;
  if (before_.is_set && before_.period == period) return before_.value;
  return 0;
}

void Usage::Counter::add(std::int64_t at_unix_ms, int utc_offset_min, std::int64_t value) {
  for (const config::Per per : {config::Per::day, config::Per::month}) {
    by_per[std::size_t(per)].add(period_number(at_unix_ms, per, utc_offset_min), value);
  }
}

std::int64_t Usage::Counter::sum(config::Per per, std::int64_t at_unix_ms,
                                 int utc_offset_min) const {
  return by_per[std::size_t(per)].sum(period_number(at_unix_ms, per, utc_offset_min));
}

void Usage::count(const LedgerEntry& entry, int utc_offset_min, std::int64_t sign) {
  Account& account = element(accounts_, entry.account);
  Units& units = element(account.by_sku, entry.sku);
  const auto add_money = [&] {
    element(account.by_currency, entry.currency)
        .add(entry.at_unix_ms, utc_offset_min, sign * entry.amount.micros);
  };
  switch (entry.kind) {
    case EntryKind::hold: units.open += sign; break;
    case EntryKind::void_: units.open -= sign; break;
    case EntryKind::capture:
      units.open -= sign;
      if (is_unit(entry.rule, entry.sku)) {
        units.charged.add(entry.at_unix_ms, utc_offset_min, sign);
      }
      add_money();
      break;
    case EntryKind::adjust:
      if (entry.amount != Money{}) add_money();
      break;
  }
}

void Usage::take(const LedgerEntry& entry, int utc_offset_min) {
  count(entry, utc_offset_min, 1);
}

void Usage::take_back(const LedgerEntry& entry, int utc_offset_min) {
  count(entry, utc_offset_min, -1);
}

const Usage::Units* Usage::find_units(std::string_view account, std::string_view sku) const {
  const auto found = accounts_.find(account);
  if (found == accounts_.end()) return nullptr;
  const auto units = found->second.by_sku.find(sku);
  return units == found->second.by_sku.end() ? nullptr : &units->second;
}

std::int64_t Usage::units(std::string_view account, std::string_view sku, config::Per per,
                          std::int64_t at_unix_ms, int utc_offset_min) const {
  const Units* found = find_units(account, sku);
  return found == nullptr ? 0 : found->charged.sum(per, at_unix_ms, utc_offset_min);
}

std::int64_t Usage::units_open(std::string_view account, std::string_view sku) const {
  const Units* found = find_units(account, sku);
  return found == nullptr ? 0 : found->open;
}

Money Usage::charged(std::string_view account, std::string_view currency, config::Per per,
                     std::int64_t at_unix_ms, int utc_offset_min) const {
  const auto found = accounts_.find(account);
  if (found == accounts_.end()) return {};
  const auto money = found->second.by_currency.find(currency);
  if (money == found->second.by_currency.end()) return {};
  return Money{money->second.sum(per, at_unix_ms, utc_offset_min)};
}

}  // namespace idswitch::billing
