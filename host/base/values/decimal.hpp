#pragma once

// Decimals as config and requests write them, exactly: at most twelve digits before the point and
// six behind it, no exponent, read into millionths without ever being a floating-point number.
// Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace idswitch {

// "0.9" is 900'000, "-12" is -12'000'000. Nothing when text is no such decimal.
std::optional<std::int64_t> parse_decimal(std::string_view text);

// The shortest text that parse_decimal reads back: "0.9", "-12".
std::string decimal_text(std::int64_t millionths);

// A share, "0.8" or "80%", in millionths of all. Nothing when text is no share of 0 to 1, or has
// parts of a millionth.
std::optional<std::uint32_t> parse_share(std::string_view text);

}  // namespace idswitch
