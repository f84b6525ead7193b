#include "model/counts_fold.hpp"

#include <gtest/gtest.h>

namespace idswitch {
namespace {

constexpr std::int64_t k_day_ms = 86'400'000;
constexpr std::int64_t k_november_30 = 1'795'996'800'000;  // 2026-11-30 00:00 UTC
constexpr std::int64_t k_evening = k_november_30 + 20 * 3'600'000;

LedgerEntry entry(EntryKind kind, std::int64_t micros, std::int64_t at, std::uint64_t id = 1) {
  LedgerEntry entry;
  entry.verification = VerificationId{id, 0};
  entry.tenant = "shop";
  entry.account = "baidu";
  entry.sku = "verify";
  entry.event = "verify";
  entry.kind = kind;
  entry.amount = Money{micros};
  entry.currency = "CNY";
  entry.at_unix_ms = at;
  entry.utc_offset_min = 480;
  if (kind == EntryKind::capture) entry.place = 0;
  return entry;
}

int utc(std::string_view) {
  return 0;
}

TEST(CountsFold, NamesDaysAndMonthsByTheContractsTime) {
  EXPECT_EQ(day_of(k_evening, 0), "2026-11-30");
  EXPECT_EQ(day_of(k_evening, 480), "2026-12-01");
  EXPECT_EQ(month_of(k_evening, 480), "2026-12");
  EXPECT_EQ(day_of(-1, 0), "1969-12-31");
  EXPECT_EQ(day_of(951'782'400'000, 0), "2000-02-29");
}

TEST(CountsFold, CountsUnitsAndMoneyWhenTheyAreChargedAndSpendsOnTheDayOfTheHold) {
  const LedgerEntry entries[] = {entry(EntryKind::hold, 300, k_november_30),
                                 entry(EntryKind::hold, 300, k_november_30, 2),
                                 entry(EntryKind::hold, 300, k_november_30, 3),
                                 entry(EntryKind::capture, 200, k_november_30 + k_day_ms, 1),
                                 entry(EntryKind::void_, 0, k_november_30 + k_day_ms, 2),
                                 entry(EntryKind::adjust, -50, k_november_30 + 2 * k_day_ms, 1)};
  const CountsFold fold = fold_counts(entries, utc, [](VerificationId id) { return id.high + 70; });
  const auto& usage = fold.usage();
  EXPECT_EQ(usage.at({"baidu", "verify", "", ""}).open, 1);
  EXPECT_EQ(usage.at({"baidu", "verify", "", "2026-12-01"}).units, 1);
  EXPECT_EQ(usage.at({"baidu", "verify", "", "2026-12"}).units, 1);
  EXPECT_EQ(usage.at({"baidu", "", "CNY", "2026-12-01"}).amount, Money{200});
  EXPECT_EQ(usage.at({"baidu", "", "CNY", "2026-12-02"}).amount, Money{-50});
  EXPECT_EQ(usage.at({"baidu", "", "CNY", "2026-12"}).amount, Money{150});
  ASSERT_EQ(fold.spend().size(), 1u);
  EXPECT_EQ(fold.spend().at({"shop", "baidu", "CNY", "2026-11-30"}),
            (SpendCount{Money{300}, Money{150}}));
  ASSERT_EQ(fold.persons().size(), 1u);
  EXPECT_EQ(fold.persons().at({"baidu", "verify", 71}), k_november_30 + k_day_ms);
}

TEST(CountsFold, AUnitThatSomebodyHadPaidForIsNoneOfTheVolume) {
  LedgerEntry free = entry(EntryKind::capture, 0, k_november_30);
  free.place = -1;
  const LedgerEntry entries[] = {entry(EntryKind::hold, 0, k_november_30), free};
  const CountsFold fold = fold_counts(entries, utc, [](VerificationId) { return 7; });
  EXPECT_EQ(fold.usage().at({"baidu", "verify", "", ""}).open, 0);
  EXPECT_FALSE(fold.usage().contains({"baidu", "verify", "", "2026-11"}));
  EXPECT_TRUE(fold.persons().empty());
}

TEST(CountsFold, AsksForTheTimeOfWhatDoesNotSayIt) {
  LedgerEntry hold = entry(EntryKind::hold, 300, k_evening);
  hold.utc_offset_min.reset();
  const LedgerEntry entries[] = {hold};
  EXPECT_TRUE(fold_counts(entries, utc).spend().contains({"shop", "baidu", "CNY", "2026-11-30"}));
  EXPECT_TRUE(fold_counts(entries, [](std::string_view) { return 480; })
                  .spend()
                  .contains({"shop", "baidu", "CNY", "2026-12-01"}));
}

TEST(CountsFold, ACaptureInAnotherCurrencyIsSpentByNobody) {
  LedgerEntry euros = entry(EntryKind::capture, 200, k_november_30);
  euros.currency = "EUR";
  const LedgerEntry entries[] = {entry(EntryKind::hold, 300, k_november_30), euros};
  const CountsFold fold = fold_counts(entries, utc);
  EXPECT_EQ(fold.spend().at({"shop", "baidu", "CNY", "2026-11-30"}), SpendCount{});
  EXPECT_EQ(fold.usage().at({"baidu", "", "EUR", "2026-11"}).amount, Money{200});
}

TEST(CountsFold, SumsWhatABudgetCounts) {
  std::vector<LedgerEntry> entries;
  for (std::uint64_t id = 1; id <= 8; ++id) {
    LedgerEntry hold = entry(EntryKind::hold, std::int64_t{1} << id, k_november_30, id);
    if ((id & 1) != 0) hold.tenant = "bank";
    if ((id & 2) != 0) hold.account = "jumdata";
    if (id > 4) hold.at_unix_ms += k_day_ms;
    entries.push_back(hold);
  }
  const CountsFold fold = fold_counts(entries, utc);
  const BudgetScope november{"", {}, "CNY", "2026-11-01", "2026-11-31"};
  EXPECT_EQ(fold.sum(november).reserved, Money{2 + 4 + 8 + 16});
  BudgetScope scope = november;
  scope.last_day = "2026-12-31";
  EXPECT_EQ(fold.sum(scope).reserved, Money{510});
  scope.tenant = "bank";
  EXPECT_EQ(fold.sum(scope).reserved, Money{2 + 8 + 32 + 128});
  scope.accounts = {"megvii", "baidu"};
  EXPECT_EQ(fold.sum(scope).reserved, Money{2 + 32});
  scope.currency = "EUR";
  EXPECT_EQ(fold.sum(scope).reserved, Money{});
}

}  // namespace
}  // namespace idswitch
