#pragma once

// Draws from a decision's seed: what is random about one request and sticks to nobody. Pure.

#include <cstdint>

namespace idswitch::routing {

// The number-th independent draw of the seed: 64 well mixed bits (SplitMix64).
inline std::uint64_t seed_draw(std::uint64_t seed, std::uint64_t number) {
  std::uint64_t value = seed + (number + 1) * 0x9E3779B97F4A7C15;
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
  value = (value ^ value >> 27) * 0x94D049BB133111EB;
  return value ^ value >> 31;
}

}  // namespace idswitch::routing
