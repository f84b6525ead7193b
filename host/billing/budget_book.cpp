#include "billing/budget_book.hpp"

#include <algorithm>

#include "billing/period.hpp"

namespace idswitch::billing {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t k_all_ppm = 1'000'000;

// Around a period's turn two are in use when accounts are in different time zones, and a hold may
// be settled after it.
constexpr std::size_t k_periods_kept = 3;

bool is_same(const config::Budget& left, const config::Budget& right) {
  return left.name == right.name && left.tenant == right.tenant &&
         left.accounts == right.accounts && left.per == right.per &&
         left.currency == right.currency;
}

std::int64_t share_ppm(Money committed, Money limit) {
  if (limit <= Money{}) return committed > Money{} ? k_all_ppm : 0;
  return std::int64_t(Wide{committed.micros} * k_all_ppm / limit.micros);
}

bool reaches(Money committed, Money limit, std::uint32_t mark_ppm) {
  return committed > Money{} && Wide{committed.micros} * k_all_ppm >= Wide{limit.micros} * mark_ppm;
}

std::string share_text(const config::Budget& budget, Money committed) {
  return committed.text() + " of " + budget.limit.text() + " " + budget.currency +
         " are spent or held";
}

}  // namespace

BudgetBook::BudgetBook(std::vector<config::Budget> budgets, Offsets utc_offset_min)
    : utc_offset_min_(std::move(utc_offset_min)) {
  for (config::Budget& budget : budgets) lines_.push_back({std::move(budget), {}});
}

std::vector<std::string> BudgetBook::adopt(const BudgetBook& old) {
  std::vector<std::string> empty;
  for (Line& line : lines_) {
    const auto found = std::find_if(old.lines_.begin(), old.lines_.end(), [&](const Line& other) {
      return is_same(line.budget, other.budget);
    });
    if (found == old.lines_.end()) {
      empty.push_back(line.budget.name);
      continue;
    }
    line.periods = found->periods;
    if (line.budget.limit == found->budget.limit && line.budget.stops == found->budget.stops &&
        line.budget.warn_at_ppm == found->budget.warn_at_ppm) {
      continue;
    }
    // Another mark is worth telling again.
    for (auto& [period, sums] : line.periods) sums.is_warned = sums.is_told_over = false;
  }
  utc_offset_min_.insert(old.utc_offset_min_.begin(), old.utc_offset_min_.end());
  open_ = old.open_;
  return empty;
}

int BudgetBook::offset_of(std::string_view account) const {
  const auto found = utc_offset_min_.find(account);
  return found == utc_offset_min_.end() ? 0 : found->second;
}

bool BudgetBook::counts(const config::Budget& budget, const Charge& charge) {
  return budget.currency == charge.currency &&
         (budget.tenant.empty() || budget.tenant == charge.tenant) &&
         (budget.accounts.empty() || std::find(budget.accounts.begin(), budget.accounts.end(),
                                               charge.account) != budget.accounts.end());
}

bool BudgetBook::refuses(const Line& line, Money amount, std::int64_t period) {
  if (!line.budget.stops || amount <= Money{}) return false;
  const auto found = line.periods.find(period);
  const Money committed = found == line.periods.end() ? Money{} : found->second.committed();
  return amount > line.budget.limit - committed;
}

BudgetBook::Sums* BudgetBook::sums_of(Line& line, std::int64_t period) {
  const auto found = line.periods.find(period);
  if (found != line.periods.end()) return &found->second;
  if (line.periods.size() >= k_periods_kept) {
    if (period < line.periods.begin()->first) return nullptr;
    line.periods.erase(line.periods.begin());
  }
  return &line.periods[period];
}

Exhausted BudgetBook::exhausted(const Line& line, const Charge& charge) const {
  const config::Budget& budget = line.budget;
  const int offset = offset_of(charge.account);
  const auto found = line.periods.find(period_number(charge.at_unix_ms, budget.per, offset));
  Exhausted exhausted;
  exhausted.budget = budget.name;
  exhausted.period = period_name(charge.at_unix_ms, budget.per, offset);
  exhausted.limit = budget.limit;
  if (found != line.periods.end()) exhausted.committed = found->second.committed();
  exhausted.ends_unix_ms = period_of(charge.at_unix_ms, budget.per, offset).end_unix_ms;
  exhausted.text = "budget \"" + budget.name + "\" has no room for " + charge.amount.text() + " " +
                   budget.currency + " in " + exhausted.period + ": " +
                   share_text(budget, exhausted.committed) +
                   "; raise its limit in the configuration";
  // What is more than a whole period's limit never fits.
  if (charge.amount <= budget.limit) {
    exhausted.text +=
        ", or wait until the period ends at " + local_time(exhausted.ends_unix_ms, offset);
  }
  return exhausted;
}

void BudgetBook::warn(const Line& line, const Charge& charge, Sums& sums,
                      std::vector<BudgetWarning>& warnings) const {
  const config::Budget& budget = line.budget;
  const Money committed = sums.committed();
  const bool is_over = !budget.stops && committed > budget.limit && !sums.is_told_over;
  const bool is_near = !sums.is_warned && reaches(committed, budget.limit, budget.warn_at_ppm);
  if (!is_over && !is_near) return;
  sums.is_warned = sums.is_warned || is_near;
  sums.is_told_over = sums.is_told_over || is_over;
  const std::string period = period_name(charge.at_unix_ms, budget.per, offset_of(charge.account));
  std::string text = "budget \"" + budget.name + "\" of " + period + ": " +
                     share_text(budget, committed) +
                     (budget.stops ? "; at the limit verifications are refused, raise it in the "
                                     "configuration if that is not wanted"
                                   : "; it only warns, and nothing is refused");
  warnings.push_back({budget.name, period, is_over, budget.limit, committed, std::move(text)});
}

void BudgetBook::add(const Charge& charge, Money to_reserved, Money to_spent,
                     std::vector<BudgetWarning>& warnings) {
  for (Line& line : lines_) {
    if (!counts(line.budget, charge)) continue;
    Sums* sums =
        sums_of(line, period_number(charge.at_unix_ms, line.budget.per, offset_of(charge.account)));
    if (sums == nullptr) continue;
    sums->reserved = sums->reserved + to_reserved;
    sums->spent = sums->spent + to_spent;
    warn(line, charge, *sums, warnings);
  }
}

Reservation BudgetBook::reserve(std::string_view tenant, std::string_view account,
                                std::string_view currency, Money amount, std::int64_t at_unix_ms) {
  const Charge charge{tenant, account, currency, amount, at_unix_ms};
  const int offset = offset_of(account);
  Reservation reservation;
  for (const Line& line : lines_) {
    if (!counts(line.budget, charge)) continue;
    if (!refuses(line, amount, period_number(at_unix_ms, line.budget.per, offset))) continue;
    reservation.exhausted = exhausted(line, charge);
    return reservation;
  }
  add(charge, amount, Money{}, reservation.warnings);
  return reservation;
}

std::vector<BudgetWarning> BudgetBook::reserve_anyway(std::string_view tenant,
                                                      std::string_view account,
                                                      std::string_view currency, Money amount,
                                                      std::int64_t at_unix_ms) {
  std::vector<BudgetWarning> warnings;
  add({tenant, account, currency, amount, at_unix_ms}, amount, Money{}, warnings);
  return warnings;
}

std::vector<BudgetWarning> BudgetBook::settle(std::string_view tenant, std::string_view account,
                                              std::string_view currency, Money held,
                                              std::int64_t held_at_unix_ms, Money final_amount) {
  std::vector<BudgetWarning> warnings;
  add({tenant, account, currency, held, held_at_unix_ms}, Money{} - held, final_amount, warnings);
  return warnings;
}

std::string_view BudgetBook::exhausted_by(std::string_view tenant, std::string_view account,
                                          std::string_view currency, Money amount,
                                          std::int64_t at_unix_ms) const {
  const Charge charge{tenant, account, currency, amount, at_unix_ms};
  const int offset = offset_of(account);
  for (const Line& line : lines_) {
    if (counts(line.budget, charge) &&
        refuses(line, amount, period_number(at_unix_ms, line.budget.per, offset))) {
      return line.budget.name;
    }
  }
  return {};
}

void BudgetBook::take(const LedgerEntry& entry) {
  const ChargeKey key{entry.verification, {entry.account, entry.sku, entry.event, entry.call}};
  if (entry.kind == EntryKind::hold) {
    reserve_anyway(entry.tenant, entry.account, entry.currency, entry.amount, entry.at_unix_ms);
    open_[key] = {entry.currency, entry.amount, entry.at_unix_ms};
    return;
  }
  const auto found = open_.find(key);
  const OpenHold hold =
      found == open_.end() ? OpenHold{entry.currency, {}, entry.at_unix_ms} : found->second;
  if (entry.kind == EntryKind::adjust) {
    if (entry.amount != Money{}) {
      settle(entry.tenant, entry.account, entry.currency, Money{}, hold.at_unix_ms, entry.amount);
    }
    return;
  }
  const bool same_currency = hold.currency == entry.currency;
  settle(entry.tenant, entry.account, hold.currency, hold.amount, hold.at_unix_ms,
         entry.kind == EntryKind::capture && same_currency ? entry.amount : Money{});
  if (found != open_.end()) open_.erase(found);
}

std::vector<BudgetState> BudgetBook::states(std::int64_t at_unix_ms) const {
  std::vector<BudgetState> states;
  for (const Line& line : lines_) {
    const config::Budget& budget = line.budget;
    std::map<std::int64_t, int> current;  // period number -> an offset in which it is now
    for (const auto& [account, offset] : utc_offset_min_) {
      if (!budget.accounts.empty() && std::find(budget.accounts.begin(), budget.accounts.end(),
                                                account) == budget.accounts.end()) {
        continue;
      }
      current.emplace(period_number(at_unix_ms, budget.per, offset), offset);
    }
    if (current.empty()) current.emplace(period_number(at_unix_ms, budget.per, 0), 0);
    for (const auto& [period, offset] : current) {
      BudgetState state;
      state.budget = budget.name;
      state.period = period_name(at_unix_ms, budget.per, offset);
      state.currency = budget.currency;
      state.stops = budget.stops;
      state.limit = budget.limit;
      if (const auto found = line.periods.find(period); found != line.periods.end()) {
        state.spent = found->second.spent;
        state.reserved = found->second.reserved;
      }
      state.share_ppm = share_ppm(state.spent + state.reserved, state.limit);
      states.push_back(std::move(state));
    }
  }
  return states;
}

}  // namespace idswitch::billing
