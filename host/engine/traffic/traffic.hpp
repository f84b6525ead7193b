#pragma once

// Traffic: what the running switch knows of its accounts: who is healthy, what was seen, which
// experiments are paused. It outlives configurations: a reload keeps it all. Who may be asked is in
// Turns, under locks of its own; what has been charged is not remembered here: see Expectation. Any
// thread.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/clock.hpp"
#include "billing/budgets.hpp"
#include "engine/setup/setup.hpp"
#include "engine/traffic/expectation.hpp"
#include "engine/traffic/turns.hpp"
#include "routing/route_table.hpp"
#include "routing/statistics.hpp"
#include "store/store.hpp"

namespace idswitch::engine {

class Traffic;

// Statistics on their way to the store. They count as not kept, and come with the next batch again,
// unless kept() says that they are durable. The Traffic must outlive it.
class UnkeptStatistics {
 public:
  UnkeptStatistics(Traffic& traffic, std::vector<routing::Statistics::Slice> slices)
      : traffic_(&traffic), slices_(std::move(slices)) {}

  UnkeptStatistics(const UnkeptStatistics&) = delete;
  UnkeptStatistics& operator=(const UnkeptStatistics&) = delete;
  ~UnkeptStatistics();

  std::size_t size() const { return slices_.size(); }

  void kept() { slices_.clear(); }

 private:
  Traffic* traffic_;
  std::vector<routing::Statistics::Slice> slices_;
};

// An account as operators see it: also with what it charges and which budget is used up.
struct AccountView : HealthView {
  std::string account;
};

class Traffic {
 public:
  Traffic(const Setup& setup, const Clock& clock);

  // What the store remembers: statistics and paused experiments. Before the first request.
  // [blocking]
  Result<void> load(store::Store& store);

  // Another configuration: accounts that are still there keep their state.
  void adopt(const Setup& setup);

  // ---- for deciding

  // The accounts of a route as they are now. with_costs: with what was seen and what they charge.
  // ledger: nullptr = nothing was ever charged. Error: storage_failed.
  Result<std::vector<routing::AccountNow>> look(const Setup& setup, store::Ledger* ledger,
                                                const routing::TableRoute& route,
                                                const Payer& payer, std::string_view segment,
                                                bool with_costs);
  std::vector<std::uint8_t> paused(const config::Tenant& tenant) const;

  // ---- for asking

  // For a new verification; refused when the account cannot be asked after all.
  Turn begin(const std::string& account, bool last_resort);
  // For a verification that the account has: IDSW_OP_RESULT, which can wait and is refused when the
  // account is down or its limits for follow-ups are reached, or IDSW_OP_SUBMIT, which is only
  // refused while the vendor asks for a pause.
  Turn begin_follow_up(const std::string& account, std::uint32_t operation,
                       const VerificationId& verification);

  // Whether a result could be asked for now.
  bool may_follow_up(const std::string& account);

  // Somebody has mended the account: it is probed by the next request. False: no such account.
  bool probe_now(const std::string& account);

  // ---- what was seen

  void started(const std::string& account, std::string_view segment, bool failed,
               std::int64_t latency_us);
  void ended(const AccountRuntime& account, std::string_view segment,
             const Verification& verification);

  // ---- for the store, and for people

  // Adds the statistics that changed since they were kept last.
  UnkeptStatistics keep_statistics(store::Change& change);
  std::int64_t statistics_begin_unix_ms() const;

  void pause(const std::string& tenant, const config::Experiment& experiment);
  void resume(const std::string& tenant, const config::Experiment& experiment);

  // ledger: nullptr = nothing was ever charged.
  Result<AccountView> view(const Setup& setup, store::Ledger* ledger, const std::string& account,
                           const std::string& tenant);
  // The budgets of a configuration as they are now.
  Result<std::vector<billing::BudgetState>> budgets(const Setup& setup,
                                                    store::Ledger& ledger) const;

 private:
  friend class UnkeptStatistics;
  using ExperimentKey = std::tuple<std::string, std::string, std::string>;  // tenant, name, seed

  void add_seen(const AccountRuntime& account, std::string_view segment, routing::AccountNow& now);

  const Clock& clock_;
  Turns turns_;
  mutable std::mutex mutex_;
  routing::Statistics statistics_;
  std::set<ExperimentKey> paused_;
};

}  // namespace idswitch::engine
