#pragma once

// RateLimit: how many operations may begin in a second: a token bucket in whole thousandths of a
// token, exact for any rate. Time is a millisecond count that does not go back; an earlier one is
// read as the latest. Not thread-safe: the caller locks.

#include <cstdint>

namespace idswitch::routing {

class RateLimit {
 public:
  // per_second 0 = any number. burst is how many may begin at once; read as at least 1,
  // and at least what one millisecond brings. Begins full.
  RateLimit(std::uint32_t per_second, std::uint32_t burst);

  // Keeps what is left, up to the new burst.
  void reconfigure(std::uint32_t per_second, std::uint32_t burst);

  bool would_allow(std::int64_t now_ms) const;

  // Takes one if there is one.
  bool try_take(std::int64_t now_ms);

  // The one taken was not used after all.
  void give_back();

  // From when on would_allow() holds; now_ms if it does already.
  std::int64_t next_free_ms(std::int64_t now_ms) const;

 private:
  std::int64_t tokens_at(std::int64_t now_ms) const;  // thousandths
  std::int64_t full() const;                          // thousandths

  std::int64_t per_second_ = 0;
  std::int64_t burst_ = 1;
  std::int64_t tokens_ = 0;  // thousandths, as of taken_ms_
  std::int64_t taken_ms_ = 0;
};

}  // namespace idswitch::routing
