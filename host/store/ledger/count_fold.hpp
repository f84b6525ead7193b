#pragma once

// CountFold: what all entries of a ledger come to, as the counts that its commits keep. For an
// older file, which has none, and for whoever does not believe them. Memory for the counts, not for
// the entries. One thread at a time.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "model/counts.hpp"
#include "store/ledger/ledger_chain.hpp"

namespace idswitch::store {

class CountFold {
 public:
  // utc_offset_min: of an account's contract; null: 0.
  explicit CountFold(std::function<int(std::string_view account)> utc_offset_min)
      : utc_offset_min_(std::move(utc_offset_min)) {}

  // Lines of one charge come together, by slot.
  void take(const LedgerLine& line);

  // Every entry there is.
  Result<void> take_all(Database& database);

  // Counts that are zero are missing or zero.
  const std::map<UsageKey, UsageCount>& usage() const { return usage_; }

  const std::map<SpendKey, SpendCount>& spend() const { return spend_; }

  // What a budget with this scope has to be.
  SpendCount sum(const BudgetScope& scope) const;

 private:
  void charge(const LedgerLine& line, const std::string& day, bool is_counted);

  std::function<int(std::string_view account)> utc_offset_min_;
  std::map<UsageKey, UsageCount> usage_;
  std::map<SpendKey, SpendCount> spend_;

  // Of the charge that lines are taken of.
  SpendKey key_;
  Money held_;
};

}  // namespace idswitch::store
