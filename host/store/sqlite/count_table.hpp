#pragma once

// The rows of counts in the file: usage, spend, budgets, persons. Only reads and writes them; what
// they mean is billing's business, and when they are written CountCache's. One thread at a time;
// the database must outlive it.

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/counts.hpp"
#include "store/counted.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

// A budget's row: what a BudgetKey names, and its count.
struct BudgetRow {
  BudgetKey key;
  BudgetCount count;
};

// row: SELECTs k_budget_columns.
BudgetRow budget_row_of(const Statement& row);

inline constexpr std::string_view k_budget_columns =
    "budget, period, limit_micros, reserved_micros, spent_micros, warned, told_over, tenant,"
    " accounts, currency, first_day, last_day";

class CountReader {
 public:
  explicit CountReader(Database& database);

  // All zero when there is no row. Error: storage_failed.
  Result<UsageCount> usage(const UsageKey& key);
  Result<SpendCount> spend(const SpendKey& key);
  Result<std::int64_t> person(const PersonKey& key);

  // Without a row: the sum of its scope, with the limit of the current list. is_made says so.
  Result<BudgetCount> budget(const BudgetKey& key, bool& is_made);

  // The rows of budgets that this spend counts in.
  Result<std::vector<BudgetRow>> covering(const SpendKey& key);

  // Every row of a budget.
  Result<std::vector<BudgetRow>> periods_of(std::string_view budget);

  // All that the touch names, as rows have it.
  Result<Counted> look(const Touch& touch);

  // The current list, by name.
  Result<std::vector<BudgetLimit>> limits();

 private:
  Result<BudgetCount> sum(const BudgetKey& key);
  Result<std::vector<BudgetRow>> read_all(Statement& statement);

  Database* database_;
  Statement usage_;
  Statement spend_;
  Statement person_;
  Statement budget_;
  Statement sum_;
  Statement covering_;
  Statement periods_;
  Statement limits_;
};

class CountWriter {
 public:
  explicit CountWriter(Database& database);

  Result<void> write(const UsageKey& key, const UsageCount& count);
  Result<void> write(const SpendKey& key, const SpendCount& count);
  Result<void> write(const BudgetKey& key, const BudgetCount& count);
  Result<void> write(const PersonKey& key, std::int64_t charged_at_unix_ms);

  // Replaces the list; rows of budgets are not touched.
  Result<void> write_limits(const std::vector<BudgetLimit>& limits);

 private:
  Result<void> run(Statement& statement);

  Database* database_;
  Statement usage_;
  Statement spend_;
  Statement budget_;
  Statement person_;
  Statement forget_person_;
  Statement forget_limits_;
  Statement limit_;
};

// Accounts of a scope as one text: each between line feeds, in order; empty = all.
std::string accounts_text(const BudgetScope& scope);

}  // namespace idswitch::store
