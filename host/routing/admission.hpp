#pragma once

// When an exposure becomes an observation of its experiment: at an age that is fixed beforehand and
// the same in every arm, so that no arm is judged by those who are fast. Pure; any thread.

#include <algorithm>
#include <cstdint>
#include <span>

namespace idswitch::routing {

// What may pass from the exposure to the session, and from the session's death until the sweeper
// has asked, even when it is behind.
inline constexpr std::int64_t k_admission_lag_ms = 15LL * 60 * 1000;

// lifetimes_s: of a session at each account that serves anybody of the experiment, whatever arm.
inline std::int64_t admission_age_ms(std::span<const std::uint64_t> lifetimes_s) {
  constexpr std::uint64_t k_longest_s = 30ULL * 24 * 3600;  // nobody waits for a person longer
  std::uint64_t longest_s = 0;
  for (const std::uint64_t one : lifetimes_s) longest_s = std::max(longest_s, one);
  return static_cast<std::int64_t>(std::min(longest_s, k_longest_s)) * 1000 + k_admission_lag_ms;
}

}  // namespace idswitch::routing
