#pragma once

// AccountHealth: whether one account may be asked now, and what its answers say about it: its
// breaker, its concurrency limit and its start rate in one. Time is Unix milliseconds; a clock that
// is set back does not make anything last longer. Not thread-safe: the engine holds a mutex for
// each account.

#include <cstdint>
#include <string>

#include "config/config.hpp"
#include "routing/breaker.hpp"
#include "routing/concurrency_limit.hpp"
#include "routing/rate_limit.hpp"
#include "routing/situation.hpp"

namespace idswitch::routing {

// Why an operation may not begin.
enum class Refusal : std::uint8_t { none, open, tripped, throttled, full, over_rate };

// Leave to begin one operation. A granted one must come back once, by end() or cancel() of the same
// AccountHealth.
struct Permit {
  Refusal refusal = Refusal::none;
  bool is_start = false;  // has taken from the start rate
  Breaker::Began began;
  ConcurrencyLimit::Ticket ticket = 0;

  bool granted() const { return refusal == Refusal::none; }

  bool is_probe() const { return began.probe != 0; }
};

// How an operation ended.
struct OutcomeOfAttempt {
  bool worked = false;  // the vendor answered, whatever the verdict
  // IDSW_ERROR_*. Not worked: why; 0 is read as protocol. Worked: what the answer says about the
  // account nevertheless (quota_exhausted: this was the last one); 0 = nothing.
  std::uint32_t error_class = 0;
  std::int64_t retry_after_ms = 0;  // throttled: how long the vendor asks us to wait; 0 = not said
  bool was_sent = true;             // at least one byte reached the vendor
};

class AccountHealth {
 public:
  AccountHealth(const config::Breaker& breaker, const config::Limits& limits);

  // After a hot reload: other settings, the same state.
  void reconfigure(const config::Breaker& breaker, const config::Limits& limits);

  // Leave to ask the account for a new verification. last_resort: in spite of an open or tripped
  // breaker, when there is nobody else; never while throttled, full or over its rate. While ramping
  // it grants: whether a request belongs to the share has been decided before.
  Permit try_begin(std::int64_t now_unix_ms, bool last_resort);

  // For an operation of a verification that this account already has (submit, result): always
  // granted, since no other account can do it. Counts as in flight, and is learnt from.
  Permit begin_follow_up(std::int64_t now_unix_ms);

  // What it means:
  //   worked, invalid_request, unsupported             the vendor works
  //   unavailable, unknown_outcome, protocol           a failure
  //   credentials, account_suspended, quota_exhausted  trips, also beside an answer
  //   throttled        a pause of retry_after_ms (an hour at most); without one, the concurrency is
  //                    cut, and the pause is 1 s, doubled up to 30 s while that repeats
  void end(const Permit& permit, std::int64_t now_unix_ms, const OutcomeOfAttempt& outcome);

  // The operation did not begin after all.
  void cancel(const Permit& permit);

  // Somebody has mended the account (new credentials, say): it is probed at once.
  void probe_now(std::int64_t now_unix_ms);

  // Sets availability, share_ppm, error_class, until_unix_ms, is_full and is_over_rate.
  void now_view(std::int64_t now_unix_ms, AccountNow& account) const;

  std::uint32_t in_flight() const { return concurrency_.in_flight(); }

  // For operators; see Breaker. 0 = never.
  std::uint64_t opened_count() const { return breaker_.opened_count(); }

  const std::string& last_opened_reason() const { return breaker_.opened_reason(); }

  std::int64_t last_opened_unix_ms() const { return last_opened_unix_ms_; }

 private:
  std::int64_t time(std::int64_t now_unix_ms) const;
  std::int64_t pass(std::int64_t now_unix_ms);
  Refusal refusal(std::int64_t now_ms, bool last_resort) const;
  void throttled(const Permit& permit, std::int64_t now_ms, std::int64_t retry_after_ms);

  Breaker breaker_;
  ConcurrencyLimit concurrency_;
  RateLimit rate_;

  std::int64_t pause_ms_ = 0;  // the last one that we chose; 0 = none since the last success
  ConcurrencyLimit::Ticket first_after_pause_ = 0;  // what began before saw the same jam

  // Inside, time is now_unix_ms + set_back_ms_, and never less than latest_ms_.
  std::int64_t latest_ms_ = 0;
  std::int64_t set_back_ms_ = 0;

  std::int64_t last_opened_unix_ms_ = 0;
};

}  // namespace idswitch::routing
