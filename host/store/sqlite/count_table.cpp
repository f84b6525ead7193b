#include "store/sqlite/count_table.hpp"

#include <algorithm>

namespace idswitch::store {
namespace {

// Where more than one writer adds, each has rows of its own, and readers sum. Here is one.
constexpr int k_lane = 0;

std::string select(std::string_view rest) {
  return ("SELECT " + std::string(k_budget_columns)).append(" FROM budget_count ").append(rest);
}

std::vector<std::string> accounts_of(std::string_view text) {
  std::vector<std::string> accounts;
  while (text.size() > 1) {
    const std::size_t end = text.find('\n', 1);
    if (end == std::string_view::npos) break;
    accounts.emplace_back(text.substr(1, end - 1));
    text.remove_prefix(end);
  }
  return accounts;
}

}  // namespace

BudgetRow budget_row_of(const Statement& row) {
  BudgetRow budget;
  budget.key.budget = row.text(0);
  budget.key.period = row.text(1);
  budget.count.limit.micros = row.integer(2);
  budget.count.reserved.micros = row.integer(3);
  budget.count.spent.micros = row.integer(4);
  budget.count.warned = row.integer(5) != 0;
  budget.count.told_over = row.integer(6) != 0;
  budget.key.scope.tenant = row.text(7);
  budget.key.scope.accounts = accounts_of(row.bytes(8));
  budget.key.scope.currency = row.text(9);
  budget.key.scope.first_day = row.text(10);
  budget.key.scope.last_day = row.text(11);
  return budget;
}

std::string accounts_text(const BudgetScope& scope) {
  std::vector<std::string> accounts = scope.accounts;
  std::sort(accounts.begin(), accounts.end());
  std::string text;
  for (const std::string& account : accounts)
    text.append(text.empty() ? "\n" : "").append(account).push_back('\n');
  return text;
}

CountReader::CountReader(Database& database)
    : database_(&database),
      usage_(database,
             "SELECT sum(units), sum(open), sum(amount_micros) FROM usage_count"
             " WHERE account = ?1 AND sku = ?2 AND currency = ?3 AND period = ?4"),
      spend_(database,
             "SELECT sum(reserved_micros), sum(spent_micros) FROM spend_count"
             " WHERE tenant = ?1 AND account = ?2 AND currency = ?3 AND day = ?4"),
      person_(database,
              "SELECT at_unix_ms FROM person_charge"
              " WHERE account = ?1 AND sku = ?2 AND person = ?3"),
      budget_(database, select("WHERE budget = ?1 AND period = ?2 AND lane = 0")),
      // By days first: an index leads to those of the period, whoever spent.
      sum_(database,
           "SELECT sum(reserved_micros), sum(spent_micros) FROM spend_count"
           " WHERE day BETWEEN ?1 AND ?2 AND currency = ?3 AND (?4 = '' OR tenant = ?4)"
           " AND (?5 = '' OR instr(?5, char(10) || account || char(10)) > 0)"),
      covering_(database, select("WHERE last_day >= ?1 AND first_day <= ?1 AND currency = ?2"
                                 " AND (tenant = '' OR tenant = ?3)"
                                 " AND (accounts = '' OR"
                                 " instr(accounts, char(10) || ?4 || char(10)) > 0)")),
      periods_(database, select("WHERE budget = ?1")),
      limits_(database, "SELECT budget, limit_micros FROM budget_limit ORDER BY budget") {}

Result<UsageCount> CountReader::usage(const UsageKey& key) {
  Rows rows(usage_.bind(key.account, key.sku, key.currency, key.period));
  if (!rows.next()) return database_->error();
  return UsageCount{usage_.integer(0), usage_.integer(1), Money{usage_.integer(2)}};
}

Result<SpendCount> CountReader::spend(const SpendKey& key) {
  Rows rows(spend_.bind(key.tenant, key.account, key.currency, key.day));
  if (!rows.next()) return database_->error();
  return SpendCount{Money{spend_.integer(0)}, Money{spend_.integer(1)}};
}

Result<std::int64_t> CountReader::person(const PersonKey& key) {
  Rows rows(person_.bind(key.account, key.sku, key.person));
  if (rows.next()) return person_.integer(0);
  if (rows.failed()) return database_->error();
  return std::int64_t{0};
}

Result<BudgetCount> CountReader::budget(const BudgetKey& key, bool& is_made) {
  {
    Rows rows(budget_.bind(key.budget, key.period));
    is_made = !rows.next();
    if (!is_made) return budget_row_of(budget_).count;
    if (rows.failed()) return database_->error();
  }
  return sum(key);
}

Result<BudgetCount> CountReader::sum(const BudgetKey& key) {
  BudgetCount count;
  const BudgetScope& scope = key.scope;
  const std::string accounts = accounts_text(scope);
  {
    Rows rows(sum_.bind(scope.first_day, scope.last_day, scope.currency, scope.tenant, accounts));
    if (!rows.next()) return database_->error();
    count.reserved.micros = sum_.integer(0);
    count.spent.micros = sum_.integer(1);
  }
  const auto list = limits();
  if (!list) return list.error();
  const auto found = std::lower_bound(
      list->begin(), list->end(), key.budget,
      [](const BudgetLimit& limit, const std::string& name) { return limit.budget < name; });
  if (found != list->end() && found->budget == key.budget) count.limit = found->limit;
  return count;
}

Result<Counted> CountReader::look(const Touch& touch) {
  Counted counted;
  for (const PersonKey& key : touch.persons) {
    const auto at = person(key);
    if (!at) return at.error();
    counted.persons.push_back(*at);
  }
  for (const UsageKey& key : touch.usage) {
    const auto count = usage(key);
    if (!count) return count.error();
    counted.usage.push_back(*count);
  }
  for (const SpendKey& key : touch.spend) {
    const auto count = spend(key);
    if (!count) return count.error();
    counted.spend.push_back(*count);
  }
  for (const BudgetKey& key : touch.budgets) {
    bool is_made = false;
    const auto count = budget(key, is_made);
    if (!count) return count.error();
    counted.budgets.push_back(*count);
  }
  return counted;
}

Result<std::vector<BudgetRow>> CountReader::covering(const SpendKey& key) {
  return read_all(covering_.bind(key.day, key.currency, key.tenant, key.account));
}

Result<std::vector<BudgetRow>> CountReader::periods_of(std::string_view budget) {
  return read_all(periods_.bind(budget));
}

Result<std::vector<BudgetRow>> CountReader::read_all(Statement& statement) {
  std::vector<BudgetRow> budgets;
  Rows rows(statement);
  while (rows.next()) budgets.push_back(budget_row_of(statement));
  if (rows.failed()) return database_->error();
  return budgets;
}

Result<std::vector<BudgetLimit>> CountReader::limits() {
  std::vector<BudgetLimit> list;
  Rows rows(limits_.bind());
  while (rows.next()) list.push_back({limits_.text(0), Money{limits_.integer(1)}});
  if (rows.failed()) return database_->error();
  return list;
}

CountWriter::CountWriter(Database& database)
    : database_(&database),
      usage_(database,
             "INSERT INTO usage_count (account, sku, currency, period, lane, units, open,"
             " amount_micros) VALUES (?1,?2,?3,?4,?5,?6,?7,?8)"
             " ON CONFLICT (account, sku, currency, period, lane) DO UPDATE SET"
             " units = excluded.units, open = excluded.open,"
             " amount_micros = excluded.amount_micros"),
      spend_(database,
             "INSERT INTO spend_count (day, tenant, account, currency, lane, reserved_micros,"
             " spent_micros) VALUES (?1,?2,?3,?4,?5,?6,?7)"
             " ON CONFLICT (day, tenant, account, currency, lane) DO UPDATE SET"
             " reserved_micros = excluded.reserved_micros, spent_micros = excluded.spent_micros"),
      budget_(database,
              "INSERT INTO budget_count (budget, period, lane, limit_micros, reserved_micros,"
              " spent_micros, warned, told_over, tenant, accounts, currency, first_day, last_day)"
              " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)"
              " ON CONFLICT (budget, period, lane) DO UPDATE SET"
              " limit_micros = excluded.limit_micros, reserved_micros = excluded.reserved_micros,"
              " spent_micros = excluded.spent_micros, warned = excluded.warned,"
              " told_over = excluded.told_over"),
      person_(database,
              "INSERT INTO person_charge (account, sku, person, at_unix_ms, lane)"
              " VALUES (?1,?2,?3,?4,?5) ON CONFLICT (account, sku, person)"
              " DO UPDATE SET at_unix_ms = excluded.at_unix_ms, lane = excluded.lane"),
      forget_person_(database,
                     "DELETE FROM person_charge WHERE account = ?1 AND sku = ?2 AND person = ?3"),
      forget_limits_(database, "DELETE FROM budget_limit"),
      limit_(database,
             "INSERT INTO budget_limit (budget, limit_micros) VALUES (?1,?2)"
             " ON CONFLICT (budget) DO UPDATE SET limit_micros = excluded.limit_micros") {}

Result<void> CountWriter::write(const UsageKey& key, const UsageCount& count) {
  return run(usage_.bind(key.account, key.sku, key.currency, key.period, k_lane, count.units,
                         count.open, count.amount.micros));
}

Result<void> CountWriter::write(const SpendKey& key, const SpendCount& count) {
  return run(spend_.bind(key.day, key.tenant, key.account, key.currency, k_lane,
                         count.reserved.micros, count.spent.micros));
}

Result<void> CountWriter::write(const BudgetKey& key, const BudgetCount& count) {
  const std::string accounts = accounts_text(key.scope);
  return run(budget_.bind(key.budget, key.period, k_lane, count.limit.micros, count.reserved.micros,
                          count.spent.micros, count.warned, count.told_over, key.scope.tenant,
                          accounts, key.scope.currency, key.scope.first_day, key.scope.last_day));
}

Result<void> CountWriter::write(const PersonKey& key, std::int64_t charged_at_unix_ms) {
  // Never is not said: no row names a person for nothing.
  if (charged_at_unix_ms == 0) return run(forget_person_.bind(key.account, key.sku, key.person));
  return run(person_.bind(key.account, key.sku, key.person, charged_at_unix_ms, k_lane));
}

Result<void> CountWriter::write_limits(const std::vector<BudgetLimit>& limits) {
  if (const auto done = run(forget_limits_); !done) return done;
  for (const BudgetLimit& limit : limits) {
    if (auto done = run(limit_.bind(limit.budget, limit.limit.micros)); !done) return done;
  }
  return {};
}

Result<void> CountWriter::run(Statement& statement) {
  if (!statement.run()) return database_->error();
  return {};
}

}  // namespace idswitch::store
