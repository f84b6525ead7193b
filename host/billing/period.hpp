#pragma once

// Period: the calendar days and months that contracts and budgets count in, by a fixed offset from
// UTC (Chinese vendors bill by Beijing time: 480). Pure functions; any thread.

#include <cstdint>
#include <string>

#include "config/contract.hpp"

namespace idswitch::billing {

struct Period {
  std::int64_t begin_unix_ms = 0;  // the first instant in it
  std::int64_t end_unix_ms = 0;    // the first instant after it
};

// The day or month that contains the instant.
Period period_of(std::int64_t at_unix_ms, config::Per per, int utc_offset_min);

// Counts the periods of one kind: the next one's number is one higher. The same number means the
// same calendar day or month, whatever the offset.
std::int64_t period_number(std::int64_t at_unix_ms, config::Per per, int utc_offset_min);

// "2026-11" or "2026-11-21".
std::string period_name(std::int64_t at_unix_ms, config::Per per, int utc_offset_min);

// "2026-12-01 00:00 +08:00": an instant, for people.
std::string local_time(std::int64_t at_unix_ms, int utc_offset_min);

}  // namespace idswitch::billing
