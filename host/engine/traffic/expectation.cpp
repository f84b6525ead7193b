#include "engine/traffic/expectation.hpp"

#include <algorithm>

#include "base/invariant.hpp"
#include "billing/booking.hpp"
#include "billing/pricer.hpp"
#include "engine/traffic/person_number.hpp"
#include "idswitch/abi/vocabulary.h"
#include "model/counts_fold.hpp"

namespace idswitch::engine {
namespace {

// IDSW_VERDICT_* by End.
constexpr std::uint32_t k_verdicts[routing::k_ends] = {0, IDSW_VERDICT_PASS, IDSW_VERDICT_FAIL,
                                                       IDSW_VERDICT_INCONCLUSIVE};

// The counts that a touch names, as they were looked up.
class Looked final : public Counts {
 public:
  static Result<Looked> up(store::Ledger* ledger, const billing::Budgets& budgets, Touch touch) {
    Looked looked;
    if (ledger != nullptr) {
      auto counted = ledger->look(touch);
      if (!counted) return counted.error();
      looked.counted_ = std::move(*counted);
    }
    looked.touch_ = std::move(touch);
    looked.counted_.persons.resize(looked.touch_.persons.size());
    looked.counted_.usage.resize(looked.touch_.usage.size());
    looked.counted_.spend.resize(looked.touch_.spend.size());
    looked.counted_.budgets.resize(looked.touch_.budgets.size());
    if (ledger == nullptr) looked.take_limits(budgets.limits());
    return looked;
  }

  UsageCount& usage(const UsageKey& key) override { return at(key, touch_.usage, counted_.usage); }

  SpendCount& spend(const SpendKey& key) override { return at(key, touch_.spend, counted_.spend); }

  BudgetCount& budget(const BudgetKey& key) override {
    return at(key, touch_.budgets, counted_.budgets);
  }

  std::int64_t& person(const PersonKey& key) override {
    return at(key, touch_.persons, counted_.persons);
  }

 private:
  void take_limits(const std::vector<BudgetLimit>& limits) {
    for (std::size_t i = 0; i < touch_.budgets.size(); ++i) {
      const auto found = std::find_if(limits.begin(), limits.end(), [&](const BudgetLimit& one) {
        return one.budget == touch_.budgets[i].budget;
      });
      if (found != limits.end()) counted_.budgets[i].limit = found->limit;
    }
  }

  template <class Key, class Value>
  static Value& at(const Key& key, const std::vector<Key>& keys, std::vector<Value>& values) {
    const auto found = std::find(keys.begin(), keys.end(), key);
    require(found != keys.end(), "a count is asked for that was not looked up");
    return values[static_cast<std::size_t>(found - keys.begin())];
  }

  Touch touch_;
  store::Counted counted_;
};

std::uint64_t person_of(const AccountRuntime& account, const Payer& payer) {
  if (!billing::charges_persons(account.config.contract)) return 0;
  return person_number(payer.tenant, payer.person_id);
}

billing::Terms terms_of(const Setup& setup, const AccountRuntime& account) {
  return {account.config.name, account.config.contract, setup.budgets, account.skus};
}

}  // namespace

Result<void> add_budget_room(const Setup& setup, store::Ledger* ledger,
                             const AccountRuntime& account, const Payer& payer,
                             std::int64_t now_unix_ms, routing::AccountNow& now) {
  const billing::Terms terms = terms_of(setup, account);
  const billing::Spender spender{payer.tenant, account.config.name,
                                 account.config.contract.currency, now_unix_ms,
                                 account.config.contract.utc_offset_min};
  const auto budgets = setup.budgets.of(spender);
  if (budgets.empty()) return {};
  const billing::ChargeBook nothing({}, payer.tenant);
  const std::uint64_t person = person_of(account, payer);
  auto counts =
      Looked::up(ledger, setup.budgets, billing::touch_of(nothing, terms, person, now_unix_ms));
  if (!counts) return counts.error();
  const billing::Pricer pricer(terms, payer.tenant, person, *counts);
  for (const std::string& sku : account.skus) {
    const Money amount = pricer.hold(sku, now_unix_ms).amount;
    if (const auto refusal = setup.budgets.refusal(budgets, spender, amount, *counts)) {
      now.budget = refusal->budget;
      now.budget_detail = refusal->text;
    }
  }
  return {};
}

Result<void> add_prices(const Setup& setup, store::Ledger* ledger, const AccountRuntime& account,
                        const Payer& payer, std::int64_t now_unix_ms, routing::AccountNow& now) {
  const config::Contract& contract = account.config.contract;
  const billing::ChargeBook nothing({}, payer.tenant);
  const std::uint64_t person = person_of(account, payer);
  const billing::Terms terms = terms_of(setup, account);
  auto counts =
      Looked::up(ledger, setup.budgets, billing::touch_of(nothing, terms, person, now_unix_ms));
  if (!counts) return counts.error();
  const config::ContractVersion& version = billing::version_at(contract, now_unix_ms);
  const billing::Period period =
      billing::period_of(now_unix_ms, version.minimum_per, contract.utc_offset_min);
  const std::string period_text =
      billing::period_name(now_unix_ms, version.minimum_per, contract.utc_offset_min);
  const Money charged =
      counts->usage({account.config.name, "", contract.currency, period_text}).amount;
  // One more costs nothing.
  if (billing::minimum_swallows(version, charged, period, now_unix_ms)) return {};
  const billing::Pricer pricer(terms, payer.tenant, person, *counts);
  for (std::size_t sku = 0; sku < account.skus.size() && sku < routing::k_skus_max; ++sku) {
    const std::string& text = account.skus[sku];
    if (!version.prices.contains(text)) continue;
    for (std::size_t end = 0; end < routing::k_ends; ++end) {
      billing::Circumstances seen;
      seen.at_unix_ms = now_unix_ms;
      seen.verdict = k_verdicts[end];
      now.price_micros[sku][end] = pricer.capture(text, seen).amount.micros;
    }
  }
  return {};
}

}  // namespace idswitch::engine
