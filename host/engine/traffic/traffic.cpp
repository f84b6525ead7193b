#include "engine/traffic/traffic.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "billing/pricer.hpp"
#include "engine/traffic/counts_text.hpp"
#include "engine/traffic/ledger_step.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

using routing::End;

// IDSW_VERDICT_* by End.
constexpr std::uint32_t k_verdicts[routing::k_ends] = {0, IDSW_VERDICT_PASS, IDSW_VERDICT_FAIL,
                                                       IDSW_VERDICT_INCONCLUSIVE};

End end_of(const Verification& verification) {
  if (verification.status != Status::completed) return End::abandoned;
  switch (verification.verdict) {
    case IDSW_VERDICT_PASS: return End::pass;
    case IDSW_VERDICT_FAIL: return End::fail;
    default: return End::inconclusive;
  }
}

void log_warnings(const std::vector<billing::BudgetWarning>& warnings) {
  for (const billing::BudgetWarning& warning : warnings) {
    log::write(log::Level::warn, warning.is_over_limit ? "budget_exceeded" : "budget_near_limit",
               {{"budget", warning.budget},
                {"period", warning.period},
                {"limit", warning.limit.text()},
                {"committed", warning.committed.text()}});
  }
}

}  // namespace

Traffic::Traffic(const Setup& setup, const Clock& clock)
    : clock_(clock),
      turns_(setup, clock),
      statistics_(setup.config.statistics.window),
      budgets_(setup.config.budgets, contract_times(setup)) {}

std::vector<routing::AccountNow> Traffic::look(const Setup& setup, const routing::TableRoute& route,
                                               const Payer& payer, std::string_view segment,
                                               bool with_costs) {
  std::vector<routing::AccountNow> accounts(route.accounts.size());
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    turns_.look(route.route->accounts[i], accounts[i]);
  }
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    const std::string& name = route.route->accounts[i];
    const AccountRuntime* account = setup.account(name);
    if (account == nullptr) continue;
    if (!setup.config.budgets.empty()) add_budget(*account, payer, accounts[i]);
    if (with_costs) add_costs(*account, payer, segment, accounts[i]);
  }
  return accounts;
}

billing::Pricer Traffic::pricer(const Payer& payer, const AccountRuntime& account) {
  const auto once = payer.charged_once.find(account.config.name);
  return billing::Pricer(
      account.config.name, account.config.contract, usage_,
      once == payer.charged_once.end() ? std::vector<std::string>() : once->second);
}

void Traffic::add_budget(const AccountRuntime& account, const Payer& payer,
                         routing::AccountNow& now) {
  const std::int64_t at = clock_.now_unix_ms();
  const billing::Pricer prices = pricer(payer, account);
  // Any of the product's units may come next; a budget that has no room for the dearest is used up.
  for (const std::string& sku : account.skus) {
    const Money amount = prices.hold(sku, at).amount;
    const std::string_view budget = budgets_.exhausted_by(
        payer.tenant, account.config.name, account.config.contract.currency, amount, at);
    if (!budget.empty()) now.budget = budget;
  }
}

void Traffic::add_costs(const AccountRuntime& account, const Payer& payer, std::string_view segment,
                        routing::AccountNow& now) {
  const std::int64_t at = clock_.now_unix_ms();
  const std::string& name = account.config.name;
  const config::Contract& contract = account.config.contract;
  now.account = statistics_.counts(name, at);
  now.segment = statistics_.counts(name, segment, at);
  const config::ContractVersion& version = billing::version_at(contract, at);
  const Money charged =
      usage_.charged(name, contract.currency, version.minimum_per, at, contract.utc_offset_min);
  const billing::Period period =
      billing::period_of(at, version.minimum_per, contract.utc_offset_min);
  if (billing::minimum_swallows(version, charged, period, at)) return;  // one more costs nothing
  const auto once = payer.charged_once.find(name);
  for (std::size_t sku = 0; sku < account.skus.size() && sku < routing::k_skus_max; ++sku) {
    const std::string& text = account.skus[sku];
    const auto priced = version.prices.find(text);
    if (priced == version.prices.end()) continue;
    const std::int64_t units =
        usage_.units(name, text, priced->second.per, at, contract.utc_offset_min);
    const bool person_charged =
        once != payer.charged_once.end() &&
        std::find(once->second.begin(), once->second.end(), text) != once->second.end();
    for (std::size_t end = 0; end < routing::k_ends; ++end) {
      now.price_micros[sku][end] =
          billing::price_at_end(contract, text, at, k_verdicts[end], units, person_charged).micros;
    }
  }
}

std::vector<std::uint8_t> Traffic::paused(const config::Tenant& tenant) const {
  std::vector<std::uint8_t> paused(tenant.experiments.size());
  if (paused.empty()) return paused;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < paused.size(); ++i) {
    const config::Experiment& one = tenant.experiments[i];
    paused[i] = paused_.contains({tenant.name, one.name, one.seed}) ? 1 : 0;
  }
  return paused;
}

Turn Traffic::begin(const std::string& account, bool last_resort) {
  return turns_.begin(account, last_resort);
}

Turn Traffic::begin_follow_up(const std::string& account, std::uint32_t operation,
                              const VerificationId& verification) {
  return turns_.begin_follow_up(account, operation, verification);
}

bool Traffic::may_follow_up(const std::string& account) {
  return turns_.may_follow_up(account);
}

bool Traffic::probe_now(const std::string& account) {
  return turns_.probe_now(account);
}

Result<std::optional<LedgerEntry>> Traffic::hold(const Payer& payer, const AccountRuntime& account,
                                                 billing::ChargeBook& book,
                                                 const plugin::SendStep& send) {
  HoldStep step;
  {
    const std::lock_guard lock(mutex_);
    billing::Pricer prices = pricer(payer, account);
    step = hold_before_send(book, prices, budgets_, send, clock_.now_unix_ms());
  }
  log_warnings(step.warnings);
  if (step.refused) return Error(Errc::budget_exhausted, step.refused->text);
  return std::move(step.entry);
}

void Traffic::take_back(const AccountRuntime& account, const LedgerEntry& hold) {
  const std::lock_guard lock(mutex_);
  release_hold(hold, usage_, account.config.contract.utc_offset_min, budgets_);
}

void Traffic::book(const Payer& payer, const AccountRuntime& account, billing::ChargeBook& book,
                   const std::vector<plugin::ChargeEvidence>& evidence,
                   const std::optional<billing::Ending>& ending,
                   std::vector<LedgerEntry>& entries) {
  std::vector<billing::BudgetWarning> warnings;
  {
    const std::lock_guard lock(mutex_);
    const std::int64_t now = clock_.now_unix_ms();
    billing::Pricer prices = pricer(payer, account);
    std::vector<LedgerEntry> added;
    if (ending) added = book.end(prices, *ending, now);
    book_evidence(book, prices, evidence, ending.value_or(billing::Ending()), now, added);
    warnings = settle_budgets(budgets_, book, added);
    std::move(added.begin(), added.end(), std::back_inserter(entries));
  }
  log_warnings(warnings);
}

void Traffic::book(const Payer& payer, const AccountRuntime& account, billing::ChargeBook& book,
                   const billing::Evidence& evidence, std::vector<LedgerEntry>& entries) {
  const std::lock_guard lock(mutex_);
  billing::Pricer prices = pricer(payer, account);
  std::vector<LedgerEntry> added = book.apply(prices, evidence, clock_.now_unix_ms());
  static_cast<void>(settle_budgets(budgets_, book, added));
  std::move(added.begin(), added.end(), std::back_inserter(entries));
}

void Traffic::started(const std::string& account, std::string_view segment, bool failed,
                      std::int64_t latency_us) {
  const std::lock_guard lock(mutex_);
  statistics_.started(account, segment, clock_.now_unix_ms(), failed, latency_us);
}

void Traffic::ended(const AccountRuntime& account, std::string_view segment,
                    const Verification& verification) {
  std::array<std::uint32_t, routing::k_skus_max> units{};
  for (const Charge& charge : verification.charges) {
    if (charge.account != account.config.name || charge.state != ChargeState::captured) continue;
    const auto sku = std::find(account.skus.begin(), account.skus.end(), charge.sku);
    const auto index = static_cast<std::size_t>(sku - account.skus.begin());
    if (index < units.size()) ++units[index];
  }
  const std::lock_guard lock(mutex_);
  statistics_.ended(account.config.name, segment, clock_.now_unix_ms(), end_of(verification),
                    units);
}

std::size_t Traffic::keep_statistics(store::Batch& batch) {
  std::vector<routing::Statistics::Slice> changed;
  {
    const std::lock_guard lock(mutex_);
    changed = statistics_.take_changed();
  }
  for (routing::Statistics::Slice& slice : changed) {
    std::string counts;
    append_counts(counts, slice.counts);
    batch.keep_statistic(std::move(slice.account), std::move(slice.segment), slice.begin_unix_ms,
                         std::move(counts));
  }
  return changed.size();
}

std::int64_t Traffic::statistics_begin_unix_ms() const {
  const std::lock_guard lock(mutex_);
  return statistics_.oldest_unix_ms(clock_.now_unix_ms());
}

void Traffic::pause(const std::string& tenant, const config::Experiment& experiment) {
  const std::lock_guard lock(mutex_);
  paused_.insert({tenant, experiment.name, experiment.seed});
}

void Traffic::resume(const std::string& tenant, const config::Experiment& experiment) {
  const std::lock_guard lock(mutex_);
  paused_.erase({tenant, experiment.name, experiment.seed});
}

AccountView Traffic::view(const Setup& setup, const std::string& account,
                          const std::string& tenant) {
  AccountView view{turns_.view(account), account};
  const AccountRuntime* runtime = setup.account(account);
  if (runtime == nullptr) return view;
  const std::lock_guard lock(mutex_);
  Payer payer;
  payer.tenant = tenant;
  add_budget(*runtime, payer, view.now);
  add_costs(*runtime, payer, "", view.now);
  return view;
}

std::vector<billing::BudgetState> Traffic::budgets() const {
  const std::lock_guard lock(mutex_);
  return budgets_.states(clock_.now_unix_ms());
}

}  // namespace idswitch::engine
