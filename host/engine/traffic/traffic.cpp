#include "engine/traffic/traffic.hpp"

#include <algorithm>

#include "engine/traffic/counts_text.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

using routing::End;

End end_of(const Verification& verification) {
  if (verification.status != Status::completed) return End::abandoned;
  switch (verification.verdict) {
    case IDSW_VERDICT_PASS: return End::pass;
    case IDSW_VERDICT_FAIL: return End::fail;
    default: return End::inconclusive;
  }
}

}  // namespace

Traffic::Traffic(const Setup& setup, const Clock& clock)
    : clock_(clock), turns_(setup, clock), statistics_(setup.config.statistics.window) {}

Result<std::vector<routing::AccountNow>> Traffic::look(const Setup& setup, store::Ledger* ledger,
                                                       const routing::TableRoute& route,
                                                       const Payer& payer, std::string_view segment,
                                                       bool with_costs) {
  std::vector<routing::AccountNow> accounts(route.accounts.size());
  const std::int64_t now = clock_.now_unix_ms();
  turns_.look(route.route->accounts, accounts);
  if (setup.budgets.empty() && !with_costs) return accounts;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    const AccountRuntime* account = setup.account(route.route->accounts[i]);
    if (account == nullptr) continue;
    if (!setup.budgets.empty()) {
      const auto added = add_budget_room(setup, ledger, *account, payer, now, accounts[i]);
      if (!added) return added.error();
    }
    if (!with_costs) continue;
    add_seen(*account, segment, accounts[i]);
    const auto added = add_prices(setup, ledger, *account, payer, now, accounts[i]);
    if (!added) return added.error();
  }
  return accounts;
}

void Traffic::add_seen(const AccountRuntime& account, std::string_view segment,
                       routing::AccountNow& now) {
  const std::int64_t at = clock_.now_unix_ms();
  const std::lock_guard lock(mutex_);
  now.account = statistics_.counts(account.config.name, at);
  now.segment = statistics_.counts(account.config.name, segment, at);
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

UnkeptStatistics::~UnkeptStatistics() {
  if (slices_.empty()) return;
  const std::lock_guard lock(traffic_->mutex_);
  traffic_->statistics_.take_back(slices_);
}

UnkeptStatistics Traffic::keep_statistics(store::Change& change) {
  std::vector<routing::Statistics::Slice> changed;
  {
    const std::lock_guard lock(mutex_);
    changed = statistics_.take_changed();
  }
  for (const routing::Statistics::Slice& slice : changed) {
    std::string counts;
    append_counts(counts, slice.counts);
    change.push_back(store::KeepStatistic{
        {slice.account, slice.segment, slice.begin_unix_ms, std::move(counts)}});
  }
  return {*this, std::move(changed)};
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

Result<AccountView> Traffic::view(const Setup& setup, store::Ledger* ledger,
                                  const std::string& account, const std::string& tenant) {
  AccountView view{turns_.view(account), account};
  const AccountRuntime* runtime = setup.account(account);
  if (runtime == nullptr) return view;
  const Payer payer{tenant, {}};
  const std::int64_t now = clock_.now_unix_ms();
  add_seen(*runtime, "", view.now);
  if (const auto added = add_budget_room(setup, ledger, *runtime, payer, now, view.now); !added) {
    return added.error();
  }
  if (const auto added = add_prices(setup, ledger, *runtime, payer, now, view.now); !added) {
    return added.error();
  }
  return view;
}

Result<std::vector<billing::BudgetState>> Traffic::budgets(const Setup& setup,
                                                           store::Ledger& ledger) const {
  std::optional<Error> failed;
  auto states = setup.budgets.states(clock_.now_unix_ms(), [&](const BudgetKey& key) {
    Touch touch;
    touch.budgets.push_back(key);
    const auto counted = ledger.look(touch);
    if (!counted) failed = counted.error();
    return counted ? counted->budgets.front() : BudgetCount();
  });
  if (failed) return *failed;
  return states;
}

}  // namespace idswitch::engine
