#include <gtest/gtest.h>

#include "samples.hpp"

namespace idswitch::store {
namespace {

std::string text_of(const std::vector<StatisticSlice>& slices) {
  std::string text;
  for (const auto& s : slices) {
    text +=
        s.account + '/' + s.segment + '/' + std::to_string(s.slice_unix_ms) + '=' + s.counts + ' ';
  }
  return text;
}

TEST(Statistic, ComesBackByAccountSegmentAndTime) {
  const Folder folder;
  auto store = open_store(folder.file());
  Change change;
  change.push_back(KeepStatistic{{"b", "x", 20, "1 2"}});
  change.push_back(KeepStatistic{{"a", "y", 10, "3"}});
  change.push_back(KeepStatistic{{"a", "x", 20, ""}});
  change.push_back(KeepStatistic{{"a", "x", 10, "5"}});
  EXPECT_FALSE(change.empty());
  ASSERT_TRUE(write(*store, std::move(change)));
  store.reset();
  store = open_store(folder.file());
  EXPECT_EQ(text_of(*store->agreement().statistics(0)), "a/x/10=5 a/x/20= a/y/10=3 b/x/20=1 2 ");
  EXPECT_EQ(text_of(*store->agreement().statistics(11)), "a/x/20= b/x/20=1 2 ");
  EXPECT_EQ(text_of(*store->agreement().statistics(20)), "a/x/20= b/x/20=1 2 ");
  EXPECT_EQ(text_of(*store->agreement().statistics(21)), "");
}

TEST(Statistic, IsReplacedByTheNextOfItsSlice) {
  const Folder folder;
  auto store = open_store(folder.file());
  for (const char* counts : {"1", "2", "3"}) {
    Change change;
    change.push_back(KeepStatistic{{"a", "x", 10, counts}});
    change.push_back(KeepStatistic{{"a", "x", 10, std::string(counts) + "!"}});
    ASSERT_TRUE(write(*store, std::move(change)));
  }
  EXPECT_EQ(text_of(*store->agreement().statistics(0)), "a/x/10=3! ");
}

TEST(Statistic, ForgetsTheOldestABoundedNumberAtATime) {
  const Folder folder;
  auto store = open_store(folder.file());
  Change change;
  for (int n = 0; n < 2500; ++n)
    change.push_back(
        KeepStatistic{{"account-" + std::to_string(n % 3), "x", n, std::to_string(n)}});
  ASSERT_TRUE(write(*store, std::move(change)));
  EXPECT_EQ(*store->agreement().forget_statistics_before(0), 0U);
  EXPECT_EQ(*store->agreement().forget_statistics_before(1700), 1000U);
  EXPECT_EQ(store->agreement().statistics(0)->size(), 1500U);
  EXPECT_EQ(store->agreement().statistics(1000)->size(), 1500U);
  EXPECT_EQ(*store->agreement().forget_statistics_before(1700), 700U);
  EXPECT_EQ(*store->agreement().forget_statistics_before(1700), 0U);
  EXPECT_EQ(store->agreement().statistics(0)->size(), 800U);
  EXPECT_EQ(store->agreement().statistics(1700)->size(), 800U);
}

TEST(PersonCharge, IsWhatWasSaidLastOfThisPersonAndSku) {
  const Folder folder;
  auto store = open_store(folder.file());
  const std::uint64_t high = 0xf000'0000'0000'0001;  // beyond what a signed number holds
  EXPECT_FALSE((*store->ledger().person_charged_at("a", "s", high)).has_value());
  Change change;
  change.push_back(ChargePerson{"a", "s", high, 1000});
  EXPECT_FALSE(change.empty());
  change.push_back(ChargePerson{"a", "s", 7, 2000});
  change.push_back(ChargePerson{"a", "t", high, 3000});
  change.push_back(ChargePerson{"b", "s", high, 4000});
  ASSERT_TRUE(write(*store, std::move(change)));
  Change next_window;
  next_window.push_back(ChargePerson{"a", "s", 7, 9000});
  ASSERT_TRUE(write(*store, std::move(next_window)));
  store.reset();
  store = open_store(folder.file());
  EXPECT_EQ(**store->ledger().person_charged_at("a", "s", high), 1000);
  EXPECT_EQ(**store->ledger().person_charged_at("a", "s", 7), 9000);
  EXPECT_EQ(**store->ledger().person_charged_at("a", "t", high), 3000);
  EXPECT_EQ(**store->ledger().person_charged_at("b", "s", high), 4000);
  EXPECT_FALSE((*store->ledger().person_charged_at("b", "t", high)).has_value());
  EXPECT_FALSE((*store->ledger().person_charged_at("a", "s", 8)).has_value());
}

}  // namespace
}  // namespace idswitch::store
