#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "billing/budget_book.hpp"
#include "billing/period.hpp"

namespace idswitch::billing {
namespace {

using config::Per;

constexpr std::int64_t k_start = 1'796'040'000'000;  // 2026-11-30 12:00 UTC
constexpr std::int64_t k_hour_ms = 3'600'000;
constexpr unsigned k_callers = 64;

const BudgetBook::Offsets k_offsets = {{"baidu", 480}, {"jumdata", 480}, {"veriff", 0}};
const char* const k_accounts[] = {"baidu", "jumdata", "veriff"};
const char* const k_tenants[] = {"shop", "bank"};

std::vector<config::Budget> budgets() {
  const auto budget = [](const char* name, const char* tenant, std::vector<std::string> accounts,
                         Per per, std::int64_t limit, bool stops) {
    return config::Budget{name,    tenant, std::move(accounts), per, Money{limit}, "CNY", stops,
                          800'000, {}};
  };
  return {budget("all", "", {}, Per::month, 2'000, true),
          budget("shop-day", "shop", {}, Per::day, 700, true),
          budget("baidu", "", {"baidu", "jumdata"}, Per::day, 500, true),
          budget("soft", "bank", {}, Per::month, 100, false)};
}

struct Open {
  std::string tenant, account;
  Money held;
  std::int64_t at_unix_ms = 0;
};

// Sums by budget and period, kept the slow and plain way.
class Model {
 public:
  void add(const Open& open, std::int64_t reserved, std::int64_t spent) {
    for (const config::Budget& budget : budgets_) {
      if (!budget.tenant.empty() && budget.tenant != open.tenant) continue;
      bool is_among = budget.accounts.empty();
      for (const std::string& account : budget.accounts) is_among |= account == open.account;
      if (!is_among) continue;
      auto& sums = sums_[{budget.name, period_name(open.at_unix_ms, budget.per,
                                                   k_offsets.find(open.account)->second)}];
      sums.first += reserved;
      sums.second += spent;
    }
  }

  void expect_same(const BudgetBook& book, std::int64_t at) const {
    for (const BudgetState& state : book.states(at)) {
      const auto found = sums_.find({state.budget, state.period});
      const auto sums =
          found == sums_.end() ? std::pair<std::int64_t, std::int64_t>{} : found->second;
      ASSERT_EQ(state.reserved.micros, sums.first) << state.budget << " " << state.period;
      ASSERT_EQ(state.spent.micros, sums.second) << state.budget << " " << state.period;
      if (state.stops) {
        ASSERT_LE(sums.first + sums.second, state.limit.micros) << state.budget;
      }
    }
  }

 private:
  std::vector<config::Budget> budgets_ = budgets();
  std::map<std::pair<std::string, std::string>, std::pair<std::int64_t, std::int64_t>> sums_;
};

LedgerEntry entry_of(EntryKind kind, const Open& open, std::uint64_t id, std::int64_t at,
                     Money amount) {
  LedgerEntry entry;
  entry.verification = VerificationId{id, 0};
  entry.tenant = open.tenant;
  entry.account = open.account;
  entry.sku = "verify";
  entry.event = "verify";
  entry.kind = kind;
  entry.amount = amount;
  entry.currency = "CNY";
  entry.at_unix_ms = at;
  return entry;
}

TEST(BudgetBookProperty, InterleavedCallersNeverOverspendAndTheLedgerSaysTheSame) {
  std::mt19937 random(20261122);
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    BudgetBook book(budgets(), k_offsets);
    Model model;
    std::vector<LedgerEntry> ledger;
    std::map<unsigned, std::pair<std::uint64_t, Open>> callers;  // what each has open
    std::int64_t now = k_start;
    std::size_t refused = 0;
    for (std::uint64_t step = 1; step <= 1'500; ++step) {
      now += std::int64_t(random() % (k_hour_ms / 60));  // some 12 hours, over a month's turn
      const unsigned caller = random() % k_callers;
      const auto found = callers.find(caller);
      if (found == callers.end()) {
        Open open{k_tenants[random() % 2], k_accounts[random() % 3],
                  Money{std::int64_t(random() % 60)}, now};
        const bool room =
            book.exhausted_by(open.tenant, open.account, "CNY", open.held, now).empty();
        const Reservation got = book.reserve(open.tenant, open.account, "CNY", open.held, now);
        ASSERT_EQ(room, !got.exhausted);
        if (got.exhausted) {
          ++refused;
        } else {
          ledger.push_back(entry_of(EntryKind::hold, open, step, now, open.held));
          model.add(open, open.held.micros, 0);
          callers[caller] = {step, open};
        }
      } else {
        const auto& [id, open] = found->second;
        const bool is_void = random() % 3 == 0;
        const Money final_amount =
            is_void ? Money{} : Money{std::int64_t(random()) % (open.held.micros + 1)};
        book.settle(open.tenant, open.account, "CNY", open.held, open.at_unix_ms, final_amount);
        ledger.push_back(
            entry_of(is_void ? EntryKind::void_ : EntryKind::capture, open, id, now, final_amount));
        model.add(open, -open.held.micros, final_amount.micros);
        callers.erase(found);
      }
      if (step % 50 == 0) {
        ASSERT_NO_FATAL_FAILURE(model.expect_same(book, now));
      }
    }
    EXPECT_GT(refused, 0u) << "nothing was ever at its limit";

    BudgetBook replayed(budgets(), k_offsets);
    for (const LedgerEntry& entry : ledger) replayed.take(entry);
    ASSERT_NO_FATAL_FAILURE(model.expect_same(replayed, now));
    BudgetBook adopted(budgets(), {});
    EXPECT_TRUE(adopted.adopt(replayed).empty());
    for (const auto& [caller, charge] : callers) {
      const auto& [id, open] = charge;
      book.settle(open.tenant, open.account, "CNY", open.held, open.at_unix_ms, open.held);
      adopted.take(entry_of(EntryKind::capture, open, id, now, open.held));
      model.add(open, -open.held.micros, open.held.micros);
    }
    for (const std::int64_t at : {k_start, now}) {
      ASSERT_NO_FATAL_FAILURE(model.expect_same(book, at));
      ASSERT_NO_FATAL_FAILURE(model.expect_same(adopted, at));
      for (const BudgetState& state : book.states(at)) EXPECT_EQ(state.reserved, Money{});
    }
  }
}

TEST(BudgetBookProperty, SixtyFourThreadsBehindAMutexNeverOverspend) {
  config::Budget budget = budgets()[0];
  budget.limit = Money{1'000};
  BudgetBook book({budget}, k_offsets);
  std::mutex mutex;
  std::atomic<std::int64_t> captured{0};
  std::atomic<int> refused{0};
  std::atomic<int> overspent{0};
  std::vector<std::thread> threads;
  for (unsigned caller = 0; caller < k_callers; ++caller) {
    threads.emplace_back([&, caller] {
      std::mt19937 random(caller);
      for (int i = 0; i < 50; ++i) {
        const Money amount{std::int64_t(1 + random() % 30)};
        {
          const std::lock_guard lock(mutex);
          if (book.reserve("shop", "baidu", "CNY", amount, k_start).exhausted) {
            ++refused;
            continue;
          }
          const BudgetState state = book.states(k_start).at(0);
          if (state.spent + state.reserved > state.limit) ++overspent;
        }
        std::this_thread::yield();
        const Money final_amount{random() % 4 == 0 ? amount.micros / 2 : 0};
        const std::lock_guard lock(mutex);
        book.settle("shop", "baidu", "CNY", amount, k_start, final_amount);
        captured += final_amount.micros;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const BudgetState state = book.states(k_start).at(0);
  EXPECT_EQ(overspent, 0);
  EXPECT_EQ(state.reserved, Money{});
  EXPECT_EQ(state.spent, Money{captured});
  EXPECT_LE(state.spent, state.limit);
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace idswitch::billing
