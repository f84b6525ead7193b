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

}  // namespace idswitch::store
