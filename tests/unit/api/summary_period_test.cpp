#include "api/summary_period.hpp"

#include <gtest/gtest.h>

#include "base/values/calendar.hpp"

namespace idswitch::api {
namespace {

constexpr std::int64_t k_hour_ms = 3'600'000;

// What the words ask for on 2026-11-28 at 21:30 UTC.
Result<LedgerReport> kept(const std::string& from, const std::string& to,
                          const std::string& time = "UTC") {
  LedgerReport report;
  report.words.from = from;
  report.words.to = to;
  report.words.time = time;
  const auto query = report_query(report.words, config::Config());
  if (!query) return query.error();
  report.query = *query;
  const std::int64_t now = *midnight_unix_ms("2026-11-28", 0) + 21 * k_hour_ms + k_hour_ms / 2;
  const auto done = keep_period(report, now);
  if (!done) return done.error();
  return report;
}

TEST(SummaryPeriod, BeginsAYearBeforeItsEndWhenNobodySaysWhen) {
  const auto report = kept("", "");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->words.from, "2025-11-28");
  EXPECT_EQ(report->query.from_unix_ms, *midnight_unix_ms("2025-11-28", 0));
  const auto earlier = kept("", "2020-12-31");  // of a leap year
  ASSERT_TRUE(earlier);
  EXPECT_EQ(earlier->words.from, "2020-01-01");
}

TEST(SummaryPeriod, CountsItsDaysWhereTheClockIsAhead) {
  const auto report = kept("", "", "+08:00");  // the 29th already
  ASSERT_TRUE(report);
  EXPECT_EQ(report->words.from, "2025-11-29");
  EXPECT_EQ(report->query.from_unix_ms, *midnight_unix_ms("2025-11-29", 8 * 60));
}

TEST(SummaryPeriod, KeepsWhatWasAskedForWithinAYear) {
  for (const char* from : {"2025-11-28", "2026-11-01"}) {
    const auto report = kept(from, "");
    ASSERT_TRUE(report) << from;
    EXPECT_EQ(report->words.from, from);
    EXPECT_EQ(report->query.from_unix_ms, *midnight_unix_ms(from, 0));
  }
  EXPECT_TRUE(kept("2020-01-01", "2020-12-31"));
}

TEST(SummaryPeriod, RefusesMoreThanAYearAndSaysWhichDayIsTheFirst) {
  for (const auto& [from, to, first] : {std::array{"2025-11-27", "", "2025-11-28"},
                                        std::array{"2019-12-31", "2020-12-31", "2020-01-01"},
                                        std::array{"1970-01-01", "9999-12-31", "9998-12-31"}}) {
    const auto refused = kept(from, to);
    ASSERT_FALSE(refused) << from;
    EXPECT_EQ(refused.error().code(), Errc::invalid_field);
    EXPECT_EQ(refused.error().field(), "from");
    EXPECT_NE(refused.error().detail().find(first), std::string::npos) << refused.error().detail();
  }
}

}  // namespace
}  // namespace idswitch::api
