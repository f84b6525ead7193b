#include "billing/period.hpp"

#include <gtest/gtest.h>

#include <random>

namespace idswitch::billing {
namespace {

using config::Per;

constexpr std::int64_t k_day_ms = 86'400'000;
constexpr std::int64_t k_hour_ms = 3'600'000;
constexpr std::int64_t k_2026_11_30_2000_utc = 1'796'068'800'000;

struct Row {
  std::int64_t at_unix_ms;
  Per per;
  int utc_offset_min;
  std::int64_t begin_unix_ms;
  std::int64_t days;
  const char* name;
};

// 1796083200 is 2026-12-01 00:00 UTC.
const Row k_rows[] = {
    {k_2026_11_30_2000_utc, Per::month, 0, 1'793'491'200'000, 30, "2026-11"},
    {k_2026_11_30_2000_utc, Per::month, 480, 1'796'083'200'000 - 8 * k_hour_ms, 31, "2026-12"},
    {k_2026_11_30_2000_utc, Per::day, 0, 1'795'996'800'000, 1, "2026-11-30"},
    {k_2026_11_30_2000_utc, Per::day, 480, 1'796'083'200'000 - 8 * k_hour_ms, 1, "2026-12-01"},
    {k_2026_11_30_2000_utc, Per::day, -300, 1'795'996'800'000 + 5 * k_hour_ms, 1, "2026-11-30"},
    {1'709'164'800'000, Per::month, 0, 1'706'745'600'000, 29, "2024-02"},  // a leap day
    {0, Per::month, 0, 0, 31, "1970-01"},
    {0, Per::day, -60, -k_day_ms + k_hour_ms, 1, "1969-12-31"},
    {-1, Per::month, 0, -31 * k_day_ms, 31, "1969-12"},
};

TEST(Period, FollowsTheCalendarOfTheOffset) {
  for (const Row& row : k_rows) {
    SCOPED_TRACE(row.name);
    const Period period = period_of(row.at_unix_ms, row.per, row.utc_offset_min);
    EXPECT_EQ(period.begin_unix_ms, row.begin_unix_ms);
    EXPECT_EQ(period.end_unix_ms - period.begin_unix_ms, row.days * k_day_ms);
    EXPECT_EQ(period_name(row.at_unix_ms, row.per, row.utc_offset_min), row.name);
  }
}

TEST(Period, PeriodsJoinWithoutGapAndCountUp) {
  std::mt19937_64 random(20261122);
  for (int round = 0; round < 2000; ++round) {
    const std::int64_t at = std::int64_t(random() % 4'000'000'000'000) - 1'000'000'000'000;
    const int offset = int(random() % 1681) - 840;
    for (const Per per : {Per::day, Per::month}) {
      const Period period = period_of(at, per, offset);
      ASSERT_LE(period.begin_unix_ms, at);
      ASSERT_GT(period.end_unix_ms, at);
      ASSERT_EQ(period_of(period.begin_unix_ms, per, offset).end_unix_ms, period.end_unix_ms);
      ASSERT_EQ(period_of(period.end_unix_ms, per, offset).begin_unix_ms, period.end_unix_ms);
      const std::int64_t number = period_number(at, per, offset);
      ASSERT_EQ(period_number(period.begin_unix_ms, per, offset), number);
      ASSERT_EQ(period_number(period.end_unix_ms - 1, per, offset), number);
      ASSERT_EQ(period_number(period.end_unix_ms, per, offset), number + 1);
    }
  }
}

TEST(Period, TheSameCalendarMonthHasOneNumberEverywhere) {
  EXPECT_EQ(period_number(k_2026_11_30_2000_utc, Per::month, 480),
            period_number(k_2026_11_30_2000_utc + 4 * k_hour_ms, Per::month, 0));
}

TEST(Period, WritesInstantsForPeople) {
  EXPECT_EQ(local_time(1'796'083'200'000 - 8 * k_hour_ms, 480), "2026-12-01 00:00 +08:00");
  EXPECT_EQ(local_time(1'796'083'200'000, -210), "2026-11-30 20:30 -03:30");
}

}  // namespace
}  // namespace idswitch::billing
