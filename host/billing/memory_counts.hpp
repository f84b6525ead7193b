#pragma once

// MemoryCounts: counts in memory, for simulations, for guesses of what a commit will find, and for
// tests. What is not there yet is made as a store makes it: a budget as the sum of what is spent
// and reserved in its scope, with the limit of the configuration. One thread.

#include <map>
#include <string>
#include <vector>

#include "model/counts.hpp"

namespace idswitch::billing {

class MemoryCounts final : public Counts {
 public:
  UsageCount& usage(const UsageKey& key) override { return usage_[key]; }

  SpendCount& spend(const SpendKey& key) override { return spend_[key]; }

  BudgetCount& budget(const BudgetKey& key) override;

  std::int64_t& person(const PersonKey& key) override { return persons_[key]; }

  // Another configuration is adopted. A budget that is not among them keeps its limit.
  void adopt(const std::vector<BudgetLimit>& limits);

  const std::map<UsageKey, UsageCount>& usages() const { return usage_; }

  const std::map<SpendKey, SpendCount>& spends() const { return spend_; }

  const std::map<BudgetKey, BudgetCount>& budgets() const { return budgets_; }

  const std::map<PersonKey, std::int64_t>& persons() const { return persons_; }

 private:
  std::map<UsageKey, UsageCount> usage_;
  std::map<SpendKey, SpendCount> spend_;
  std::map<BudgetKey, BudgetCount> budgets_;
  std::map<PersonKey, std::int64_t> persons_;
  std::map<std::string, Money> limits_;
};

// Counts of which only the touched may be asked for; anything else aborts, as in a store.
class TouchedCounts final : public Counts {
 public:
  // Both outlive it. Reads the budgets first, as a store does.
  TouchedCounts(Counts& counts, const Touch& touch) : counts_(counts), touch_(touch) {
    for (const BudgetKey& key : touch.budgets) counts.budget(key);
  }

  UsageCount& usage(const UsageKey& key) override;
  SpendCount& spend(const SpendKey& key) override;
  BudgetCount& budget(const BudgetKey& key) override;
  std::int64_t& person(const PersonKey& key) override;

 private:
  Counts& counts_;
  const Touch& touch_;
};

}  // namespace idswitch::billing
