#include "billing/budgets.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "billing/period.hpp"
#include "model/counts_fold.hpp"

namespace idswitch::billing {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t k_all_ppm = 1'000'000;

std::int64_t share_ppm(Money committed, Money limit) {
  if (limit <= Money{}) return committed > Money{} ? k_all_ppm : 0;
  return std::int64_t(Wide{committed.micros} * k_all_ppm / limit.micros);
}

bool reaches(Money committed, Money limit, std::uint32_t mark_ppm) {
  return committed > Money{} && Wide{committed.micros} * k_all_ppm >= Wide{limit.micros} * mark_ppm;
}

std::string share_text(const config::Budget& budget, const BudgetCount& count) {
  return count.committed().text() + " of " + count.limit.text() + " " + budget.currency +
         " are spent or held";
}

std::string index_key(std::string_view tenant, std::string_view account,
                      std::string_view currency) {
  std::string key(tenant);
  key.append(1, '\0').append(account).append(1, '\0').append(currency);
  return key;
}

// The name that counts have: a budget that counts something else is another one.
std::string counted_name(const config::Budget& budget) {
  std::string what(budget.tenant);
  std::vector<std::string> accounts = budget.accounts;
  std::sort(accounts.begin(), accounts.end());
  for (const std::string& account : accounts) what.append(1, '\0').append(account);
  what.append(1, '\n').append(budget.per == config::Per::day ? "day" : "month");
  what.append(1, '\n').append(budget.currency);
  const auto digest = sha256(what);
  std::string name = budget.name + "~";
  for (std::size_t i = 0; i < 4; ++i) {
    const auto byte = static_cast<unsigned char>(digest[i]);
    name.push_back("0123456789abcdef"[byte >> 4]);
    name.push_back("0123456789abcdef"[byte & 15]);
  }
  return name;
}

std::string period_text(config::Per per, std::int64_t at_unix_ms, int utc_offset_min) {
  return per == config::Per::day ? day_of(at_unix_ms, utc_offset_min)
                                 : month_of(at_unix_ms, utc_offset_min);
}

}  // namespace

Budgets::Budgets(std::vector<config::Budget> budgets, Offsets utc_offset_min)
    : utc_offset_min_(std::move(utc_offset_min)) {
  for (config::Budget& budget : budgets) {
    const std::size_t index = lines_.size();
    std::string name = counted_name(budget);
    Line& line = lines_.emplace_back(Line{std::move(budget), std::move(name)});
    const auto put = [&](std::string_view account) {
      index_[index_key(line.budget.tenant, account, line.budget.currency)].push_back(index);
    };
    if (line.budget.accounts.empty()) put({});
    for (const std::string& account : line.budget.accounts) put(account);
  }
}

BudgetKey Budgets::key_of(const Line& line, std::int64_t at_unix_ms, int utc_offset_min) const {
  const config::Budget& budget = line.budget;
  BudgetKey key{line.name, period_text(budget.per, at_unix_ms, utc_offset_min), {}};
  const bool is_day = budget.per == config::Per::day;
  // No month has a day behind its 31st.
  key.scope = {budget.tenant, budget.accounts, budget.currency,
               is_day ? key.period : key.period + "-01", is_day ? key.period : key.period + "-31"};
  return key;
}

std::vector<Budgets::Counted> Budgets::of(const Spender& spender) const {
  std::vector<Counted> found;
  if (lines_.empty()) return found;
  for (const std::string_view tenant : {std::string_view(), spender.tenant}) {
    for (const std::string_view account : {std::string_view(), spender.account}) {
      const auto indexed = index_.find(index_key(tenant, account, spender.currency));
      if (indexed == index_.end()) continue;
      for (const std::size_t index : indexed->second) {
        found.push_back({index, key_of(lines_[index], spender.at_unix_ms, spender.utc_offset_min)});
      }
    }
  }
  // In the order of the configuration: the first that refuses is named.
  std::sort(found.begin(), found.end(),
            [](const Counted& a, const Counted& b) { return a.index < b.index; });
  return found;
}

std::optional<Exhausted> Budgets::refusal(const std::vector<Counted>& budgets,
                                          const Spender& spender, Money amount,
                                          Counts& counts) const {
  if (amount <= Money{}) return {};
  for (const Counted& one : budgets) {
    const config::Budget& budget = lines_[one.index].budget;
    if (!budget.stops) continue;
    const BudgetCount& count = counts.budget(one.key);
    if (amount <= count.limit - count.committed()) continue;
    Exhausted exhausted;
    exhausted.budget = budget.name;
    exhausted.period = one.key.period;
    exhausted.limit = count.limit;
    exhausted.committed = count.committed();
    exhausted.ends_unix_ms =
        period_of(spender.at_unix_ms, budget.per, spender.utc_offset_min).end_unix_ms;
    exhausted.text = "budget \"" + budget.name + "\" has no room for " + amount.text() + " " +
                     budget.currency + " in " + exhausted.period + ": " +
                     share_text(budget, count) + "; raise its limit in the configuration";
    // What is more than a whole period's limit never fits.
    if (amount <= count.limit) {
      exhausted.text += ", or wait until the period ends at " +
                        local_time(exhausted.ends_unix_ms, spender.utc_offset_min);
    }
    return exhausted;
  }
  return {};
}

void Budgets::add(const std::vector<Counted>& budgets, const SpendCount& change, Counts& counts,
                  std::vector<BudgetWarning>& warnings) const {
  for (const Counted& one : budgets) {
    const config::Budget& budget = lines_[one.index].budget;
    BudgetCount& count = counts.budget(one.key);
    count.reserved = count.reserved + change.reserved;
    count.spent = count.spent + change.spent;
    const bool is_over = !budget.stops && count.committed() > count.limit && !count.told_over;
    const bool is_near =
        !count.warned && reaches(count.committed(), count.limit, budget.warn_at_ppm);
    if (!is_over && !is_near) continue;
    count.warned = count.warned || is_near;
    count.told_over = count.told_over || is_over;
    std::string text = "budget \"" + budget.name + "\" of " + one.key.period + ": " +
                       share_text(budget, count) +
                       (budget.stops ? "; at the limit verifications are refused, raise it in the "
                                       "configuration if that is not wanted"
                                     : "; it only warns, and nothing is refused");
    warnings.push_back(
        {budget.name, one.key.period, is_over, count.limit, count.committed(), std::move(text)});
  }
}

std::vector<BudgetLimit> Budgets::limits() const {
  std::vector<BudgetLimit> limits;
  for (const Line& line : lines_) limits.push_back({line.name, line.budget.limit});
  return limits;
}

std::vector<BudgetState> Budgets::states(
    std::int64_t at_unix_ms, const std::function<BudgetCount(const BudgetKey&)>& read) const {
  std::vector<BudgetState> states;
  for (const Line& line : lines_) {
    const config::Budget& budget = line.budget;
    std::map<std::string, BudgetKey> current;  // by period
    const auto put = [&](int offset) {
      BudgetKey key = key_of(line, at_unix_ms, offset);
      std::string period = key.period;
      current.emplace(std::move(period), std::move(key));
    };
    for (const auto& [account, offset] : utc_offset_min_) {
      const auto& named = budget.accounts;
      if (named.empty() || std::find(named.begin(), named.end(), account) != named.end()) {
        put(offset);
      }
    }
    if (current.empty()) put(0);
    for (const auto& [period, key] : current) {
      const BudgetCount count = read(key);
      states.push_back({budget.name, period, budget.currency, budget.stops, budget.limit,
                        count.spent, count.reserved, share_ppm(count.committed(), budget.limit)});
    }
  }
  return states;
}

}  // namespace idswitch::billing
