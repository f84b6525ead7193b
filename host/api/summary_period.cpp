#include "api/summary_period.hpp"

#include <algorithm>

#include "base/values/calendar.hpp"
#include "present/verification_json.hpp"

namespace idswitch::api {
namespace {

constexpr std::int64_t k_day_ms = 24 * 3'600'000;

// "2026-11-21": the day of that moment where the clock is so many minutes ahead of UTC.
std::string date_at(std::int64_t unix_ms, int utc_offset_min) {
  const std::int64_t local_ms = unix_ms + std::int64_t{utc_offset_min} * 60'000;
  return timestamp(std::max<std::int64_t>(local_ms, 0)).substr(0, 10);
}

}  // namespace

Result<void> keep_period(LedgerReport& report, std::int64_t now_unix_ms) {
  store::ReportQuery& query = report.query;
  // The last day as a whole, so that the days are counted alike at every hour.
  const std::int64_t last_ms =
      report.words.to.empty() ? now_unix_ms : query.until_unix_ms - k_day_ms;
  const std::string first =
      date_at(last_ms - (k_summary_days_max - 1) * k_day_ms, query.utc_offset_min);
  const std::int64_t earliest_ms = midnight_unix_ms(first, query.utc_offset_min).value_or(0);
  if (report.words.from.empty()) {
    report.words.from = first;
    query.from_unix_ms = earliest_ms;
  } else if (query.from_unix_ms < earliest_ms) {
    return Error(Errc::invalid_field,
                 "is more than " + std::to_string(k_summary_days_max) + " days before the end; " +
                     "the earliest first day is " + first + ", ask for earlier years with `to`",
                 "from");
  }
  return {};
}

}  // namespace idswitch::api
