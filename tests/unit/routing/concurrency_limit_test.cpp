#include "routing/concurrency_limit.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace idswitch::routing {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime k_now{1'800'000'000s};

std::vector<ConcurrencyLimit::Ticket> enter(ConcurrencyLimit& limit, int count) {
  std::vector<ConcurrencyLimit::Ticket> tickets;
  for (int i = 0; i < count; ++i) tickets.push_back(limit.enter());
  return tickets;
}

// Successes at full load.
void succeed(ConcurrencyLimit& limit, int count, SteadyTime now = k_now) {
  for (int i = 0; i < count; ++i) {
    while (!limit.is_full(now)) limit.enter();
    limit.success(now);
    limit.leave();
  }
}

TEST(ConcurrencyLimit, OfZeroIsAnyNumber) {
  ConcurrencyLimit limit(0);
  enter(limit, 10'000);
  EXPECT_FALSE(limit.is_full(k_now));
  EXPECT_EQ(limit.limit(k_now), 0u);
  EXPECT_EQ(limit.in_flight(), 10'000u);
}

TEST(ConcurrencyLimit, IsFullAtItsMaximum) {
  ConcurrencyLimit limit(2);
  limit.enter();
  EXPECT_FALSE(limit.is_full(k_now));
  limit.enter();
  EXPECT_TRUE(limit.is_full(k_now));
  limit.leave();
  EXPECT_FALSE(limit.is_full(k_now));
}

TEST(ConcurrencyLimit, IsCutToThreeQuartersOfWhatWasInFlight) {
  struct Row {
    std::uint32_t max;
    int in_flight;
    std::uint32_t after;
  };

  for (const Row& row : {Row{100, 100, 75}, Row{100, 40, 30}, Row{0, 40, 30}, Row{100, 1, 1},
                         Row{0, 1, 1}, Row{4, 8, 3}}) {
    SCOPED_TRACE(testing::Message() << row.max << " " << row.in_flight);
    ConcurrencyLimit limit(row.max);
    const auto tickets = enter(limit, row.in_flight);
    limit.too_many(tickets.back(), k_now);
    EXPECT_EQ(limit.limit(k_now), row.after);
    EXPECT_EQ(limit.in_flight(), static_cast<std::uint32_t>(row.in_flight));
  }
}

TEST(ConcurrencyLimit, IsCutOncePerRoundTrip) {
  ConcurrencyLimit limit(0);
  for (const auto ticket : enter(limit, 100)) {
    limit.too_many(ticket, k_now);
    limit.leave();
  }
  EXPECT_EQ(limit.limit(k_now), 75u);
  const auto tickets = enter(limit, 75);
  limit.too_many(tickets.front(), k_now);
  EXPECT_EQ(limit.limit(k_now), 56u);
}

TEST(ConcurrencyLimit, GrowsByAboutOneForAsManySuccessesAsItIs) {
  ConcurrencyLimit limit(100);
  limit.too_many(enter(limit, 40).back(), k_now);
  ASSERT_EQ(limit.limit(k_now), 30u);
  while (limit.in_flight() > 0) limit.leave();
  succeed(limit, 29);
  EXPECT_EQ(limit.limit(k_now), 30u);
  succeed(limit, 3);
  EXPECT_EQ(limit.limit(k_now), 31u);
  succeed(limit, 10'000);
  EXPECT_EQ(limit.limit(k_now), 100u);
}

// A limit of 2.75 lets two in; those two must be able to make it grow.
TEST(ConcurrencyLimit, GrowsFromEverySmallValue) {
  for (int in_flight = 1; in_flight <= 12; ++in_flight) {
    SCOPED_TRACE(in_flight);
    ConcurrencyLimit limit(50);
    limit.too_many(enter(limit, in_flight).back(), k_now);
    while (limit.in_flight() > 0) limit.leave();
    const std::uint32_t before = limit.limit(k_now);
    succeed(limit, 200);
    EXPECT_GT(limit.limit(k_now), before);
  }
}

TEST(ConcurrencyLimit, DoesNotGrowWhileItIsNotUsed) {
  ConcurrencyLimit limit(100);
  limit.too_many(enter(limit, 40).back(), k_now);
  while (limit.in_flight() > 5) limit.leave();
  for (int i = 0; i < 1'000; ++i) limit.success(k_now);
  EXPECT_EQ(limit.limit(k_now), 30u);
}

TEST(ConcurrencyLimit, OnlyTheVendorsIsLiftedAfterAQuietTime) {
  for (const std::uint32_t max : {0u, 100u}) {
    SCOPED_TRACE(max);
    ConcurrencyLimit limit(max);
    limit.too_many(enter(limit, 40).back(), k_now);
    EXPECT_TRUE(limit.is_full(k_now + ConcurrencyLimit::k_quiet - 1ms));
    EXPECT_EQ(limit.is_full(k_now + ConcurrencyLimit::k_quiet), max != 0);
    limit.success(k_now + ConcurrencyLimit::k_quiet);
    EXPECT_EQ(limit.limit(k_now + ConcurrencyLimit::k_quiet), max == 0 ? 0u : 30u);
  }
}

TEST(ConcurrencyLimit, AfterTheQuietTimeIsCutFromWhatIsInFlight) {
  ConcurrencyLimit limit(0);
  limit.too_many(enter(limit, 4).back(), k_now);
  ASSERT_EQ(limit.limit(k_now), 3u);
  const auto tickets = enter(limit, 16);
  limit.too_many(tickets.back(), k_now + ConcurrencyLimit::k_quiet);
  EXPECT_EQ(limit.limit(k_now + ConcurrencyLimit::k_quiet), 15u);
}

TEST(ConcurrencyLimit, KeepsACutWhenReconfigured) {
  ConcurrencyLimit limit(100);
  limit.reconfigure(200);
  EXPECT_EQ(limit.limit(k_now), 200u);
  limit.too_many(enter(limit, 40).back(), k_now);
  limit.reconfigure(300);
  EXPECT_EQ(limit.limit(k_now), 30u);
  limit.reconfigure(20);
  EXPECT_EQ(limit.limit(k_now), 20u);
  EXPECT_EQ(limit.in_flight(), 40u);
  limit.reconfigure(0);
  EXPECT_EQ(limit.limit(k_now), 0u);
}

TEST(ConcurrencyLimitDeathTest, AbortsWhenSomethingLeavesThatNeverEntered) {
  ConcurrencyLimit limit(3);
  EXPECT_DEATH(limit.leave(), "");
}

// A vendor that bears 20 and complains beyond: the limit settles around that, and whoever asks
// is_full() first never exceeds it.
TEST(ConcurrencyLimit, FindsWhatTheVendorBears) {
  std::mt19937_64 random(5);
  ConcurrencyLimit limit(0);
  std::vector<ConcurrencyLimit::Ticket> running;
  std::uint32_t least = 1'000;
  std::uint32_t most = 0;
  for (int step = 0; step < 20'000; ++step) {
    while (!limit.is_full(k_now) && running.size() < 200) running.push_back(limit.enter());
    const std::size_t pick = random() % running.size();
    if (running.size() > 20) {
      limit.too_many(running[pick], k_now);
    } else {
      limit.success(k_now);
    }
    limit.leave();
    running.erase(running.begin() + static_cast<std::ptrdiff_t>(pick));
    ASSERT_EQ(limit.in_flight(), running.size());
    if (step < 2'000) continue;
    least = std::min(least, limit.limit(k_now));
    most = std::max(most, limit.limit(k_now));
  }
  EXPECT_GE(least, 10u);
  EXPECT_LE(most, 30u);
}

}  // namespace
}  // namespace idswitch::routing
