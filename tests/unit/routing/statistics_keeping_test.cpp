// Statistics whose way into the store failed: they are given again, once, as they are by then.

#include <gtest/gtest.h>

#include "routing/statistics.hpp"
#include "stored_slices.hpp"

namespace idswitch::routing {
namespace {

constexpr std::int64_t k_now = 1'700'000'000'000;
constexpr std::chrono::hours k_day{24};

void start(Statistics& statistics, int count) {
  for (int i = 0; i < count; ++i) statistics.started("a", "s", k_now, false, 1'000);
}

TEST(StatisticsKeeping, GivesAgainWhatCouldNotBeStored) {
  Statistics statistics(k_day);
  Stored stored;
  start(statistics, 2);
  statistics.take_back(statistics.take_changed());
  stored.upsert(statistics.take_changed());
  EXPECT_TRUE(statistics.take_changed().empty());
  Statistics again = stored.reloaded(k_day);
  EXPECT_EQ(again.counts("a", "s", k_now).starts, 2u);
  EXPECT_EQ(again.counts("a", k_now).starts, 2u);
}

TEST(StatisticsKeeping, GivesOnceWhatWasCountedMeanwhile) {
  Statistics statistics(k_day);
  Stored stored;
  start(statistics, 2);
  const auto taken = statistics.take_changed();
  start(statistics, 1);
  statistics.take_back(taken);
  const auto changed = statistics.take_changed();
  EXPECT_EQ(changed.size(), taken.size());
  stored.upsert(changed);
  EXPECT_EQ(stored.reloaded(k_day).counts("a", k_now).starts, 3u);
}

// A window of another length counts the same under other keys.
TEST(StatisticsKeeping, GivesAgainTheKeysThatCouldNotBeEmptied) {
  Stored stored;
  Statistics statistics(k_day);
  start(statistics, 2);
  stored.upsert(statistics.take_changed());
  statistics.set_window(k_day * 7);
  statistics.take_back(statistics.take_changed());
  start(statistics, 1);
  stored.upsert(statistics.take_changed());
  Statistics again = stored.reloaded(k_day * 7);
  EXPECT_EQ(again.counts("a", k_now).starts, 3u);
  EXPECT_EQ(again.counts("a", "s", k_now).starts, 3u);
}

}  // namespace
}  // namespace idswitch::routing
