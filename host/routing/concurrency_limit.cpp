#include "routing/concurrency_limit.hpp"

#include <algorithm>
#include <cstdlib>

namespace idswitch::routing {
namespace {

constexpr std::int64_t k_one = 1'000;

}  // namespace

ConcurrencyLimit::ConcurrencyLimit(std::uint32_t concurrency_max)
    : max_(concurrency_max * k_one), limit_(max_) {}

void ConcurrencyLimit::reconfigure(std::uint32_t concurrency_max) {
  const bool was_cut = limit_ != max_;
  max_ = concurrency_max * k_one;
  if (!was_cut) {
    limit_ = max_;
  } else if (max_ != 0) {
    limit_ = std::min(limit_, max_);
  }
}

bool ConcurrencyLimit::is_full(SteadyTime now) const {
  return !is_unlimited(now) && (in_flight_ + std::int64_t{1}) * k_one > limit_;
}

ConcurrencyLimit::Ticket ConcurrencyLimit::enter() {
  ++in_flight_;
  return next_ticket_++;
}

void ConcurrencyLimit::leave() {
  if (in_flight_ == 0) std::abort();
  --in_flight_;
}

void ConcurrencyLimit::too_many(Ticket ticket, SteadyTime now) {
  if (ticket < first_after_cut_) return;
  const std::int64_t in_flight = in_flight_ * k_one;
  const std::int64_t before = is_unlimited(now) ? in_flight : std::min(limit_, in_flight);
  limit_ = std::max(k_one, before * 3 / 4);
  first_after_cut_ = next_ticket_;
  cut_ = now;
}

void ConcurrencyLimit::success(SteadyTime now) {
  if (is_unlimited(now)) {
    limit_ = 0;
    return;
  }
  if (std::int64_t{in_flight_} * 4 < limit_ / k_one * 3) return;
  limit_ += k_one * k_one / limit_;
  if (max_ != 0) limit_ = std::min(limit_, max_);
}

std::uint32_t ConcurrencyLimit::limit(SteadyTime now) const {
  return is_unlimited(now) ? 0 : static_cast<std::uint32_t>(limit_ / k_one);
}

bool ConcurrencyLimit::is_unlimited(SteadyTime now) const {
  return max_ == 0 && (limit_ == 0 || now - cut_ >= k_quiet);
}

}  // namespace idswitch::routing
