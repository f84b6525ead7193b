#pragma once

// Counts: the counters that a price or a refusal depends on, as they stand inside the commit that
// changes them. A Touch names them beforehand, so that a store that locks rows can lock them in one
// order; a price function reads and changes them through Counts, and the store writes back what
// changed together with the entries, or nothing of both. Plain values, and one interface that lives
// as long as one call of a price function; one thread.

#include <compare>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "base/values/money.hpp"

namespace idswitch {

// Units or money of one account in one period. period: "2026-11-28" or "2026-11", by the contract's
// own time; empty: whenever.
//   (account, sku, "", day) and (account, sku, "", month): units charged
//   (account, sku, "", ""): open units
//   (account, "", currency, day) and (account, "", currency, month): money charged
struct UsageKey {
  std::string account, sku, currency, period;

  friend auto operator<=>(const UsageKey&, const UsageKey&) = default;
};

struct UsageCount {
  std::int64_t units = 0;  // charged
  std::int64_t open = 0;   // held and neither captured nor voided
  Money amount;            // charged

  friend bool operator==(const UsageCount&, const UsageCount&) = default;
};

// What a tenant's charges at an account came to on one day of the contract's time: a new budget is
// the sum of these. A charge counts on the day of its hold, whatever comes later.
struct SpendKey {
  std::string tenant, account, currency, day;

  friend auto operator<=>(const SpendKey&, const SpendKey&) = default;
};

struct SpendCount {
  Money reserved;  // by open holds
  Money spent;     // captures and corrections

  friend bool operator==(const SpendCount&, const SpendCount&) = default;
};

// Which SpendCounts a budget is the sum of, in one period. Days are compared as texts.
struct BudgetScope {
  std::string tenant;                 // empty = every tenant
  std::vector<std::string> accounts;  // empty = every account
  std::string currency, first_day, last_day;

  friend bool operator==(const BudgetScope&, const BudgetScope&) = default;
};

// A budget in one period. budget: its name, "~", and a fingerprint of what it counts (tenant,
// accounts, period, currency): a budget that counts something else is another one. One that the
// store does not have yet is made as the sum that scope describes, in the same transaction.
struct BudgetKey {
  std::string budget, period;
  BudgetScope scope;

  friend bool operator==(const BudgetKey& a, const BudgetKey& b) {
    return std::tie(a.budget, a.period) == std::tie(b.budget, b.period);
  }

  friend auto operator<=>(const BudgetKey& a, const BudgetKey& b) {
    return std::tie(a.budget, a.period) <=> std::tie(b.budget, b.period);
  }
};

struct BudgetCount {
  Money limit;  // of the configuration that the store has adopted
  Money reserved;
  Money spent;
  bool warned = false;     // of the mark, in this period
  bool told_over = false;  // of a limit that only warns

  Money committed() const { return reserved + spent; }

  friend bool operator==(const BudgetCount&, const BudgetCount&) = default;
};

// What a configuration says of a budget, whatever the period. It counts from the commit in which
// the configuration is adopted; where the limit is another than before, warned and told_over begin
// anew.
struct BudgetLimit {
  std::string budget;  // as in BudgetKey
  Money limit;

  friend bool operator==(const BudgetLimit&, const BudgetLimit&) = default;
};

// Its value: when the person was last charged for the SKU, in Unix ms; 0 = never.
struct PersonKey {
  std::string account, sku;
  std::uint64_t person = 0;

  friend auto operator<=>(const PersonKey&, const PersonKey&) = default;
};

// Every count that a price function may ask for. No two of a kind are the same.
struct Touch {
  std::vector<PersonKey> persons;
  std::vector<UsageKey> usage;
  std::vector<SpendKey> spend;
  std::vector<BudgetKey> budgets;
};

// A count that is not there yet is all zero, a budget is the sum of its scope. References live
// until the price function returns. Asking for what the Touch did not name is a broken invariant:
// it aborts.
class Counts {
 public:
  virtual UsageCount& usage(const UsageKey& key) = 0;
  virtual SpendCount& spend(const SpendKey& key) = 0;
  virtual BudgetCount& budget(const BudgetKey& key) = 0;
  virtual std::int64_t& person(const PersonKey& key) = 0;

 protected:
  ~Counts() = default;
};

}  // namespace idswitch
