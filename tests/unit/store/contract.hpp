#pragma once

// What every engine of the store has to show, as typed tests: an engine says how a store is opened
// and how its disk is made to fail. The names are the properties'. Here is one engine.

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "samples.hpp"

namespace idswitch::store {

class SqliteEngine {
 public:
  std::unique_ptr<Store> open() const {
    Options options;
    options.path = folder_.file();
    options.clock = &clock_;
    auto opened = Store::open(options);
    EXPECT_TRUE(opened) << opened.error().detail();
    return std::move(*opened);
  }

  std::string file() const { return folder_.file(); }

  ManualClock& clock() { return clock_; }

 private:
  Folder folder_;
  ManualClock clock_{1'700'000'000'000};
};

template <class Engine>
class Contract : public testing::Test {
 protected:
  Contract() : store_(engine_.open()) {}

  Written write(Change change) {
    std::promise<Written> promise;
    auto written = promise.get_future();
    store_->write(std::move(change), [&](Written w) { promise.set_value(std::move(w)); });
    return written.get();
  }

  // Queued together, so that they share a group if anything does.
  std::vector<Written> write_all(std::vector<Change> changes) {
    std::vector<Written> all(changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i)
      store_->write(std::move(changes[i]), [&all, i](Written w) { all[i] = std::move(w); });
    static_cast<void>(write({}));
    return all;
  }

  void reopen() {
    store_.reset();
    store_ = engine_.open();
  }

  Engine engine_;
  std::unique_ptr<Store> store_;
};

using Engines = testing::Types<SqliteEngine>;

inline const UsageKey k_day_units{"jumdata-main", "life_check", "", "2023-11-14"};
inline const UsageKey k_open_units{"jumdata-main", "life_check", "", ""};
inline const UsageKey k_day_money{"jumdata-main", "", "CNY", "2023-11-14"};
inline const SpendKey k_spend{"acme", "jumdata-main", "CNY", "2023-11-14"};

inline BudgetKey budget_key() {
  return {"monthly~0a1b2c3d", "2023-11", {"acme", {}, "CNY", "2023-11-01", "2023-11-30"}};
}

// What a hold of n books, refused when the budget has no room for it.
inline Booking hold_of(std::uint64_t n, Money limit = {1'000'000'000}) {
  Booking booking;
  booking.touch.usage = {k_open_units};
  booking.touch.spend = {k_spend};
  booking.touch.budgets = {budget_key()};
  booking.price = [n, limit](Counts& counts) {
    LedgerEntry entry = sample_entry(n, EntryKind::hold);
    BudgetCount& budget = counts.budget(budget_key());
    if (budget.committed() + entry.amount > limit) return Booked{{}, "monthly has no room"};
    budget.reserved = budget.reserved + entry.amount;
    SpendCount& spend = counts.spend(k_spend);
    spend.reserved = spend.reserved + entry.amount;
    ++counts.usage(k_open_units).open;
    return Booked{{std::move(entry)}, {}};
  };
  return booking;
}

// What its capture books. The n-th unit of the day costs n micro-units.
inline Booking capture_of(std::uint64_t n) {
  Booking booking;
  booking.touch.usage = {k_open_units,
                         k_day_units,
                         k_day_money,
                         {"jumdata-main", "life_check", "", "2023-11"},
                         {"jumdata-main", "", "CNY", "2023-11"}};
  booking.touch.spend = {k_spend};
  booking.touch.budgets = {budget_key()};
  booking.price = [n](Counts& counts) {
    LedgerEntry entry = sample_entry(n, EntryKind::capture);
    const Money held = entry.amount;
    UsageCount& units = counts.usage(k_day_units);
    entry.place = units.units;
    entry.amount.micros = ++units.units;
    ++counts.usage({"jumdata-main", "life_check", "", "2023-11"}).units;
    --counts.usage(k_open_units).open;
    Money& charged = counts.usage(k_day_money).amount;
    charged = charged + entry.amount;
    Money& month = counts.usage({"jumdata-main", "", "CNY", "2023-11"}).amount;
    month = month + entry.amount;
    SpendCount& spend = counts.spend(k_spend);
    spend.reserved = spend.reserved - held;
    spend.spent = spend.spent + entry.amount;
    BudgetCount& budget = counts.budget(budget_key());
    budget.reserved = budget.reserved - held;
    budget.spent = budget.spent + entry.amount;
    return Booked{{std::move(entry)}, {}};
  };
  return booking;
}

inline Touch all_counts() {
  Touch touch;
  touch.usage = {k_open_units, k_day_units, k_day_money};
  touch.spend = {k_spend};
  touch.budgets = {budget_key()};
  return touch;
}

// They and what their ledger comes to, as text.
std::string counts_text(Store& store);

}  // namespace idswitch::store
