#include "billing/period.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace idswitch::billing {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;

using Instant = std::chrono::sys_time<milliseconds>;

// The calendar reads as if UTC were the local time.
Instant local(std::int64_t at_unix_ms, int utc_offset_min) {
  return Instant(milliseconds(at_unix_ms)) + minutes(utc_offset_min);
}

year_month_day day_of(std::int64_t at_unix_ms, int utc_offset_min) {
  return year_month_day(floor<days>(local(at_unix_ms, utc_offset_min)));
}

std::int64_t unix_ms(sys_days local_midnight, int utc_offset_min) {
  return (Instant(local_midnight) - minutes(utc_offset_min)).time_since_epoch().count();
}

}  // namespace

Period period_of(std::int64_t at_unix_ms, config::Per per, int utc_offset_min) {
  const year_month_day day = day_of(at_unix_ms, utc_offset_min);
  if (per == config::Per::day) {
    return {unix_ms(sys_days(day), utc_offset_min),
            unix_ms(sys_days(day) + days(1), utc_offset_min)};
  }
  const year_month_day first = day.year() / day.month() / 1;
  return {unix_ms(sys_days(first), utc_offset_min),
          unix_ms(sys_days(first + months(1)), utc_offset_min)};
}

std::int64_t period_number(std::int64_t at_unix_ms, config::Per per, int utc_offset_min) {
  const year_month_day day = day_of(at_unix_ms, utc_offset_min);
  if (per == config::Per::day) return sys_days(day).time_since_epoch().count();
  return std::int64_t{int(day.year())} * 12 + unsigned(day.month()) - 1;
}

std::string period_name(std::int64_t at_unix_ms, config::Per per, int utc_offset_min) {
  const std::string day = local_time(at_unix_ms, utc_offset_min);
  return day.substr(0, day.find(' ') - (per == config::Per::day ? 0 : 3));
}

std::string local_time(std::int64_t at_unix_ms, int utc_offset_min) {
  const year_month_day day = day_of(at_unix_ms, utc_offset_min);
  const Instant at = local(at_unix_ms, utc_offset_min);
  const long minute = long(floor<minutes>(at - floor<days>(at)).count());
  const int offset = std::abs(utc_offset_min);
  std::array<char, 80> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02ld:%02ld %c%02d:%02d", int(day.year()),
                unsigned(day.month()), unsigned(day.day()), minute / 60, minute % 60,
                utc_offset_min < 0 ? '-' : '+', offset / 60, offset % 60);
  return text.data();
}

}  // namespace idswitch::billing
