#include "billing/budget_book.hpp"

#include <gtest/gtest.h>

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

BudgetBook book_of(std::vector<config::Budget> budgets) {
  return BudgetBook(std::move(budgets), {{"baidu", 0}, {"jumdata", 480}});
}

Reservation reserve(BudgetBook& book, std::int64_t micros, std::int64_t at = k_november_30,
                    std::string_view account = "baidu", std::string_view tenant = "shop") {
  return book.reserve(tenant, account, "CNY", Money{micros}, at);
}

std::vector<BudgetWarning> settle(BudgetBook& book, std::int64_t held, std::int64_t final_amount,
                                  std::int64_t at = k_november_30) {
  return book.settle("shop", "baidu", "CNY", Money{held}, at, Money{final_amount});
}

BudgetState state(const BudgetBook& book, std::size_t index = 0, std::int64_t at = k_november_30) {
  return book.states(at).at(index);
}

TEST(BudgetBook, GivesRoomUpToTheLimitAndNotBeyond) {
  BudgetBook book = book_of({budget("all", 100)});
  EXPECT_FALSE(reserve(book, 60).exhausted);
  EXPECT_FALSE(reserve(book, 40).exhausted) << "the limit itself may be reached";
  EXPECT_TRUE(reserve(book, 1).exhausted);
  EXPECT_FALSE(reserve(book, 0).exhausted) << "what costs nothing needs no room";
  EXPECT_EQ(state(book).reserved, Money{100});
}

TEST(BudgetBook, WhatIsNotSpentComesBackAndWhatIsSpentDoesNot) {
  BudgetBook book = book_of({budget("all", 100)});
  reserve(book, 60);
  reserve(book, 40);
  settle(book, 60, 0);
  settle(book, 40, 30);
  EXPECT_EQ(state(book).reserved, Money{});
  EXPECT_EQ(state(book).spent, Money{30});
  EXPECT_EQ(state(book).share_ppm, 300'000);
  EXPECT_TRUE(reserve(book, 71).exhausted);
  EXPECT_FALSE(reserve(book, 70).exhausted);
}

TEST(BudgetBook, AChargeThatCostsMoreThanItsHoldIsCountedInFull) {
  BudgetBook book = book_of({budget("all", 100)});
  reserve(book, 60);
  settle(book, 60, 110);
  EXPECT_EQ(state(book).spent, Money{110});
  EXPECT_EQ(state(book).share_ppm, 1'100'000);
  EXPECT_TRUE(reserve(book, 1).exhausted);
  EXPECT_FALSE(reserve(book, 0).exhausted);
}

TEST(BudgetBook, CountsByTenantAccountAndCurrency) {
  std::vector<config::Budget> budgets = {budget("shop", 100), budget("baidu", 100)};
  budgets[0].tenant = "shop";
  budgets[1].accounts = {"megvii", "baidu"};
  BudgetBook book = book_of(budgets);
  reserve(book, 10);
  reserve(book, 5, k_november_30, "jumdata");
  reserve(book, 3, k_november_30, "baidu", "bank");
  EXPECT_FALSE(book.reserve("shop", "baidu", "EUR", Money{999}, k_november_30).exhausted);
  EXPECT_EQ(state(book, 0).reserved, Money{15});
  EXPECT_EQ(state(book, 1).budget, "baidu");
  EXPECT_EQ(state(book, 1).reserved, Money{13});
}

TEST(BudgetBook, ReservesWithAllBudgetsOrWithNone) {
  BudgetBook book = book_of({budget("wide", 100), budget("narrow", 10), budget("last", 100)});
  const Reservation refused = reserve(book, 11);
  ASSERT_TRUE(refused.exhausted);
  EXPECT_EQ(refused.exhausted->budget, "narrow");
  for (const BudgetState& one : book.states(k_november_30)) EXPECT_EQ(one.reserved, Money{});
}

TEST(BudgetBook, RoutingSeesWhichBudgetWouldRefuse) {
  BudgetBook book = book_of({budget("wide", 100), budget("narrow", 10)});
  const auto by = [&](std::int64_t micros) {
    return book.exhausted_by("shop", "baidu", "CNY", Money{micros}, k_november_30);
  };
  EXPECT_EQ(by(10), "");
  EXPECT_EQ(by(11), "narrow");
  EXPECT_EQ(by(101), "wide");
  EXPECT_TRUE(book.exhausted_by("shop", "baidu", "CNY", Money{10}, k_november_30).empty());
  EXPECT_FALSE(book.exhausted_by("shop", "baidu", "CNY", Money{11}, k_november_30).empty());
  EXPECT_TRUE(book.exhausted_by("shop", "baidu", "EUR", Money{11}, k_november_30).empty());
}

TEST(BudgetBook, ARefusalSaysWhichBudgetAndWhatToDo) {
  BudgetBook book = book_of({budget("shop-month", 100'000'000)});
  reserve(book, 99'500'000, k_november_30, "jumdata");
  const auto refused = reserve(book, 800'000, k_november_30, "jumdata").exhausted;
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->limit, Money{100'000'000});
  EXPECT_EQ(refused->committed, Money{99'500'000});
  EXPECT_EQ(refused->period, "2026-11");
  EXPECT_EQ(refused->ends_unix_ms, k_december - 8 * k_hour_ms);
  EXPECT_EQ(refused->text,
            "budget \"shop-month\" has no room for 0.80 CNY in 2026-11: 99.50 of 100.00 CNY are "
            "spent or held; raise its limit in the configuration, or wait until the period ends at "
            "2026-12-01 00:00 +08:00");
  const auto never = reserve(book, 100'000'001, k_november_30, "jumdata").exhausted;
  ASSERT_TRUE(never);
  EXPECT_EQ(never->text.find("wait"), std::string::npos) << "waiting would not help";
}

TEST(BudgetBook, EachPeriodHasItsOwnRoom) {
  std::vector<config::Budget> budgets = {budget("day", 100)};
  budgets[0].per = Per::day;
  BudgetBook book = book_of(budgets);
  reserve(book, 100);
  EXPECT_FALSE(reserve(book, 100, k_december).exhausted);
  EXPECT_TRUE(reserve(book, 1, k_december).exhausted);
  // Settled on the next day, it comes back on the day of its hold.
  settle(book, 100, 20, k_november_30);
  EXPECT_TRUE(reserve(book, 1, k_december).exhausted);
  EXPECT_FALSE(reserve(book, 80, k_november_30 + 5).exhausted);
  EXPECT_EQ(state(book, 0, k_december).reserved, Money{100});
  EXPECT_EQ(state(book, 0, k_december).period, "2026-12-01");
}

TEST(BudgetBook, AnAccountsPeriodTurnsByItsContractsTime) {
  BudgetBook book = book_of({budget("all", 100)});
  const std::int64_t evening = k_december - 2 * k_hour_ms;  // December in Beijing
  reserve(book, 100, evening, "baidu");
  EXPECT_FALSE(reserve(book, 100, evening, "jumdata").exhausted);
  EXPECT_TRUE(reserve(book, 1, k_december, "baidu").exhausted) << "one December for all";
  const auto states = book.states(evening);
  ASSERT_EQ(states.size(), 2u);
  EXPECT_EQ(states[0].period, "2026-11");
  EXPECT_EQ(states[1].period, "2026-12");
  EXPECT_EQ(states[1].reserved, Money{100});
  EXPECT_EQ(book.states(k_december).size(), 1u);
}

TEST(BudgetBook, ForgetsOldPeriodsAndWhatIsSettledInThem) {
  std::vector<config::Budget> budgets = {budget("day", 100)};
  budgets[0].per = Per::day;
  BudgetBook book = book_of(budgets);
  for (int day = 0; day < 4; ++day) reserve(book, 10, k_november_30 + day * k_day_ms);
  EXPECT_EQ(state(book, 0, k_november_30).reserved, Money{}) << "forgotten";
  EXPECT_EQ(state(book, 0, k_november_30 + k_day_ms).reserved, Money{10});
  settle(book, 10, 10, k_november_30);
  EXPECT_EQ(state(book, 0, k_november_30).spent, Money{});
  EXPECT_EQ(state(book, 0, k_november_30 + k_day_ms).spent, Money{});
}

TEST(BudgetBook, WarnsOnceInAPeriodWhenTheMarkIsReached) {
  BudgetBook book = book_of({budget("all", 100)});
  EXPECT_TRUE(reserve(book, 79).warnings.empty());
  const auto warnings = reserve(book, 1).warnings;
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].budget, "all");
  EXPECT_EQ(warnings[0].period, "2026-11");
  EXPECT_FALSE(warnings[0].is_over_limit);
  EXPECT_EQ(warnings[0].committed, Money{80});
  EXPECT_NE(warnings[0].text.find("\"all\""), std::string::npos);
  EXPECT_TRUE(reserve(book, 1).warnings.empty());
  settle(book, 50, 0);
  EXPECT_TRUE(reserve(book, 60).warnings.empty()) << "told once";
  EXPECT_EQ(reserve(book, 90, k_december).warnings.size(), 1u) << "a new month";
}

TEST(BudgetBook, ABudgetThatOnlyWarnsRefusesNothing) {
  std::vector<config::Budget> budgets = {budget("soft", 100)};
  budgets[0].stops = false;
  BudgetBook book = book_of(budgets);
  EXPECT_EQ(reserve(book, 100).warnings.size(), 1u);
  const Reservation over = reserve(book, 1);
  EXPECT_FALSE(over.exhausted);
  ASSERT_EQ(over.warnings.size(), 1u);
  EXPECT_TRUE(over.warnings[0].is_over_limit);
  EXPECT_TRUE(reserve(book, 1'000).warnings.empty());
  EXPECT_TRUE(book.exhausted_by("shop", "baidu", "CNY", Money{1'000}, k_november_30).empty());
}

TEST(BudgetBook, ASettlementAndALateHoldWarnToo) {
  BudgetBook book = book_of({budget("all", 100)});
  reserve(book, 10);
  EXPECT_EQ(settle(book, 10, 80).size(), 1u);
  BudgetBook second = book_of({budget("all", 100)});
  EXPECT_EQ(second.reserve_anyway("shop", "baidu", "CNY", Money{150}, k_november_30).size(), 1u);
  EXPECT_EQ(state(second).reserved, Money{150});
}

LedgerEntry entry(EntryKind kind, std::int64_t micros, std::int64_t at,
                  std::string key = "verify") {
  LedgerEntry entry;
  entry.verification = VerificationId{1, 2};
  entry.tenant = "shop";
  entry.account = "baidu";
  entry.sku = "verify";
  entry.event = std::move(key);
  entry.kind = kind;
  entry.amount = Money{micros};
  entry.currency = "CNY";
  entry.at_unix_ms = at;
  return entry;
}

TEST(BudgetBook, ReadsTheLedgerAtStart) {
  BudgetBook book = book_of({budget("all", 100)});
  book.take(entry(EntryKind::hold, 90, k_november_30, "captured"));
  book.take(entry(EntryKind::hold, 70, k_november_30, "voided"));  // beyond the limit: it happened
  book.take(entry(EntryKind::hold, 40, k_november_30, "unknown"));
  book.take(entry(EntryKind::adjust, 0, k_december, "unknown"));
  book.take(entry(EntryKind::capture, 50, k_december, "captured"));
  book.take(entry(EntryKind::void_, 0, k_december, "voided"));
  EXPECT_EQ(state(book).spent, Money{50}) << "in the month of the hold";
  EXPECT_EQ(state(book).reserved, Money{40});
  EXPECT_EQ(state(book, 0, k_december).spent, Money{});
  book.take(entry(EntryKind::adjust, -20, k_december, "captured"));
  EXPECT_EQ(state(book).spent, Money{50});
  EXPECT_EQ(state(book, 0, k_december).spent, Money{-20}) << "corrections count when they are made";
  book.take(entry(EntryKind::adjust, 7, k_december, "unknown"));
  EXPECT_EQ(state(book).spent, Money{57}) << "while the hold is open, in its month";
  EXPECT_TRUE(reserve(book, 1).warnings.empty()) << "what was told before is not told again";
}

TEST(BudgetBook, ReadsWhatTheLedgerHasNoHoldFor) {
  BudgetBook book = book_of({budget("all", 100)});
  book.take(entry(EntryKind::capture, 30, k_november_30));
  EXPECT_EQ(state(book).spent, Money{30});
  EXPECT_EQ(state(book).reserved, Money{});
}

TEST(BudgetBook, AReloadKeepsTheSumsOfTheSameBudgetsAndNamesTheOthers) {
  std::vector<config::Budget> budgets = {budget("all", 100), budget("other", 100)};
  BudgetBook old = book_of(budgets);
  reserve(old, 90);
  budgets[0].limit = Money{120};
  budgets[1].accounts = {"baidu"};
  budgets.push_back(budget("new", 5));
  BudgetBook book = book_of(budgets);
  EXPECT_EQ(book.adopt(old), (std::vector<std::string>{"other", "new"}));
  EXPECT_EQ(state(book).reserved, Money{90});
  EXPECT_EQ(state(book).limit, Money{120});
  EXPECT_EQ(state(book, 1).reserved, Money{});
}

TEST(BudgetBook, AReloadKeepsWhatAReplayRemembersAndTheTimeOfAccountsThatAreGone) {
  BudgetBook old = book_of({budget("all", 100)});
  old.take(entry(EntryKind::hold, 90, k_november_30));
  BudgetBook book({budget("all", 100)}, {{"baidu", 0}});
  EXPECT_TRUE(book.adopt(old).empty());
  book.take(entry(EntryKind::capture, 20, k_december));
  EXPECT_EQ(state(book).spent, Money{20});
  EXPECT_EQ(state(book).reserved, Money{});
  reserve(book, 7, k_december - 2 * k_hour_ms, "jumdata");
  EXPECT_EQ(state(book).reserved, Money{}) << "it is December in Beijing";
  EXPECT_EQ(state(book, 0, k_december).reserved, Money{7});
}

TEST(BudgetBook, AnotherLimitIsWarnedOfAgain) {
  BudgetBook old = book_of({budget("all", 100)});
  EXPECT_EQ(reserve(old, 90).warnings.size(), 1u);
  BudgetBook same = book_of({budget("all", 100)});
  EXPECT_TRUE(same.adopt(old).empty());
  EXPECT_TRUE(reserve(same, 1).warnings.empty());
  BudgetBook lower = book_of({budget("all", 95)});
  EXPECT_TRUE(lower.adopt(old).empty());
  EXPECT_EQ(reserve(lower, 1).warnings.size(), 1u);
}

struct Identity {
  const char* name;
  void (*change)(config::Budget&);
};

TEST(BudgetBook, ABudgetThatCountsSomethingElseIsAnother) {
  const Identity changes[] = {
      {"name", [](config::Budget& one) { one.name = "x"; }},
      {"tenant", [](config::Budget& one) { one.tenant = "x"; }},
      {"accounts", [](config::Budget& one) { one.accounts = {"x"}; }},
      {"per", [](config::Budget& one) { one.per = Per::day; }},
      {"currency", [](config::Budget& one) { one.currency = "EUR"; }},
  };
  const BudgetBook old = book_of({budget("all", 100)});
  for (const Identity& identity : changes) {
    config::Budget changed = budget("all", 100);
    identity.change(changed);
    EXPECT_EQ(book_of({changed}).adopt(old).size(), 1u) << identity.name;
  }
}

}  // namespace
}  // namespace idswitch::billing
