#pragma once

// Budgets: the budgets of one configuration: which of them a charge counts in, whether they have
// room, what is to be told. It remembers nothing: what is spent and reserved are counts, which
// change in the commit of the entries. A charge counts from its hold on, at its worst case, in the
// period of the hold, and whatever it comes to counts there. So a budget that stops is never
// overspent by charges that end within their hold, however many run at once. Immutable; any thread.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "model/counts.hpp"

namespace idswitch::billing {

// A budget refuses; nothing was reserved.
struct Exhausted {
  std::string budget;
  std::string period;  // "2026-11"
  Money limit;
  Money committed;  // spent and reserved so far
  std::int64_t ends_unix_ms = 0;
  std::string text;  // for people: which budget, and what to do
};

// A budget has reached its warning mark, or one that only warns has passed its limit. Told once in
// each period.
struct BudgetWarning {
  std::string budget;
  std::string period;
  bool is_over_limit = false;
  Money limit;
  Money committed;
  std::string text;
};

// A budget in one period, for people.
struct BudgetState {
  std::string budget;
  std::string period;
  std::string currency;
  bool stops = true;
  Money limit;
  Money spent;
  Money reserved;
  std::int64_t share_ppm = 0;  // spent and reserved, of the limit
};

// Whose money, and when it was held.
struct Spender {
  std::string_view tenant, account, currency;
  std::int64_t at_unix_ms = 0;
  int utc_offset_min = 0;  // of the account's contract
};

class Budgets {
 public:
  // Offsets from UTC in minutes, by account; an account that is not among them counts in UTC.
  using Offsets = std::map<std::string, int, std::less<>>;

  Budgets() = default;
  Budgets(std::vector<config::Budget> budgets, Offsets utc_offset_min);

  // A budget that counts a charge, in the period of its hold.
  struct Counted {
    std::size_t index = 0;
    BudgetKey key;
  };

  std::vector<Counted> of(const Spender& spender) const;

  // The first of them that has no room for the amount; an amount of 0 is never refused.
  std::optional<Exhausted> refusal(const std::vector<Counted>& budgets, const Spender& spender,
                                   Money amount, Counts& counts) const;

  // Adds to each of them, and appends what is to be told.
  void add(const std::vector<Counted>& budgets, const SpendCount& change, Counts& counts,
           std::vector<BudgetWarning>& warnings) const;

  // What the store must know of each budget: its limit counts from the commit in which this
  // configuration is adopted.
  std::vector<BudgetLimit> limits() const;

  // Each budget in the periods that contain the instant: one, or two around midnight when its
  // accounts' contracts are in different time zones. read: the count as it stands.
  std::vector<BudgetState> states(std::int64_t at_unix_ms,
                                  const std::function<BudgetCount(const BudgetKey&)>& read) const;

  bool empty() const { return lines_.empty(); }

 private:
  struct Line {
    config::Budget budget;
    std::string name;  // of its counts: the budget's, and what it counts
  };

  BudgetKey key_of(const Line& line, std::int64_t at_unix_ms, int utc_offset_min) const;

  std::vector<Line> lines_;
  // By tenant, account and currency, each of the first two empty for any.
  std::unordered_map<std::string, std::vector<std::size_t>> index_;
  Offsets utc_offset_min_;
};

}  // namespace idswitch::billing
