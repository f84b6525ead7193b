#include "billing/pricer.hpp"

#include <algorithm>

#include "model/counts_fold.hpp"

namespace idswitch::billing {
namespace {

constexpr std::int64_t k_day_ms = 86'400'000;

}  // namespace

const std::string& Pricer::version(std::int64_t at_unix_ms) const {
  return version_at(terms_.contract, at_unix_ms).version;
}

const config::SkuPrice* Pricer::find_price(const std::string& sku, std::int64_t at_unix_ms) const {
  const config::ContractVersion& version = version_at(terms_.contract, at_unix_ms);
  const auto found = version.prices.find(sku);
  return found == version.prices.end() ? nullptr : &found->second;
}

std::int64_t Pricer::units_before(const std::string& sku, std::int64_t at_unix_ms) const {
  const config::SkuPrice* price = find_price(sku, at_unix_ms);
  const config::Per per = price == nullptr ? config::Per::month : price->per;
  std::string period = per == config::Per::day ? day_of(at_unix_ms, utc_offset_min())
                                               : month_of(at_unix_ms, utc_offset_min());
  return counts_.usage({std::string(account()), sku, {}, std::move(period)}).units;
}

std::int64_t Pricer::units_open(const std::string& sku) const {
  return counts_.usage({std::string(account()), sku, {}, {}}).open;
}

bool Pricer::is_person_charged(const std::string& sku, std::int64_t at_unix_ms) const {
  const config::SkuPrice* price = find_price(sku, at_unix_ms);
  if (person_ == 0 || price == nullptr || price->person_days == 0) return false;
  const std::int64_t charged_at = counts_.person({std::string(account()), sku, person_});
  return charged_at != 0 && at_unix_ms < charged_at + price->person_days * k_day_ms;
}

Priced Pricer::hold(const std::string& sku, std::int64_t at_unix_ms, bool session_charged) const {
  return worst_case(terms_.contract, sku, at_unix_ms, units_before(sku, at_unix_ms),
                    is_person_charged(sku, at_unix_ms), units_open(sku), session_charged);
}

Priced Pricer::capture(const std::string& sku, Circumstances seen) const {
  seen.units_before = units_before(sku, seen.at_unix_ms);
  seen.person_charged = is_person_charged(sku, seen.at_unix_ms);
  return price(terms_.contract, sku, seen);
}

std::optional<Priced> Pricer::capture_again(const std::string& sku, const Charged& charged,
                                            Circumstances seen) const {
  seen.at_unix_ms = charged.at_unix_ms;
  seen.units_before = std::max(charged.place, std::int64_t{0});
  return priced_again(terms_.contract, sku, charged, seen);
}

Priced Pricer::by_hand(const std::string& sku, Money amount, std::int64_t at_unix_ms) const {
  return {amount, version(at_unix_ms), {}, units_before(sku, at_unix_ms)};
}

std::optional<Reading> Pricer::reading(const std::string& sku, const Circumstances& seen) const {
  return billing::reading(terms_.contract, sku, seen);
}

KnownEnd Pricer::end_of(const std::string& sku, const Charged& charged) const {
  return end_of_rule(terms_.contract, sku, charged);
}

Distinctions Pricer::distinctions(const std::string& sku, std::int64_t at_unix_ms) const {
  return billing::distinctions(terms_.contract, sku, at_unix_ms);
}

bool Pricer::is_by_session(const std::string& sku, std::int64_t at_unix_ms) const {
  return group_at(terms_.contract, sku, at_unix_ms) == config::Group::session;
}

Spender Pricer::spender(const Hold& hold) const {
  return {tenant_, account(), hold.currency, hold.at_unix_ms,
          hold.utc_offset_min.value_or(utc_offset_min())};
}

std::optional<Exhausted> Pricer::refusal(const LedgerEntry& hold) const {
  // A spender borrows the currency: what it is made of outlives it.
  const Hold own{hold.amount, hold.currency, hold.at_unix_ms, hold.utc_offset_min};
  const Spender spender = this->spender(own);
  return terms_.budgets.refusal(terms_.budgets.of(spender), spender, hold.amount, counts_);
}

void Pricer::take(const LedgerEntry& entry, const Hold& hold) {
  // Before the spend moves: a budget that is not there yet is made of it.
  const SpendCount change = spend_of(entry, hold);
  if (change != SpendCount{}) {
    terms_.budgets.add(terms_.budgets.of(spender(hold)), change, counts_, warnings_);
  }
  count_entry(
      entry, hold, [this](std::string_view) { return utc_offset_min(); }, counts_);
  if (person_ == 0 || !is_unit(entry)) return;
  const config::SkuPrice* price = find_price(entry.sku, entry.at_unix_ms);
  if (price == nullptr || price->person_days == 0) return;
  std::int64_t& charged_at = counts_.person({entry.account, entry.sku, person_});
  charged_at = std::max(charged_at, entry.at_unix_ms);
}

}  // namespace idswitch::billing
