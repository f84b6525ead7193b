#pragma once

// ConfigVersion: a configuration as it was in force from a time on. Plain value.

#include <array>
#include <cstdint>
#include <string>

namespace idswitch::store {

struct ConfigVersion {
  std::int64_t number = 0;  // from 1, growing
  std::array<std::uint8_t, 32> sha256{};
  std::string text;  // the file as it was read; it names secrets, it does not hold them
  std::int64_t since_unix_ms = 0;
};

}  // namespace idswitch::store
