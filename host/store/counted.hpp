#pragma once

// What the store says of counts to those who only guess with them: routing. Plain values.

#include <cstdint>
#include <string>
#include <vector>

#include "model/counts.hpp"

namespace idswitch::store {

// What a Touch names, as the last commit left it; in its order.
struct Counted {
  std::vector<std::int64_t> persons;  // charged at, in Unix ms; 0 = never
  std::vector<UsageCount> usage;
  std::vector<SpendCount> spend;
  std::vector<BudgetCount> budgets;
};

// A budget's limit, as a configuration says it. Its rows have it from the commit that adopts the
// configuration on, so that nobody spends by an older one.
struct BudgetLimit {
  std::string budget;  // as in BudgetKey
  Money limit;
  bool stops = true;  // else it only warns

  friend bool operator==(const BudgetLimit&, const BudgetLimit&) = default;
};

}  // namespace idswitch::store
