#pragma once

// ConcurrencyLimit: how many operations may be at a vendor at the same time. Additive increase,
// multiplicative decrease: a quarter less when the vendor says that there are too many, one more
// after about as many successes as the limit. Whole thousandths. Not thread-safe: the caller locks.

#include <chrono>
#include <cstdint>

#include "base/clock.hpp"

namespace idswitch::routing {

class ConcurrencyLimit {
 public:
  // Numbers operations in the order in which they began.
  using Ticket = std::uint64_t;

  // After so long without a complaint, a limit that only the vendor set is lifted.
  static constexpr std::chrono::minutes k_quiet{10};

  // concurrency_max 0 = any number, until the vendor complains.
  explicit ConcurrencyLimit(std::uint32_t concurrency_max);

  // Keeps what is in flight, and a limit that the vendor's complaints brought below the new one.
  void reconfigure(std::uint32_t concurrency_max);

  bool is_full(SteadyTime now) const;

  // Whether it is full is for the caller to have asked. Every enter() needs one leave().
  Ticket enter();

  // Aborts when nothing is in flight.
  void leave();

  // The vendor says that there are too many; to be called before the operation's leave(). Ignored
  // for one that began before the last cut: it saw the load that the cut was for.
  void too_many(Ticket ticket, SteadyTime now);

  // The operation worked; to be called before its leave(). The limit only grows while it is nearly
  // used up: an idle hour says nothing about what the vendor bears.
  void success(SteadyTime now);

  std::uint32_t in_flight() const { return in_flight_; }

  // 0 = any number.
  std::uint32_t limit(SteadyTime now) const;

 private:
  bool is_unlimited(SteadyTime now) const;

  std::int64_t max_ = 0;    // thousandths; 0 = none
  std::int64_t limit_ = 0;  // thousandths; 0 = none
  std::uint32_t in_flight_ = 0;
  Ticket next_ticket_ = 0;
  Ticket first_after_cut_ = 0;
  SteadyTime cut_;
};

}  // namespace idswitch::routing
