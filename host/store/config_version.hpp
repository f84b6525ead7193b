#pragma once

// ConfigVersion: a configuration as it was in force from a time on. Plain value.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "store/counted.hpp"

namespace idswitch::store {

struct ConfigVersion {
  std::int64_t number = 0;  // from 1, growing
  std::array<std::uint8_t, 32> sha256{};
  std::string text;  // the file as it was read; it names secrets, it does not hold them
  std::int64_t since_unix_ms = 0;
};

// One that is to be in force from now on.
struct AdoptedConfig {
  std::string text;
  std::array<std::uint8_t, 32> sha256{};
  std::int64_t now_unix_ms = 0;
  std::vector<BudgetLimit> limits;
};

}  // namespace idswitch::store
