// Prices as integer micro-units; text in and out, never floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace idswitch::sandbox {

// Millionths of the currency unit.
using Micros = std::int64_t;

// "0.3", "12", "1.200000"; nullopt for anything else, a sign, more than six decimals, or above
// 1,000,000.
[[nodiscard]] std::optional<Micros> parse_amount(std::string_view text);

// At least two decimals, no needless zeros after them: "0.30", "0.004567".
[[nodiscard]] std::string format_amount(Micros amount);

}  // namespace idswitch::sandbox
