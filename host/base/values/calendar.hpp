#pragma once

// Dates and offsets as config writes them: "2026-01-01", "+08:00". Pure.

#include <cstdint>
#include <optional>
#include <string_view>

namespace idswitch {

// Midnight at the date's beginning, where the clock is so many minutes ahead of UTC. Nothing when
// text is not a date of the years 1970 to 9999.
std::optional<std::int64_t> midnight_unix_ms(std::string_view date, int utc_offset_min);

// "UTC", or "-12:00" to "+14:00", in minutes.
std::optional<int> parse_utc_offset(std::string_view text);

}  // namespace idswitch
