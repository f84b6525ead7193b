#pragma once

// Amounts and times as vendors write them in their statements, read exactly or not at all: a text
// that could mean two things is a fault, never a guess. Pure functions; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/values/money.hpp"

namespace idswitch::billing {

struct AmountFormat {
  char decimal = '.';
  char thousands = ',';                                                        // 0 = none
  std::vector<std::string> signs = {"¥", "￥", "元", "CNY", "RMB", "$", "€"};  // passed over
};

// "1,234.50", "¥0.30", "-0.30", "(0.30)" (negative), "+0.30". Separators must stand between groups
// of three digits. Error: invalid_field, what is wrong.
Result<Money> read_amount(std::string_view text, const AmountFormat& format);

struct TimeFormat {
  // Empty: ISO 8601, date and time apart by 'T' or spaces, or the date alone; an offset or 'Z' at
  // its end counts. Else with %Y %m %d %H %M %S %L (fractions of a second, any digits) %z
  // ("+08:00", "+0800" or "Z") %%; leading zeros may be missing.
  std::string pattern;
  int utc_offset_min = 0;  // of times without an offset
};

// What is wrong with the pattern; empty = nothing.
std::string time_pattern_fault(std::string_view pattern);

// Milliseconds since 1970. Error: invalid_field.
Result<std::int64_t> read_time(std::string_view text, const TimeFormat& format);

// Without spaces, tabs and line breaks around it: some statements end fields with a tab to keep a
// spreadsheet from taking them for numbers.
std::string_view trimmed(std::string_view text);

}  // namespace idswitch::billing
