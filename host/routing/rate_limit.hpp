#pragma once

// RateLimit: how many operations may begin in a second: a token bucket in whole thousandths of a
// token, exact for any rate. An earlier time is read as the latest. Not thread-safe: the caller
// locks.

#include <cstdint>

#include "base/clock.hpp"

namespace idswitch::routing {

class RateLimit {
 public:
  // per_second 0 = any number. burst is how many may begin at once; read as at least 1,
  // and at least what one millisecond brings. Begins full.
  RateLimit(std::uint32_t per_second, std::uint32_t burst);

  // Keeps what is left, up to the new burst.
  void reconfigure(std::uint32_t per_second, std::uint32_t burst);

  bool would_allow(SteadyTime now) const;

  // Takes one if there is one.
  bool try_take(SteadyTime now);

  // The one taken was not used after all.
  void give_back();

 private:
  std::int64_t tokens_at(SteadyTime now) const;  // thousandths
  std::int64_t full() const;                     // thousandths

  std::int64_t per_second_ = 0;
  std::int64_t burst_ = 1;
  std::int64_t tokens_ = 0;  // thousandths, as of taken_
  SteadyTime taken_;
};

}  // namespace idswitch::routing
