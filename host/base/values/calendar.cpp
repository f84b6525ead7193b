#include "base/values/calendar.hpp"

#include <chrono>

namespace idswitch {
namespace {

// A number of exactly these digits; nothing when one is no digit.
std::optional<int> digits(std::string_view text) {
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

std::optional<std::int64_t> midnight_unix_ms(std::string_view date, int utc_offset_min) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return {};
  const auto year = digits(date.substr(0, 4));
  const auto month = digits(date.substr(5, 2));
  const auto day = digits(date.substr(8, 2));
  if (!year || !month || !day || *year < 1970) return {};
  const std::chrono::year_month_day parsed{std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
  if (!parsed.ok()) return {};
  const std::int64_t days = std::chrono::sys_days(parsed).time_since_epoch().count();
  return (days * 24 * 60 - utc_offset_min) * 60'000;
}

std::optional<int> parse_utc_offset(std::string_view text) {
  if (text == "UTC") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return {};
  const auto hours = digits(text.substr(1, 2));
  const auto minutes = digits(text.substr(4, 2));
  if (!hours || !minutes || *minutes > 59) return {};
  const int offset = (*hours * 60 + *minutes) * (text[0] == '-' ? -1 : 1);
  if (offset < -12 * 60 || offset > 14 * 60) return {};
  return offset;
}

}  // namespace idswitch
