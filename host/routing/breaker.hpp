#pragma once

// Breaker: whether an account is asked at all. It opens when the account fails too often or says
// that it will not serve us; after a while one probe at a time goes through; when a probe works,
// the account comes back by a ramp. Time is a millisecond count that does not go back. Not
// thread-safe: the caller locks.

#include <array>
#include <cstdint>
#include <string>

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
    std::uint32_t error_class = 0;  // tripped: IDSW_ERROR_*
    std::int64_t until_ms = 0;      // open, tripped, throttled
  };

  // While ramping, an account has come back with this share.
  static constexpr std::uint32_t k_first_share_ppm = 100'000;

  // consecutive_failures 0 and failure_rate_ppm 0: does not open for that.
  explicit Breaker(const config::Breaker& config);

  // Keeps the state; times that are running become as long as they are now configured.
  void reconfigure(const config::Breaker& config);

  View view(std::int64_t now_ms) const;

  // Of an operation that is not a probe.
  Began began() const { return {epoch_, 0}; }

  // The breaker must be probing. A probe that has not reported after open_for is given up, and
  // another may begin.
  Began begin_probe(std::int64_t now_ms);

  // The vendor works. Whatever began since it opened closes it, a probe or not.
  void success(std::int64_t now_ms, const Began& began);

  // The vendor does not work. error_class is for the reason only.
  void failure(std::int64_t now_ms, const Began& began, std::uint32_t error_class);

  // The vendor will not serve us: credentials, account_suspended or quota_exhausted.
  void trip(std::int64_t now_ms, const Began& began, std::uint32_t error_class);

  // The operation says nothing about the account. A probe makes room for the next.
  void no_answer(const Began& began);

  // Nobody may be asked before until_ms; does not shorten. Beside everything else: an open breaker
  // stays open.
  void throttle(std::int64_t until_ms);

  bool is_throttled(std::int64_t now_ms) const { return now_ms < throttled_until_ms_; }

  // Somebody has mended the account: an open or tripped breaker is probed at once.
  void probe_now(std::int64_t now_ms);

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

  bool has_probe(std::int64_t now_ms) const;
  std::int64_t open_until_ms() const;
  std::int64_t backoff_ms() const;
  void count(std::int64_t now_ms, bool failed);
  void forget_counts();
  void close_after_ramp(std::int64_t now_ms);
  void open(State state, std::int64_t now_ms, std::string reason);

  config::Breaker config_;
  State state_ = State::closed;
  std::uint64_t epoch_ = 1;
  std::int64_t since_ms_ = 0;  // not closed: when this state began
  std::uint32_t doublings_ = 0;
  std::uint32_t error_class_ = 0;  // tripped
  std::uint64_t probe_ = 0;        // the last one begun
  bool probe_runs_ = false;
  bool probe_asked_for_ = false;  // probe_now()
  std::int64_t probe_ms_ = 0;
  std::int64_t throttled_until_ms_ = 0;

  std::uint32_t consecutive_ = 0;
  std::array<Slice, k_slices> slices_{};  // of the window, by slice number modulo k_slices
  std::int64_t slice_ = 0;                // number of the newest

  std::uint64_t opened_count_ = 0;
  std::string opened_reason_;
};

}  // namespace idswitch::routing
