#include "billing/usage.hpp"

#include <gtest/gtest.h>

namespace idswitch::billing {
namespace {

using config::Per;

constexpr std::int64_t k_day_ms = 86'400'000;
constexpr std::int64_t k_november_1 = 1'793'491'200'000;  // 2026-11-01 00:00 UTC

LedgerEntry entry(EntryKind kind, std::int64_t at, std::int64_t micros = 200'000,
                  std::string account = "baidu") {
  LedgerEntry entry;
  entry.kind = kind;
  entry.account = std::move(account);
  entry.sku = "verify";
  entry.currency = "CNY";
  entry.amount = Money{micros};
  entry.at_unix_ms = at;
  entry.rule = "prices.verify";
  return entry;
}

TEST(Usage, CountsUnitsByCapturesAndMoneyByCapturesAndAdjustments) {
  Usage usage;
  usage.take(entry(EntryKind::hold, k_november_1), 0);
  usage.take(entry(EntryKind::hold, k_november_1), 0);
  EXPECT_EQ(usage.units_open("baidu", "verify"), 2);
  usage.take(entry(EntryKind::capture, k_november_1 + 1), 0);
  usage.take(entry(EntryKind::void_, k_november_1 + 1, 0), 0);
  usage.take(entry(EntryKind::adjust, k_november_1 + 2, 0), 0);
  usage.take(entry(EntryKind::adjust, k_november_1 + 2, -50'000), 0);
  EXPECT_EQ(usage.units_open("baidu", "verify"), 0);
  for (const Per per : {Per::day, Per::month}) {
    EXPECT_EQ(usage.units("baidu", "verify", per, k_november_1, 0), 1);
    EXPECT_EQ(usage.charged("baidu", "CNY", per, k_november_1, 0), Money{150'000});
  }
}

TEST(Usage, KeepsAccountsSkusAndCurrenciesApart) {
  Usage usage;
  usage.take(entry(EntryKind::capture, k_november_1), 0);
  LedgerEntry other = entry(EntryKind::capture, k_november_1, 3, "jumdata");
  other.sku = "life_check";
  usage.take(other, 0);
  LedgerEntry euros = entry(EntryKind::capture, k_november_1, 7);
  euros.currency = "EUR";
  usage.take(euros, 0);
  EXPECT_EQ(usage.units("baidu", "verify", Per::month, k_november_1, 0), 2);
  EXPECT_EQ(usage.units("baidu", "life_check", Per::month, k_november_1, 0), 0);
  EXPECT_EQ(usage.units("jumdata", "life_check", Per::month, k_november_1, 0), 1);
  EXPECT_EQ(usage.units("nobody", "verify", Per::month, k_november_1, 0), 0);
  EXPECT_EQ(usage.charged("baidu", "CNY", Per::month, k_november_1, 0), Money{200'000});
  EXPECT_EQ(usage.charged("baidu", "EUR", Per::month, k_november_1, 0), Money{7});
  EXPECT_EQ(usage.charged("jumdata", "CNY", Per::month, k_november_1, 0), Money{3});
  EXPECT_EQ(usage.charged("nobody", "CNY", Per::month, k_november_1, 0), Money{});
}

TEST(Usage, BelongsToThePeriodOfTheContractsTime) {
  Usage usage;
  const std::int64_t evening = k_november_1 - 4 * 3'600'000;  // 20:00 UTC, 04:00 in Beijing
  usage.take(entry(EntryKind::capture, evening), 480);
  EXPECT_EQ(usage.units("baidu", "verify", Per::month, k_november_1, 480), 1);
  EXPECT_EQ(usage.units("baidu", "verify", Per::day, k_november_1, 480), 1);
  EXPECT_EQ(usage.units("baidu", "verify", Per::day, k_november_1 + k_day_ms, 480), 0);
}

TEST(Usage, RemembersThisPeriodAndTheOneBefore) {
  Usage usage;
  for (std::int64_t day = 0; day < 3; ++day) {
    for (std::int64_t i = 0; i <= day; ++i) {
      usage.take(entry(EntryKind::capture, k_november_1 + day * k_day_ms), 0);
    }
  }
  const auto units = [&](std::int64_t day) {
    return usage.units("baidu", "verify", Per::day, k_november_1 + day * k_day_ms, 0);
  };
  EXPECT_EQ(units(0), 0) << "forgotten";
  EXPECT_EQ(units(1), 2);
  EXPECT_EQ(units(2), 3);
  EXPECT_EQ(units(3), 0);
  EXPECT_EQ(usage.units("baidu", "verify", Per::month, k_november_1, 0), 6);
  // A late entry finds the day before, and one that is too late is not booked elsewhere.
  usage.take(entry(EntryKind::capture, k_november_1 + k_day_ms), 0);
  usage.take(entry(EntryKind::capture, k_november_1), 0);
  EXPECT_EQ(units(0), 0);
  EXPECT_EQ(units(1), 3);
  EXPECT_EQ(units(2), 3);
}

TEST(Usage, ALateEntryOpensTheDayBeforeWhenAnOlderOneStands) {
  Usage usage;
  usage.take(entry(EntryKind::capture, k_november_1), 0);
  usage.take(entry(EntryKind::capture, k_november_1 + 5 * k_day_ms), 0);
  usage.take(entry(EntryKind::capture, k_november_1 + 4 * k_day_ms), 0);
  EXPECT_EQ(usage.units("baidu", "verify", Per::day, k_november_1 + 4 * k_day_ms, 0), 1);
  EXPECT_EQ(usage.units("baidu", "verify", Per::day, k_november_1 + 5 * k_day_ms, 0), 1);
}

TEST(Usage, AUnitThatThePersonHadPaidForIsNoneOfTheVolume) {
  Usage usage;
  LedgerEntry free = entry(EntryKind::capture, k_november_1, 0);
  free.rule = "prices.verify.free_units";
  usage.take(free, 0);
  LedgerEntry again = entry(EntryKind::capture, k_november_1, 0);
  again.rule = "prices.verify.charged_once";
  usage.take(again, 0);
  EXPECT_EQ(usage.units("baidu", "verify", Per::month, k_november_1, 0), 1);
}

TEST(Usage, TakesBackWhatWasNotWritten) {
  Usage usage;
  usage.take(entry(EntryKind::hold, k_november_1), 0);
  usage.take(entry(EntryKind::capture, k_november_1), 0);
  usage.take_back(entry(EntryKind::capture, k_november_1), 0);
  EXPECT_EQ(usage.units_open("baidu", "verify"), 1);
  EXPECT_EQ(usage.units("baidu", "verify", Per::month, k_november_1, 0), 0);
  EXPECT_EQ(usage.charged("baidu", "CNY", Per::month, k_november_1, 0), Money{});
  usage.take_back(entry(EntryKind::hold, k_november_1), 0);
  EXPECT_EQ(usage.units_open("baidu", "verify"), 0);
}

}  // namespace
}  // namespace idswitch::billing
