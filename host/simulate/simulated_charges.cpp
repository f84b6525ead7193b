#include "simulate/simulated_charges.hpp"

#include <algorithm>
#include <limits>

#include "billing/pricing.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t k_day_ms = 86'400'000;

// Between these counts of units nothing changes.
std::int64_t bracket_of(const config::SkuPrice& price, std::int64_t units) {
  std::int64_t bracket = units >= price.free_units ? 1 : 0;
  for (const config::Tier& tier : price.tiers) bracket += units >= tier.from_units ? 1 : 0;
  return bracket;
}

}  // namespace

std::uint32_t verdict_of(routing::End end) {
  switch (end) {
    case routing::End::pass: return IDSW_VERDICT_PASS;
    case routing::End::fail: return IDSW_VERDICT_FAIL;
    case routing::End::inconclusive: return IDSW_VERDICT_INCONCLUSIVE;
    case routing::End::abandoned: break;
  }
  return 0;
}

SimulatedCharges::SimulatedCharges(const AccountRuntime& account, std::int64_t people,
                                   std::int64_t begins_unix_ms)
    : account_(account), contract_(account.config.contract), settled_unix_ms_(begins_unix_ms) {
  for (std::size_t sku = 0; sku < sku_count(); ++sku) {
    const auto& once = account.once_skus;
    if (std::find(once.begin(), once.end(), account.skus[sku]) != once.end()) {
      charged_at_[sku].assign(static_cast<std::size_t>(people), k_never);
    }
  }
}

std::size_t SimulatedCharges::sku_count() const {
  return std::min(account_.skus.size(), routing::k_skus_max);
}

SimulatedCharges::Today& SimulatedCharges::today(std::int64_t at_unix_ms) {
  Today& today = today_;
  if (at_unix_ms >= today.day.begin_unix_ms && at_unix_ms < today.day.end_unix_ms) return today;
  const int offset = contract_.utc_offset_min;
  today.day = billing::period_of(at_unix_ms, config::Per::day, offset);
  for (const config::Per per : {config::Per::day, config::Per::month}) {
    const std::string period = billing::period_name(at_unix_ms, per, offset);
    const std::string& account = account_.config.name;
    const auto by = static_cast<std::size_t>(per);
    today.money[by] = &counts_.usage({account, {}, contract_.currency, period});
    for (std::size_t sku = 0; sku < sku_count(); ++sku) {
      today.units[by][sku] = &counts_.usage({account, account_.skus[sku], {}, period});
    }
  }
  return today;
}

std::int64_t SimulatedCharges::units(std::size_t sku, const config::SkuPrice& price,
                                     std::int64_t at_unix_ms) {
  if (price.free_units == 0 && price.tiers.empty()) return 0;
  return today(at_unix_ms).units[static_cast<std::size_t>(price.per)][sku]->units;
}

bool SimulatedCharges::is_person_charged(std::size_t sku, const config::SkuPrice& price,
                                         std::int64_t at_unix_ms, std::int64_t person) const {
  if (price.person_days == 0 || person < 0 || charged_at_[sku].empty()) return false;
  const std::int64_t charged = charged_at_[sku][static_cast<std::size_t>(person)];
  return charged != k_never && at_unix_ms < charged + price.person_days * k_day_ms;
}

Money SimulatedCharges::charged_in_period(std::int64_t at_unix_ms) {
  const config::Per per = billing::version_at(contract_, at_unix_ms).minimum_per;
  return today(at_unix_ms).money[static_cast<std::size_t>(per)]->amount;
}

const SimulatedCharges::Prices& SimulatedCharges::prices(std::int64_t at_unix_ms,
                                                         std::int64_t person) {
  Key key;
  key.version = &billing::version_at(contract_, at_unix_ms);
  if (key.version->minimum > Money{}) {
    const billing::Period period =
        billing::period_of(at_unix_ms, key.version->minimum_per, contract_.utc_offset_min);
    key.is_swallowed =
        billing::minimum_swallows(*key.version, charged_in_period(at_unix_ms), period, at_unix_ms);
  }
  std::array<std::int64_t, routing::k_skus_max> units_before{};
  for (std::size_t sku = 0; sku < sku_count(); ++sku) {
    const auto price = key.version->prices.find(account_.skus[sku]);
    if (price == key.version->prices.end()) continue;
    units_before[sku] = units(sku, price->second, at_unix_ms);
    key.bracket[sku] = bracket_of(price->second, units_before[sku]);
    key.person_charged[sku] = is_person_charged(sku, price->second, at_unix_ms, person);
  }
  if (has_prices_ && key == key_) return prices_;
  key_ = key;
  has_prices_ = true;
  prices_ = {};
  for (std::size_t sku = 0; sku < sku_count() && !key.is_swallowed; ++sku) {
    for (std::size_t end = 0; end < routing::k_ends; ++end) {
      prices_[sku][end] = billing::price_at_end(contract_, account_.skus[sku], at_unix_ms,
                                                verdict_of(static_cast<routing::End>(end)),
                                                units_before[sku], key.person_charged[sku])
                              .micros;
    }
  }
  return prices_;
}

void SimulatedCharges::charge(std::size_t sku, std::int64_t at_unix_ms, std::int64_t person,
                              routing::End end) {
  if (sku >= sku_count()) return;
  const config::ContractVersion& version = billing::version_at(contract_, at_unix_ms);
  const auto price = version.prices.find(account_.skus[sku]);
  if (price == version.prices.end()) return;
  settle_minimum(at_unix_ms, false);
  billing::Circumstances circumstances;
  circumstances.at_unix_ms = at_unix_ms;
  circumstances.verdict = verdict_of(end);
  circumstances.units_before = units(sku, price->second, at_unix_ms);
  circumstances.person_charged = is_person_charged(sku, price->second, at_unix_ms, person);
  const billing::Priced priced = billing::price(contract_, account_.skus[sku], circumstances);
  Today& counts = today(at_unix_ms);
  for (const std::size_t per : {0, 1}) {
    if (priced.place >= 0) ++counts.units[per][sku]->units;
    counts.money[per]->amount = counts.money[per]->amount + priced.amount;
  }
  charged_ = charged_ + priced.amount;
  if (person >= 0 && !charged_at_[sku].empty() && !circumstances.person_charged) {
    charged_at_[sku][static_cast<std::size_t>(person)] = at_unix_ms;
  }
}

void SimulatedCharges::settle_minimum(std::int64_t until_unix_ms, bool last) {
  while (settled_unix_ms_ < until_unix_ms) {
    const config::ContractVersion& version = billing::version_at(contract_, settled_unix_ms_);
    const billing::Period period =
        billing::period_of(settled_unix_ms_, version.minimum_per, contract_.utc_offset_min);
    if (period.end_unix_ms > until_unix_ms && !last) return;
    const std::int64_t end = std::min(period.end_unix_ms, until_unix_ms);
    const Wide owed = Wide{version.minimum.micros} * (end - settled_unix_ms_) /
                      (period.end_unix_ms - period.begin_unix_ms);
    const Money charged = charged_in_period(settled_unix_ms_);
    const Money missing{static_cast<std::int64_t>(owed) - charged.micros};
    if (missing > Money{}) minimum_missing_ = minimum_missing_ + missing;
    settled_unix_ms_ = end;
  }
}

}  // namespace idswitch::engine
