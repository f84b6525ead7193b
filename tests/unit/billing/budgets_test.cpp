#include "billing/budgets.hpp"

#include <gtest/gtest.h>

#include "billing/memory_counts.hpp"

namespace idswitch::billing {
namespace {

using config::Per;

constexpr std::int64_t k_day_ms = 86'400'000;
constexpr std::int64_t k_hour_ms = 3'600'000;
constexpr std::int64_t k_november_30 = 1'795'996'800'000;  // 2026-11-30 00:00 UTC
constexpr std::int64_t k_december = k_november_30 + k_day_ms;

config::Budget budget(std::string name, std::int64_t limit_micros) {
  config::Budget budget;
  budget.name = std::move(name);
  budget.limit = Money{limit_micros};
  budget.currency = "CNY";
  return budget;
}

// Some budgets, and what is counted in them.
class Office {
 public:
  explicit Office(std::vector<config::Budget> budgets) { adopt(std::move(budgets)); }

  void adopt(std::vector<config::Budget> budgets) {
    budgets_ = Budgets(std::move(budgets), {{"baidu", 0}, {"jumdata", 480}});
    counts_.adopt(budgets_.limits());
  }

  struct Reservation {
    std::optional<Exhausted> exhausted;
    std::vector<BudgetWarning> warnings;
  };

  Reservation reserve(std::int64_t micros, std::int64_t at = k_november_30,
                      std::string_view account = "baidu", std::string_view tenant = "shop",
                      std::string_view currency = "CNY") {
    const Spender spender{tenant, account, currency, at, account == "jumdata" ? 480 : 0};
    const auto touched = budgets_.of(spender);
    Reservation made;
    made.exhausted = budgets_.refusal(touched, spender, Money{micros}, counts_);
    if (!made.exhausted) budgets_.add(touched, {Money{micros}, {}}, counts_, made.warnings);
    return made;
  }

  std::vector<BudgetWarning> settle(std::int64_t held, std::int64_t final_amount,
                                    std::int64_t at = k_november_30) {
    std::vector<BudgetWarning> warnings;
    budgets_.add(budgets_.of({"shop", "baidu", "CNY", at, 0}), {Money{-held}, Money{final_amount}},
                 counts_, warnings);
    return warnings;
  }

  std::vector<BudgetState> states(std::int64_t at = k_november_30) {
    return budgets_.states(at, [&](const BudgetKey& key) { return counts_.budget(key); });
  }

  BudgetState state(std::size_t index = 0, std::int64_t at = k_november_30) {
    return states(at).at(index);
  }

 private:
  Budgets budgets_;
  MemoryCounts counts_;
};

TEST(Budgets, GiveRoomUpToTheLimitAndNotBeyond) {
  Office office({budget("all", 100)});
  EXPECT_FALSE(office.reserve(60).exhausted);
  EXPECT_FALSE(office.reserve(40).exhausted) << "the limit itself may be reached";
  EXPECT_TRUE(office.reserve(1).exhausted);
  EXPECT_FALSE(office.reserve(0).exhausted) << "what costs nothing needs no room";
  EXPECT_EQ(office.state().reserved, Money{100});
}

TEST(Budgets, WhatIsNotSpentComesBackAndWhatIsSpentDoesNot) {
  Office office({budget("all", 100)});
  office.reserve(60);
  office.reserve(40);
  office.settle(60, 0);
  office.settle(40, 30);
  EXPECT_EQ(office.state().reserved, Money{});
  EXPECT_EQ(office.state().spent, Money{30});
  EXPECT_EQ(office.state().share_ppm, 300'000);
  EXPECT_TRUE(office.reserve(71).exhausted);
  EXPECT_FALSE(office.reserve(70).exhausted);
}

TEST(Budgets, AChargeThatCostsMoreThanItsHoldIsCountedInFull) {
  Office office({budget("all", 100)});
  office.reserve(60);
  office.settle(60, 110);
  EXPECT_EQ(office.state().spent, Money{110});
  EXPECT_EQ(office.state().share_ppm, 1'100'000);
  EXPECT_TRUE(office.reserve(1).exhausted);
  EXPECT_FALSE(office.reserve(0).exhausted);
}

TEST(Budgets, CountByTenantAccountAndCurrency) {
  std::vector<config::Budget> budgets = {budget("shop", 100), budget("baidu", 100),
                                         budget("both", 100)};
  budgets[0].tenant = "shop";
  budgets[1].accounts = {"megvii", "baidu"};
  budgets[2].tenant = "bank";
  budgets[2].accounts = {"baidu"};
  Office office(budgets);
  office.reserve(10);
  office.reserve(5, k_november_30, "jumdata");
  office.reserve(3, k_november_30, "baidu", "bank");
  EXPECT_FALSE(office.reserve(999, k_november_30, "baidu", "shop", "EUR").exhausted);
  EXPECT_EQ(office.state(0).reserved, Money{15});
  EXPECT_EQ(office.state(1).budget, "baidu");
  EXPECT_EQ(office.state(1).reserved, Money{13});
  EXPECT_EQ(office.state(2).reserved, Money{3});
}

TEST(Budgets, TheFirstOfTheConfigurationThatRefusesIsNamed) {
  std::vector<config::Budget> budgets = {budget("wide", 100), budget("narrow", 10),
                                         budget("last", 5)};
  budgets[2].tenant = "shop";
  Office office(budgets);
  EXPECT_EQ(office.reserve(11).exhausted->budget, "narrow");
  EXPECT_EQ(office.reserve(101).exhausted->budget, "wide");
  EXPECT_EQ(office.reserve(6).exhausted->budget, "last");
  std::swap(budgets[0], budgets[2]);
  EXPECT_EQ(Office(budgets).reserve(101).exhausted->budget, "last") << "it comes first now";
  for (const BudgetState& one : office.states()) EXPECT_EQ(one.reserved, Money{});
}

TEST(Budgets, ARefusalSaysWhichBudgetAndWhatToDo) {
  Office office({budget("shop-month", 100'000'000)});
  office.reserve(99'500'000, k_november_30, "jumdata");
  const auto refused = office.reserve(800'000, k_november_30, "jumdata").exhausted;
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->limit, Money{100'000'000});
  EXPECT_EQ(refused->committed, Money{99'500'000});
  EXPECT_EQ(refused->period, "2026-11");
  EXPECT_EQ(refused->ends_unix_ms, k_december - 8 * k_hour_ms);
  EXPECT_EQ(refused->text,
            "budget \"shop-month\" has no room for 0.80 CNY in 2026-11: 99.50 of 100.00 CNY are "
            "spent or held; raise its limit in the configuration, or wait until the period ends at "
            "2026-12-01 00:00 +08:00");
  const auto never = office.reserve(100'000'001, k_november_30, "jumdata").exhausted;
  ASSERT_TRUE(never);
  EXPECT_EQ(never->text.find("wait"), std::string::npos) << "waiting would not help";
}

TEST(Budgets, EachPeriodHasItsOwnRoomHoweverOldItIs) {
  std::vector<config::Budget> budgets = {budget("day", 100)};
  budgets[0].per = Per::day;
  Office office(budgets);
  office.reserve(100);
  EXPECT_FALSE(office.reserve(100, k_december).exhausted);
  EXPECT_TRUE(office.reserve(1, k_december).exhausted);
  for (int day = 2; day < 40; ++day) office.reserve(10, k_november_30 + day * k_day_ms);
  // Settled weeks later, it comes back on the day of its hold.
  office.settle(100, 20, k_november_30);
  EXPECT_TRUE(office.reserve(1, k_december).exhausted);
  EXPECT_FALSE(office.reserve(80, k_november_30 + 5).exhausted);
  EXPECT_EQ(office.state(0, k_december).reserved, Money{100});
  EXPECT_EQ(office.state(0, k_december).period, "2026-12-01");
}

TEST(Budgets, AnAccountsPeriodTurnsByItsContractsTime) {
  Office office({budget("all", 100)});
  const std::int64_t evening = k_december - 2 * k_hour_ms;  // December in Beijing
  office.reserve(100, evening, "baidu");
  EXPECT_FALSE(office.reserve(100, evening, "jumdata").exhausted);
  EXPECT_TRUE(office.reserve(1, k_december, "baidu").exhausted) << "one December for all";
  const auto states = office.states(evening);
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0].period, "2026-11");
  EXPECT_EQ(states[1].period, "2026-12");
  EXPECT_EQ(states[1].reserved, Money{100});
  EXPECT_EQ(office.states(k_december).size(), 1u);
}

TEST(Budgets, WarnOnceInAPeriodWhenTheMarkIsReached) {
  Office office({budget("all", 100)});
  EXPECT_TRUE(office.reserve(79).warnings.empty());
  const auto warnings = office.reserve(1).warnings;
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].budget, "all");
  EXPECT_EQ(warnings[0].period, "2026-11");
  EXPECT_FALSE(warnings[0].is_over_limit);
  EXPECT_EQ(warnings[0].committed, Money{80});
  EXPECT_NE(warnings[0].text.find("\"all\""), std::string::npos);
  EXPECT_TRUE(office.reserve(1).warnings.empty());
  office.settle(50, 0);
  EXPECT_TRUE(office.reserve(60).warnings.empty()) << "told once";
  EXPECT_EQ(office.reserve(90, k_december).warnings.size(), 1u) << "a new month";
}

TEST(Budgets, OneThatOnlyWarnsRefusesNothing) {
  std::vector<config::Budget> budgets = {budget("soft", 100)};
  budgets[0].stops = false;
  Office office(budgets);
  EXPECT_EQ(office.reserve(100).warnings.size(), 1u);
  const auto over = office.reserve(1);
  EXPECT_FALSE(over.exhausted);
  ASSERT_EQ(over.warnings.size(), 1u);
  EXPECT_TRUE(over.warnings[0].is_over_limit);
  EXPECT_TRUE(office.reserve(1'000).warnings.empty());
}

TEST(Budgets, AReloadKeepsTheCountsAndBringsAnotherLimit) {
  Office office({budget("all", 100)});
  EXPECT_EQ(office.reserve(90).warnings.size(), 1u);
  office.adopt({budget("all", 100)});
  EXPECT_TRUE(office.reserve(1).warnings.empty());
  office.adopt({budget("all", 95)});
  EXPECT_EQ(office.state().reserved, Money{91});
  EXPECT_TRUE(office.reserve(5).exhausted);
  EXPECT_EQ(office.reserve(4).warnings.size(), 1u) << "another mark is worth telling again";
}

struct Identity {
  const char* name;
  void (*change)(config::Budget&);
  bool is_same = false;
};

TEST(Budgets, OneThatCountsSomethingElseIsAnother) {
  const Identity changes[] = {
      {"name", [](config::Budget& one) { one.name = "x"; }},
      {"tenant", [](config::Budget& one) { one.tenant = "shop"; }},
      {"accounts", [](config::Budget& one) { one.accounts = {"baidu"}; }},
      {"per", [](config::Budget& one) { one.per = Per::day; }},
      {"currency", [](config::Budget& one) { one.currency = "EUR"; }},
      {"limit", [](config::Budget& one) { one.limit = Money{7}; }, true},
      {"stops", [](config::Budget& one) { one.stops = false; }, true},
      {"order",
       [](config::Budget& one) {
         one.accounts = {"jumdata", "baidu", "megvii"};
       }},
  };
  const auto name_of = [](const config::Budget& one) {
    return Budgets({one}, {}).limits().at(0).budget;
  };
  const std::string was = name_of(budget("all", 100));
  EXPECT_EQ(was.substr(0, 4), "all~");
  EXPECT_EQ(was.size(), 12u);
  for (const Identity& identity : changes) {
    config::Budget changed = budget("all", 100);
    identity.change(changed);
    EXPECT_EQ(name_of(changed) == was, identity.is_same) << identity.name;
  }
  config::Budget one = budget("all", 100), other = one;
  one.accounts = {"baidu", "jumdata"};
  other.accounts = {"jumdata", "baidu"};
  EXPECT_EQ(name_of(one), name_of(other)) << "their order says nothing";
}

}  // namespace
}  // namespace idswitch::billing
