#include "reconcile/reconciliation.hpp"

#include <algorithm>

#include "billing/pricing.hpp"
#include "model/charge_fold.hpp"

namespace idswitch::billing {
namespace {

struct VolumePrice {
  Rule rule;
  Money price;
};

// The prices of a SKU that only the volume chooses between.
std::vector<VolumePrice> volume_prices(const std::string& sku, const config::SkuPrice& price) {
  std::vector<VolumePrice> prices{{{Rule::Kind::price, sku, 0}, price.price}};
  for (std::size_t i = 0; i < price.tiers.size(); ++i) {
    prices.push_back({{Rule::Kind::tier, sku, i}, price.tiers[i].price});
  }
  if (price.free_units > 0) prices.push_back({{Rule::Kind::free_units, sku, 0}, Money{}});
  return prices;
}

// The volume price that theirs is, when ours is another one.
std::optional<VolumePrice> other_tier(const StatementLine& line, const LedgerCharge& charge,
                                      const config::Contract& contract) {
  const config::ContractVersion& version = version_at(contract, charge.at_unix_ms());
  const auto found = version.prices.find(charge.sku);
  if (found == version.prices.end()) return {};
  const auto prices = volume_prices(charge.sku, found->second);
  const Rule ours = Rule::parse(charge.rule, charge.sku);
  const auto has_rule = [&](const VolumePrice& one) { return one.rule == ours; };
  if (ours.kind != Rule::Kind::none && std::none_of(prices.begin(), prices.end(), has_rule)) {
    return {};
  }
  for (const VolumePrice& one : prices) {
    if (one.rule != ours && one.price == line.amount) return one;
  }
  return {};
}

Judgement judge_due(const StatementLine& line, const LedgerCharge& charge,
                    const config::Contract& contract) {
  if (line.currency != charge.currency) {
    return {Verdict::amount_differs,
            "their currency is " + line.currency + ", ours " + charge.currency};
  }
  if (line.amount == charge.balance) return {};
  const std::string ours = charge.rule.empty() ? "" : "; ours is by " + charge.rule;
  if (const auto tier = other_tier(line, charge, contract)) {
    return {Verdict::wrong_tier, "theirs is the price of " + tier->rule.text() + ours};
  }
  if (line.units != 1) {
    return {Verdict::amount_differs,
            "their line has " + std::to_string(line.units) + " units, ours is one"};
  }
  return {Verdict::amount_differs, charge.rule.empty() ? "" : "ours is by " + charge.rule};
}

}  // namespace

std::string_view word(Verdict verdict) {
  switch (verdict) {
    case Verdict::matched: return "matched";
    case Verdict::amount_differs: return "amount differs";
    case Verdict::wrong_tier: return "wrong tier";
    case Verdict::duplicate: return "duplicate";
    case Verdict::only_theirs: return "only theirs";
    case Verdict::only_ours: return "only ours";
  }
  return "";
}

std::string state_text(const LedgerCharge& charge) {
  std::string text(idswitch::word(charge.state));
  if (charge.is_disputed) text += " (disputed)";
  return text;
}

Result<LedgerCharge> charge_of(const std::vector<LedgerEntry>& entries) {
  ChargeFold fold = fold_charge(entries);
  if (!fold.is_countable) {
    return Error(Errc::storage_failed,
                 "the entries of a charge of " + fold.verification.text() +
                     " add up to more than can be counted: run idswitch ledger verify");
  }
  LedgerCharge charge;
  charge.verification = fold.verification;
  charge.sku = fold.name.sku;
  charge.event = fold.name.event;
  charge.call = fold.name.call;
  charge.currency = fold.hold.currency;
  charge.state = fold.state();
  charge.is_disputed = fold.is_disputed();
  charge.held = fold.hold.amount;
  charge.balance = fold.balance;
  charge.held_at_unix_ms = fold.hold.at_unix_ms;
  charge.charged_at_unix_ms = fold.ruled_at_unix_ms;
  charge.references = std::move(fold.references);
  const bool is_ruled = !fold.rule.empty();
  charge.contract_version = is_ruled ? fold.version : fold.hold_version;
  charge.rule = is_ruled ? fold.rule : fold.hold_rule;
  return charge;
}

Standing standing_of(const LedgerCharge& charge, const std::optional<Period>& period) {
  if (!charge.is_resolved()) return Standing::open;
  if (charge.state == ChargeState::voided) return Standing::released;
  const std::int64_t at = charge.charged_at_unix_ms;
  const bool is_in = !period || (at >= period->begin_unix_ms && at < period->end_unix_ms);
  return is_in ? Standing::due : Standing::elsewhere;
}

Judgement judge(const StatementLine& line, const LedgerCharge& charge, Standing standing,
                const config::Contract& contract) {
  const bool is_free = line.amount == Money{};
  switch (standing) {
    case Standing::due: return judge_due(line, charge, contract);
    case Standing::open:
      if (is_free) return {Verdict::matched, "their price of 0 settles it: nothing was charged"};
      return {Verdict::only_theirs, "they did charge it, and with us nobody knew"};
    case Standing::elsewhere:
      return {Verdict::only_theirs, "we count it in " +
                                        period_name(charge.charged_at_unix_ms, config::Per::month,
                                                    contract.utc_offset_min) +
                                        ": look whether that month's statement has it too"};
    case Standing::released:
      if (is_free) return {};
      return {Verdict::only_theirs,
              "we say that it costs nothing: a rule is wrong, ours or theirs"};
  }
  return {};
}

Judgement judge_alone(const StatementLine& line, const std::optional<Period>& period) {
  if (!line.is_known_sku) {
    return {Verdict::only_theirs,
            "no SKU of the contract is called so: name ours under `skus` in the map"};
  }
  if (period && line.at_unix_ms &&
      (*line.at_unix_ms < period->begin_unix_ms || *line.at_unix_ms >= period->end_unix_ms)) {
    return {Verdict::only_theirs, "its time is not in the period"};
  }
  return {Verdict::only_theirs, ""};
}

Judgement judge_missing(const LedgerCharge& charge) {
  return {Verdict::only_ours,
          charge.is_disputed ? "other evidence said that it was not charged" : ""};
}

bool Tally::add(const StatementLine* line, const LedgerCharge* counted_charge) {
  ++count;
  return (line == nullptr || add_to(sums[line->currency].theirs, line->amount)) &&
         (counted_charge == nullptr ||
          add_to(sums[counted_charge->currency].ours, counted_charge->balance));
}

}  // namespace idswitch::billing
