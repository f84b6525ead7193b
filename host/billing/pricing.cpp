#include "billing/pricing.hpp"

#include <algorithm>

namespace idswitch::billing {
namespace {

__extension__ using Wide = __int128;

using config::OutcomePrice;
using config::SkuPrice;

Rule rule_of(Rule::Kind kind, std::string_view sku, std::size_t index = 0) {
  return {kind, std::string(sku), index};
}

const SkuPrice* find_price(const config::ContractVersion& version, std::string_view sku) {
  const auto found = std::find_if(version.prices.begin(), version.prices.end(),
                                  [&](const auto& one) { return one.first == sku; });
  return found == version.prices.end() ? nullptr : &found->second;
}

bool matches(const OutcomePrice& outcome, const Circumstances& seen) {
  return (outcome.verdict == 0 || outcome.verdict == seen.verdict) &&
         (outcome.reason == 0 || outcome.reason == seen.reason) &&
         (outcome.vendor_code.empty() || outcome.vendor_code == seen.vendor_code ||
          outcome.vendor_code == seen.end_code) &&
         (!seen.charged_anyway || outcome.charged != false);
}

// Index of the first that matches; size() = none.
std::size_t first_match(const std::vector<OutcomePrice>& outcomes, const Circumstances& seen) {
  const auto found = std::find_if(outcomes.begin(), outcomes.end(),
                                  [&](const OutcomePrice& one) { return matches(one, seen); });
  return static_cast<std::size_t>(found - outcomes.begin());
}

// Fills amount and rule by volume alone.
void by_volume(const SkuPrice& price, std::string_view sku, std::int64_t units_before,
               Priced& priced) {
  priced.amount = price.price;
  priced.rule = rule_of(Rule::Kind::price, sku);
  for (std::size_t i = 0; i < price.tiers.size(); ++i) {
    if (units_before < price.tiers[i].from_units) break;
    priced.amount = price.tiers[i].price;
    priced.rule = rule_of(Rule::Kind::tier, sku, i);
  }
}

void by_outcome(const SkuPrice& price, std::string_view sku, std::size_t index, Priced& priced) {
  priced.amount = price.outcomes[index].price;
  priced.rule = rule_of(Rule::Kind::outcome, sku, index);
}

// The dearest end of a unit at this place in the volume.
Priced dearest_end(const config::Contract& contract, const SkuPrice& price, std::string_view sku,
                   const Circumstances& unknown_end) {
  Priced dearest;
  bool any = false;
  const auto consider = [&](Priced priced) {
    if (!any || priced.amount > dearest.amount) dearest = std::move(priced);
    any = true;
  };
  for (const OutcomePrice& outcome : price.outcomes) {
    // The end that the line describes, and no more: price() leads to this line, or to an earlier
    // one that covers it.
    Circumstances end = unknown_end;
    end.verdict = outcome.verdict;
    end.reason = outcome.reason;
    end.vendor_code = outcome.vendor_code;
    consider(billing::price(contract, sku, end));
  }
  // An end without verdict, reason and code: no line but one for everything matches.
  consider(billing::price(contract, sku, unknown_end));
  return dearest;
}

}  // namespace

bool charges_persons(const config::Contract& contract) {
  return std::any_of(contract.versions.begin(), contract.versions.end(), [](const auto& version) {
    return std::any_of(version.prices.begin(), version.prices.end(),
                       [](const auto& price) { return price.second.person_days > 0; });
  });
}

const config::ContractVersion& version_at(const config::Contract& contract,
                                          std::int64_t at_unix_ms) {
  static const config::ContractVersion k_none{"", 0, {}, {}, {}, {}};
  if (contract.versions.empty()) return k_none;
  const auto next = std::find_if(
      contract.versions.begin() + 1, contract.versions.end(),
      [&](const config::ContractVersion& one) { return one.from_unix_ms > at_unix_ms; });
  return *(next - 1);
}

Priced price(const config::Contract& contract, std::string_view sku,
             const Circumstances& circumstances) {
  const config::ContractVersion& version = version_at(contract, circumstances.at_unix_ms);
  Priced priced;
  priced.version = version.version;
  const SkuPrice* found = find_price(version, sku);
  if (found == nullptr) {
    priced.place = circumstances.units_before;
    return priced;
  }
  if (found->person_days > 0 && circumstances.person_charged) {
    priced.rule = rule_of(Rule::Kind::charged_once, sku);
    return priced;
  }
  if (found->group == config::Group::session && circumstances.session_charged) {
    priced.rule = rule_of(Rule::Kind::group, sku);
    return priced;
  }
  priced.place = circumstances.units_before;
  if (circumstances.units_before < found->free_units) {
    priced.rule = rule_of(Rule::Kind::free_units, sku);
    return priced;
  }
  const std::size_t outcome = first_match(found->outcomes, circumstances);
  if (outcome < found->outcomes.size()) {
    by_outcome(*found, sku, outcome, priced);
  } else {
    by_volume(*found, sku, circumstances.units_before, priced);
  }
  return priced;
}

std::optional<Reading> reading(const config::Contract& contract, std::string_view sku,
                               const Circumstances& circumstances) {
  const SkuPrice* found = find_price(version_at(contract, circumstances.at_unix_ms), sku);
  if (found == nullptr) return {};
  for (std::size_t i = 0; i < found->outcomes.size(); ++i) {
    const OutcomePrice& outcome = found->outcomes[i];
    if (!outcome.charged || !matches(outcome, circumstances)) continue;
    return Reading{*outcome.charged, rule_of(Rule::Kind::outcome, sku, i)};
  }
  return {};
}

KnownEnd end_of_rule(const config::Contract& contract, std::string_view sku,
                     const Charged& charged) {
  const config::ContractVersion& valid = version_at(contract, charged.at_unix_ms);
  const SkuPrice* found = find_price(valid, sku);
  if (found == nullptr || valid.version != charged.version) return {};
  if (charged.rule.kind != Rule::Kind::outcome || charged.rule.index >= found->outcomes.size()) {
    return {};
  }
  const OutcomePrice& outcome = found->outcomes[charged.rule.index];
  return {outcome.verdict, outcome.reason};
}

Distinctions distinctions(const config::Contract& contract, std::string_view sku,
                          std::int64_t at_unix_ms) {
  Distinctions distinctions;
  const SkuPrice* found = find_price(version_at(contract, at_unix_ms), sku);
  if (found == nullptr) return distinctions;
  for (const OutcomePrice& outcome : found->outcomes) {
    distinctions.codes = distinctions.codes || !outcome.vendor_code.empty();
    distinctions.readings = distinctions.readings || outcome.charged.has_value();
  }
  return distinctions;
}

config::Group group_at(const config::Contract& contract, std::string_view sku,
                       std::int64_t at_unix_ms) {
  const SkuPrice* found = find_price(version_at(contract, at_unix_ms), sku);
  return found == nullptr ? config::Group::call : found->group;
}

Priced worst_case(const config::Contract& contract, std::string_view sku, std::int64_t at_unix_ms,
                  std::int64_t units_before, bool person_charged, std::int64_t units_open,
                  bool session_charged) {
  Circumstances at_start;
  at_start.at_unix_ms = at_unix_ms;
  at_start.units_before = units_before;
  at_start.person_charged = person_charged;
  at_start.session_charged = session_charged;
  const SkuPrice* found = find_price(version_at(contract, at_unix_ms), sku);
  if (found == nullptr) return price(contract, sku, at_start);
  Priced worst = dearest_end(contract, *found, sku, at_start);
  const auto consider = [&](std::int64_t from_units) {
    if (from_units <= units_before || from_units - units_before > units_open) return;
    Circumstances later = at_start;
    later.units_before = from_units;
    Priced priced = dearest_end(contract, *found, sku, later);
    if (priced.amount > worst.amount) worst = std::move(priced);
  };
  // Between these counts nothing changes.
  consider(found->free_units);
  for (const config::Tier& tier : found->tiers) consider(tier.from_units);
  return worst;
}

Money price_at_end(const config::Contract& contract, std::string_view sku, std::int64_t at_unix_ms,
                   std::uint32_t verdict, std::int64_t units_before, bool person_charged) {
  return price(contract, sku, {at_unix_ms, verdict, 0, {}, units_before, person_charged}).amount;
}

std::optional<Priced> priced_again(const config::Contract& contract, std::string_view sku,
                                   const Charged& charged, Circumstances circumstances) {
  const config::ContractVersion& version = version_at(contract, charged.at_unix_ms);
  const SkuPrice* found = find_price(version, sku);
  if (found == nullptr || version.version != charged.version) return {};
  switch (charged.rule.kind) {
    case Rule::Kind::none:
    case Rule::Kind::other:
    case Rule::Kind::free_units:
    case Rule::Kind::charged_once:
    case Rule::Kind::group: return {};
    case Rule::Kind::price:
    case Rule::Kind::tier:
    case Rule::Kind::outcome: break;
  }
  Priced priced;
  priced.version = version.version;
  priced.place = charged.place;
  const std::size_t outcome = first_match(found->outcomes, circumstances);
  if (outcome < found->outcomes.size()) {
    by_outcome(*found, sku, outcome, priced);
    return priced;
  }
  if (charged.rule.kind != Rule::Kind::outcome) return {};
  by_volume(*found, sku, circumstances.units_before, priced);
  return priced;
}

Money minimum_due(const config::ContractVersion& version, Money charged_in_period) {
  if (version.minimum <= Money{}) return {};
  return std::max(version.minimum - charged_in_period, Money{});
}

bool minimum_swallows(const config::ContractVersion& version, Money charged_in_period,
                      Period period, std::int64_t now_unix_ms) {
  if (version.minimum <= Money{} || charged_in_period >= version.minimum) return false;
  const Wide length = Wide{period.end_unix_ms} - period.begin_unix_ms;
  const Wide elapsed =
      std::clamp(Wide{now_unix_ms} - period.begin_unix_ms, Wide{0}, std::max(length, Wide{0}));
  // charged * length / elapsed < minimum
  return charged_in_period.micros * length < version.minimum.micros * elapsed;
}

}  // namespace idswitch::billing
