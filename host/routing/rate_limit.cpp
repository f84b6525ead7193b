#include "routing/rate_limit.hpp"

#include <algorithm>

namespace idswitch::routing {
namespace {

constexpr std::int64_t k_token = 1'000;

std::int64_t divided_up(std::int64_t value, std::int64_t by) {
  return (value + by - 1) / by;
}

}  // namespace

RateLimit::RateLimit(std::uint32_t per_second, std::uint32_t burst) {
  reconfigure(per_second, burst);
}

void RateLimit::reconfigure(std::uint32_t per_second, std::uint32_t burst) {
  const bool was_off = per_second_ == 0;
  per_second_ = per_second;
  burst_ = std::max({std::int64_t{burst}, std::int64_t{1}, divided_up(per_second, 1'000)});
  tokens_ = was_off ? full() : std::min(tokens_, full());
}

bool RateLimit::would_allow(SteadyTime now) const {
  return per_second_ == 0 || tokens_at(now) >= k_token;
}

bool RateLimit::try_take(SteadyTime now) {
  if (per_second_ == 0) return true;
  tokens_ = tokens_at(now);
  taken_ = std::max(taken_, now);
  if (tokens_ < k_token) return false;
  tokens_ -= k_token;
  return true;
}

void RateLimit::give_back() {
  tokens_ = std::min(tokens_ + k_token, full());
}

// One token per second is one thousandth per millisecond. The millisecond in which the burst became
// full may have brought a part of a token more. That part is not lost as long as somebody comes at
// once, or a burst of 1 would never reach a rate that does not divide 1000.
std::int64_t RateLimit::tokens_at(SteadyTime now) const {
  const std::int64_t passed_ms = std::max<std::int64_t>((now - taken_).count(), 0);
  const std::int64_t missing = std::max<std::int64_t>(full() - tokens_, 0);
  // Asked first also because after years of silence the product below would not fit.
  if (passed_ms > divided_up(missing, per_second_)) return full();
  return std::min(tokens_ + passed_ms * per_second_, full() + k_token - 1);
}

std::int64_t RateLimit::full() const {
  return burst_ * k_token;
}

}  // namespace idswitch::routing
