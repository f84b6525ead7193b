#include "reconcile/statement_fields.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace idswitch::billing {
namespace {

constexpr std::string_view k_iso = "%Y-%m-%d";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Error fault(std::string_view text, std::string_view why) {
  return Error(Errc::invalid_field,
               "\"" + std::string(text.substr(0, 40)) + "\" " + std::string(why));
}

void drop_signs(std::string_view& text, const AmountFormat& format) {
  for (bool again = true; again;) {
    again = false;
    text = trimmed(text);
    for (const std::string& sign : format.signs) {
      if (sign.empty()) continue;
      if (text.starts_with(sign)) {
        text.remove_prefix(sign.size());
        again = true;
      } else if (text.ends_with(sign)) {
        text.remove_suffix(sign.size());
        again = true;
      }
    }
  }
}

// The digits before the point; nothing when separators stand where they separate no thousands.
std::optional<std::string> whole_digits(std::string_view whole, char thousands) {
  if (thousands == 0 || whole.find(thousands) == std::string_view::npos) return std::string(whole);
  std::string digits;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const bool is_separator_place = (whole.size() - i) % 4 == 0;
    if ((whole[i] == thousands) != (is_separator_place && i != 0)) return {};
    if (i == 0 && is_separator_place) return {};
    if (whole[i] != thousands) digits += whole[i];
  }
  return digits;
}

// Reads times piece by piece.
class TimeText {
 public:
  explicit TimeText(std::string_view text) : rest_(text) {}

  bool is_at_end() const { return rest_.empty(); }

  bool at_digit() const { return !rest_.empty() && is_digit(rest_.front()); }

  bool at(char c) const { return !rest_.empty() && rest_.front() == c; }

  bool take(char c) {
    if (!at(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool number(std::size_t digits_least, std::size_t digits_most, int& out) {
    std::size_t count = 0;
    out = 0;
    while (count < digits_most && at_digit()) {
      out = out * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
      ++count;
    }
    return count >= digits_least;
  }

  // Thousandths; further digits are passed over.
  bool fraction(int& milliseconds) {
    if (!at_digit()) return false;
    milliseconds = 0;
    for (int place = 100; at_digit(); place /= 10) {
      milliseconds += place * (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return true;
  }

  bool offset(int& minutes) {
    minutes = 0;
    if (take('Z')) return true;
    const bool is_negative = at('-');
    if (!take('+') && !take('-')) return false;
    int hour = 0;
    int minute = 0;
    if (!number(2, 2, hour)) return false;
    take(':');
    if (!number(2, 2, minute) || hour > 14 || minute > 59) return false;
    minutes = (hour * 60 + minute) * (is_negative ? -1 : 1);
    return true;
  }

 private:
  std::string_view rest_;
};

struct TimeParts {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0;
  int utc_offset_min = 0;
};

bool read_piece(char directive, TimeText& text, TimeParts& parts) {
  switch (directive) {
    case 'Y': return text.number(4, 4, parts.year);
    case 'm': return text.number(1, 2, parts.month);
    case 'd': return text.number(1, 2, parts.day);
    case 'H': return text.number(1, 2, parts.hour);
    case 'M': return text.number(1, 2, parts.minute);
    case 'S': return text.number(1, 2, parts.second);
    case 'L': return text.fraction(parts.millisecond);
    case 'z': return text.offset(parts.utc_offset_min);
    case '%': return text.take('%');
    default: return false;
  }
}

bool read_pieces(std::string_view pattern, TimeText& text, TimeParts& parts) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '%' && i + 1 < pattern.size()) {
      if (!read_piece(pattern[++i], text, parts)) return false;
    } else if (!text.take(pattern[i])) {
      return false;
    }
  }
  return true;
}

bool read_iso(TimeText& text, TimeParts& parts) {
  if (!read_pieces(k_iso, text, parts)) return false;
  if (text.is_at_end()) return true;
  if (!text.take('T') && !text.take(' ')) return false;
  while (text.take(' ')) {
  }
  if (!read_pieces("%H:%M", text, parts)) return false;
  if (text.take(':') && !text.number(1, 2, parts.second)) return false;
  if ((text.take('.') || text.take(',')) && !text.fraction(parts.millisecond)) return false;
  while (text.take(' ')) {
  }
  return text.is_at_end() || text.offset(parts.utc_offset_min);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view k_blank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(k_blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(k_blank) - begin + 1);
}

Result<Money> read_amount(std::string_view text, const AmountFormat& format) {
  std::string_view rest = trimmed(text);
  if (rest.empty()) return Error(Errc::invalid_field, "the amount is empty");
  bool is_negative = false;
  const bool is_in_parentheses = rest.starts_with('(') && rest.ends_with(')');
  if (is_in_parentheses) rest = rest.substr(1, rest.size() - 2);
  drop_signs(rest, format);
  if (rest.starts_with('-') || rest.starts_with('+')) {
    is_negative = rest.front() == '-';
    if (is_in_parentheses) return fault(text, "is not an amount: it has two signs");
    rest.remove_prefix(1);
    drop_signs(rest, format);
  }
  const std::size_t point = rest.find(format.decimal);
  const auto whole = whole_digits(rest.substr(0, point), format.thousands);
  if (!whole) {
    return fault(text,
                 "is not an amount: its thousands separators do not stand between groups of three "
                 "digits; see `amount` in the map");
  }
  std::string decimals(point == std::string_view::npos ? "" : rest.substr(point + 1));
  if (point != std::string_view::npos && decimals.empty()) {
    return fault(text, "is not an amount: nothing stands behind its decimal point");
  }
  while (decimals.size() > 6 && decimals.back() == '0') decimals.pop_back();
  const auto amount = whole->starts_with('-')
                          ? Result<Money>(Error(Errc::invalid_field))
                          : Money::parse(*whole + (decimals.empty() ? "" : "." + decimals));
  if (!amount) {
    return fault(text, "is not an amount of at most six decimals; see `amount` in the map");
  }
  return is_negative || is_in_parentheses ? Money{-amount->micros} : *amount;
}

std::string time_pattern_fault(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') continue;
    ++i;
    constexpr std::string_view k_known = "YmdHMSLz%";
    if (i >= pattern.size() || k_known.find(pattern[i]) == std::string_view::npos) {
      return "unknown directive %" + std::string(pattern.substr(i, 1)) +
             ": known are %Y %m %d %H %M %S %L %z %%";
    }
  }
  for (const char* needed : {"%Y", "%m", "%d"}) {
    if (pattern.find(needed) == std::string_view::npos) {
      return std::string("has no ") + needed + ": a time needs its year, month and day";
    }
  }
  return {};
}

Result<std::int64_t> read_time(std::string_view text, const TimeFormat& format) {
  using namespace std::chrono;
  TimeParts parts;
  parts.utc_offset_min = format.utc_offset_min;
  TimeText rest(trimmed(text));
  const bool is_read =
      format.pattern.empty() ? read_iso(rest, parts) : read_pieces(format.pattern, rest, parts);
  if (!is_read || !rest.is_at_end()) {
    return fault(text,
                 format.pattern.empty()
                     ? "is not a time like 2026-11-01 09:30:00; see `time` in the map"
                     : "is not a time like \"" + format.pattern + "\"; see `time` in the map");
  }
  const year_month_day date(year(parts.year), month(unsigned(parts.month)),
                            day(unsigned(parts.day)));
  if (!date.ok() || parts.year < 1970 || parts.hour > 23 || parts.minute > 59 ||
      parts.second > 60) {
    return fault(text, "is no time of the calendar");
  }
  const auto at = sys_time<milliseconds>(sys_days(date)) + hours(parts.hour) +
                  minutes(parts.minute - parts.utc_offset_min) + seconds(parts.second) +
                  milliseconds(parts.millisecond);
  return at.time_since_epoch().count();
}

}  // namespace idswitch::billing
