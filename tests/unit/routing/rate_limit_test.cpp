#include "routing/rate_limit.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>

namespace idswitch::routing {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime k_now{1'800'000'000s};

int taken_at(RateLimit& limit, SteadyTime now, int tries) {
  int taken = 0;
  for (int i = 0; i < tries; ++i) taken += limit.try_take(now) ? 1 : 0;
  return taken;
}

TEST(RateLimit, OfZeroAllowsEverything) {
  RateLimit limit(0, 0);
  EXPECT_EQ(taken_at(limit, k_now, 1'000), 1'000);
  EXPECT_TRUE(limit.would_allow(k_now));
}

TEST(RateLimit, AllowsTheBurstThenTheRate) {
  RateLimit limit(4, 3);
  EXPECT_EQ(taken_at(limit, k_now, 10), 3);
  EXPECT_FALSE(limit.would_allow(k_now));
  EXPECT_FALSE(limit.try_take(k_now + 249ms));
  EXPECT_TRUE(limit.would_allow(k_now + 250ms));
  EXPECT_EQ(taken_at(limit, k_now + 500ms, 10), 2);
  EXPECT_EQ(taken_at(limit, k_now + 60'000ms, 10), 3);
}

TEST(RateLimit, AskingDoesNotTake) {
  RateLimit limit(1, 1);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limit.would_allow(k_now));
  EXPECT_TRUE(limit.try_take(k_now));
}

TEST(RateLimit, BurstIsAtLeastOne) {
  RateLimit limit(5, 0);
  EXPECT_EQ(taken_at(limit, k_now, 10), 1);
  RateLimit fast(2'500, 1);  // three in a millisecond
  EXPECT_EQ(taken_at(fast, k_now, 10), 3);
}

TEST(RateLimit, KeepsARateThatDoesNotDivideIntoMilliseconds) {
  RateLimit limit(700, 1);
  int taken = 0;
  for (int ms = 0; ms < 10'000; ++ms)
    taken += taken_at(limit, k_now + std::chrono::milliseconds(ms), 5);
  EXPECT_EQ(taken, 7'000);
}

TEST(RateLimit, GivesBackWhatWasNotUsed) {
  RateLimit limit(1, 2);
  EXPECT_EQ(taken_at(limit, k_now, 10), 2);
  limit.give_back();
  EXPECT_EQ(taken_at(limit, k_now, 10), 1);
  limit.give_back();
  limit.give_back();
  limit.give_back();
  EXPECT_EQ(taken_at(limit, k_now, 10), 2);
}

TEST(RateLimit, KeepsWhatIsLeftWhenReconfigured) {
  RateLimit limit(1, 5);
  EXPECT_EQ(taken_at(limit, k_now, 2), 2);
  limit.reconfigure(1, 10);
  EXPECT_EQ(taken_at(limit, k_now, 20), 3);
  limit.reconfigure(0, 0);
  EXPECT_EQ(taken_at(limit, k_now, 20), 20);
  limit.reconfigure(1, 4);
  EXPECT_EQ(taken_at(limit, k_now, 20), 4);
  limit.reconfigure(100, 2);
  EXPECT_EQ(taken_at(limit, k_now + 1'000ms, 20), 2);
}

TEST(RateLimit, ReadsAnEarlierTimeAsTheLatest) {
  RateLimit limit(1, 1);
  EXPECT_TRUE(limit.try_take(k_now));
  EXPECT_FALSE(limit.try_take(k_now - 100'000ms));
  EXPECT_FALSE(limit.try_take(k_now + 999ms));
  EXPECT_TRUE(limit.try_take(k_now + 1'000ms));
}

TEST(RateLimit, DoesNotOverflow) {
  constexpr std::uint32_t k_most = std::numeric_limits<std::uint32_t>::max();
  RateLimit limit(k_most, k_most);
  EXPECT_TRUE(limit.try_take(SteadyTime(1ms)));
  EXPECT_TRUE(limit.try_take(SteadyTime::max() - 1h));
}

// Over any stretch, at most burst + rate * time; and whoever comes when it allows is served.
TEST(RateLimit, NeverExceedsItsRateAndWastesNothing) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 50; ++round) {
    SCOPED_TRACE(round);
    const auto rate = static_cast<std::uint32_t>(1 + random() % 2'000);
    const auto burst = static_cast<std::uint32_t>(2 + random() % 20);
    RateLimit limit(rate, burst);
    SteadyTime now = k_now;
    std::int64_t taken = taken_at(limit, now, 100);
    EXPECT_EQ(taken, burst);
    for (int i = 0; i < 500; ++i) {
      while (!limit.would_allow(now)) now += 1ms;
      ASSERT_TRUE(limit.try_take(now));
      ++taken;
      EXPECT_LE(taken * 1'000, burst * 1'000 + 999 + (now - k_now).count() * rate);
    }
    EXPECT_GE((taken + 1) * 1'000, burst * 1'000 + (now - k_now).count() * rate - rate);
  }
}

}  // namespace
}  // namespace idswitch::routing
