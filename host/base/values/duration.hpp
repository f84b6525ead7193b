#pragma once

// Durations as config writes them: a whole number and a unit, "500ms", "10s", "2m", "1h". Pure.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace idswitch {

// Nothing when text is not a duration, or longer than a year.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

// The duration in its largest unit that divides it: "10s", "1500ms".
std::string duration_text(std::chrono::milliseconds duration);

}  // namespace idswitch
