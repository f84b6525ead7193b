#pragma once

// Breaker: whether an account is asked for one kind of operation at all. It opens when that fails
// too often or the account says that it will not serve us; after a while one probe at a time goes
// through; when a probe works, the account comes back by a ramp. Not thread-safe: the caller locks.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "routing/situation.hpp"

namespace idswitch::routing {

class Breaker {
 public:
  // When an operation began, as its result must say: a result from before the last change of mind
  // (of an older epoch) neither closes the breaker nor makes it stay open for longer.
  struct Began {
    std::uint64_t epoch = 0;
    std::uint64_t probe = 0;  // which probe it is; 0 = none
  };

  struct View {
    Availability availability = Availability::up;
    std::uint32_t share_ppm = config::k_all_ppm;
    std::uint32_t error_class = 0;    // tripped: IDSW_ERROR_*
    std::optional<SteadyTime> until;  // open, tripped, throttled
  };

  // While ramping, an account has come back with this share.
  static constexpr std::uint32_t k_first_share_ppm = 100'000;

  // consecutive_failures 0 and failure_rate_ppm 0: does not open for that.
  explicit Breaker(const config::Breaker& config);

  // Keeps the state; times that are running become as long as they are now configured.
  void reconfigure(const config::Breaker& config);

  View view(SteadyTime now) const;

  // Of an operation that is not a probe.
  Began began() const { return {epoch_, 0}; }

  // The breaker must be probing. A probe that has not reported after open_for is given up, and
  // another may begin.
  Began begin_probe(SteadyTime now);

  // The vendor works. Whatever began since it opened closes it, a probe or not.
  void success(SteadyTime now, const Began& began);

  // The vendor does not work. error_class is for the reason only.
  void failure(SteadyTime now, const Began& began, std::uint32_t error_class);

  // A probe failed in a way that is not news: it stays open as long as after the last one, and no
  // longer.
  void failure_again(SteadyTime now, const Began& began);

  // The vendor will not serve us: credentials, account_suspended or quota_exhausted.
  void trip(SteadyTime now, const Began& began, std::uint32_t error_class);

  // The operation says nothing about the account. A probe makes room for the next.
  void no_answer(const Began& began);

  // Nobody may be asked before until; does not shorten. Beside everything else: an open breaker
  // stays open.
  void throttle(SteadyTime until);

  bool is_throttled(SteadyTime now) const { return now < throttled_until_; }

  // Somebody has mended the account: an open or tripped breaker is probed at once.
  void probe_now(SteadyTime now);

  // How often it opened or tripped so far, and why it did last, for people: "5 failures in a row,
  // the last one unavailable". Empty before the first time.
  std::uint64_t opened_count() const { return opened_count_; }

  const std::string& opened_reason() const { return opened_reason_; }

 private:
  enum class State : std::uint8_t { closed, ramping, open, tripped };

  static constexpr std::int64_t k_slices = 10;

  struct Slice {
    std::uint32_t all = 0;
    std::uint32_t failed = 0;
  };

  bool is_open() const { return state_ == State::open || state_ == State::tripped; }

  bool has_probe(SteadyTime now) const;
  SteadyTime open_until() const;
  std::chrono::milliseconds backoff() const;
  void count(SteadyTime now, bool failed);
  void forget_counts();
  void close_after_ramp(SteadyTime now);
  void open(State state, SteadyTime now, std::string reason);

  config::Breaker config_;
  State state_ = State::closed;
  std::uint64_t epoch_ = 1;
  SteadyTime since_;  // not closed: when this state began
  std::uint32_t doublings_ = 0;
  std::uint32_t error_class_ = 0;  // tripped
  std::uint64_t probe_ = 0;        // the last one begun
  bool probe_runs_ = false;
  bool probe_asked_for_ = false;  // probe_now()
  SteadyTime probe_began_;
  SteadyTime throttled_until_;

  std::uint32_t consecutive_ = 0;
  std::array<Slice, k_slices> slices_{};  // of the window, by slice number modulo k_slices
  std::int64_t slice_ = 0;                // number of the newest

  std::uint64_t opened_count_ = 0;
  std::string opened_reason_;
};

}  // namespace idswitch::routing
