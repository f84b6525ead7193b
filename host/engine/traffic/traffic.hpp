#pragma once

// Traffic: what the running switch knows of its accounts: who is healthy, what was seen, what has
// been charged, which budgets have room, which experiments are paused. It outlives configurations:
// a reload keeps it all. Everything it decides with is in routing/ and billing/; who may be asked
// is in Turns, under locks of its own; here is the one lock for money and statistics, the clock,
// and the start-up from the store. Any thread.

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
#include "billing/budget_book.hpp"
#include "billing/charge_book.hpp"
#include "billing/usage.hpp"
#include "engine/setup/setup.hpp"
#include "engine/traffic/turns.hpp"
#include "routing/route_table.hpp"
#include "routing/statistics.hpp"
#include "store/store.hpp"

namespace idswitch::engine {

// Whose charges are to be priced or reserved.
struct Payer {
  std::string tenant;
  // By account: the SKUs that are charged once a person, and this person was charged for.
  std::map<std::string, std::vector<std::string>> charged_once;
};

// An account as operators see it: also with what it charges and which budget is used up.
struct AccountView : HealthView {
  std::string account;
};

// By account, how far its contract's time is from UTC, in minutes.
billing::BudgetBook::Offsets contract_times(const Setup& setup);

class Traffic {
 public:
  Traffic(const Setup& setup, const Clock& clock);

  // What the store remembers: statistics, paused experiments, and the ledger's current periods.
  // Before the first request. [blocking]
  Result<void> load(store::Store& store, const Setup& setup);

  // Another configuration: accounts and budgets that are still there keep their state; new budgets
  // are filled from the ledger. [blocking]
  Result<void> adopt(store::Store& store, const Setup& setup);

  // ---- for deciding

  // The accounts of a route as they are now. with_costs: with what was seen and what they charge.
  std::vector<routing::AccountNow> look(const Setup& setup, const routing::TableRoute& route,
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

  // ---- for money

  // The hold for a request that is about to leave; nothing when it is never billed or stands
  // already. Reserves it from every budget it touches. Error: budget_exhausted, naming the budget.
  Result<std::optional<LedgerEntry>> hold(const Payer& payer, const AccountRuntime& account,
                                          billing::ChargeBook& book, const plugin::SendStep& send);

  // Appends what the evidence of an operation adds; ending: when it told the verification's end.
  void book(const Payer& payer, const AccountRuntime& account, billing::ChargeBook& book,
            const std::vector<plugin::ChargeEvidence>& evidence,
            const std::optional<billing::Ending>& ending, std::vector<LedgerEntry>& entries);
  void book(const Payer& payer, const AccountRuntime& account, billing::ChargeBook& book,
            const billing::Evidence& evidence, std::vector<LedgerEntry>& entries);

  // A hold that could not be made durable.
  void take_back(const AccountRuntime& account, const LedgerEntry& hold);

  // ---- what was seen

  void started(const std::string& account, std::string_view segment, bool failed,
               std::int64_t latency_us);
  void ended(const AccountRuntime& account, std::string_view segment,
             const Verification& verification);

  // ---- for the store, and for people

  // Adds the statistics that changed since the last call; how many.
  std::size_t keep_statistics(store::Batch& batch);
  std::int64_t statistics_begin_unix_ms() const;

  void pause(const std::string& tenant, const config::Experiment& experiment);
  void resume(const std::string& tenant, const config::Experiment& experiment);

  AccountView view(const Setup& setup, const std::string& account, const std::string& tenant);
  std::vector<billing::BudgetState> budgets() const;

 private:
  using ExperimentKey = std::tuple<std::string, std::string, std::string>;  // tenant, name, seed

  void add_costs(const AccountRuntime& account, const Payer& payer, std::string_view segment,
                 routing::AccountNow& now);
  void add_budget(const AccountRuntime& account, const Payer& payer, routing::AccountNow& now);
  billing::Pricer pricer(const Payer& payer, const AccountRuntime& account);

  const Clock& clock_;
  Turns turns_;
  mutable std::mutex mutex_;
  routing::Statistics statistics_;
  billing::Usage usage_;
  billing::BudgetBook budgets_;
  std::set<ExperimentKey> paused_;
};

}  // namespace idswitch::engine
