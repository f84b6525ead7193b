#pragma once

// SHA-256 for keys and request digests. Any thread.

#include <array>
#include <cstdint>
#include <string_view>

namespace idswitch {

std::array<std::uint8_t, 32> sha256(std::string_view bytes);

std::array<std::uint8_t, 32> hmac_sha256(std::string_view key, std::string_view bytes);

}  // namespace idswitch
