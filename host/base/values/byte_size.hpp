#pragma once

// Sizes as config writes them: a whole number and a binary unit, "64B", "512KiB", "24MiB", "1GiB".
// Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace idswitch {

inline constexpr std::size_t k_kib = 1024;
inline constexpr std::size_t k_mib = 1024 * k_kib;

// Nothing when text is not a size, or above 1024 GiB.
std::optional<std::uint64_t> parse_byte_size(std::string_view text);

// The size in its largest unit that divides it: "24MiB", "1500B".
std::string byte_size_text(std::uint64_t bytes);

}  // namespace idswitch
