#include "billing/memory_counts.hpp"

#include <algorithm>

#include "base/invariant.hpp"
#include "model/counts_fold.hpp"

namespace idswitch::billing {
namespace {

template <class Key>
void require_among(const std::vector<Key>& touched, const Key& key) {
  require(std::find(touched.begin(), touched.end(), key) != touched.end(),
          "a price asks for a count that it has not named");
}

}  // namespace

BudgetCount& MemoryCounts::budget(const BudgetKey& key) {
  const auto found = budgets_.find(key);
  if (found != budgets_.end()) return found->second;
  BudgetCount& count = budgets_[key];
  for (const auto& [spend, sums] : spend_) {
    if (!is_in(key.scope, spend)) continue;
    count.reserved = count.reserved + sums.reserved;
    count.spent = count.spent + sums.spent;
  }
  const auto limit = limits_.find(key.budget);
  if (limit != limits_.end()) count.limit = limit->second;
  return count;
}

void MemoryCounts::adopt(const std::vector<BudgetLimit>& limits) {
  for (const BudgetLimit& one : limits) {
    limits_[one.budget] = one.limit;
    for (auto& [key, count] : budgets_) {
      if (key.budget != one.budget || count.limit == one.limit) continue;
      count.limit = one.limit;
      count.warned = count.told_over = false;
    }
  }
}

UsageCount& TouchedCounts::usage(const UsageKey& key) {
  require_among(touch_.usage, key);
  return counts_.usage(key);
}

SpendCount& TouchedCounts::spend(const SpendKey& key) {
  require_among(touch_.spend, key);
  return counts_.spend(key);
}

BudgetCount& TouchedCounts::budget(const BudgetKey& key) {
  require_among(touch_.budgets, key);
  return counts_.budget(key);
}

std::int64_t& TouchedCounts::person(const PersonKey& key) {
  require_among(touch_.persons, key);
  return counts_.person(key);
}

}  // namespace idswitch::billing
