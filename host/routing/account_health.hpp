#pragma once

// AccountHealth: whether one account may be asked now, and what its answers say about it: a breaker
// for each kind of operation, so that results that can be fetched do not hide starts that fail, and
// limits for what opens and submits apart from what asks for results. Trips and the vendor's pauses
// hold for the account as a whole. It knows no wall clock: what it shows is labelled when it is
// shown. Not thread-safe: the engine holds a lock for each account.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "routing/breaker.hpp"
#include "routing/concurrency_limit.hpp"
#include "routing/rate_limit.hpp"
#include "routing/situation.hpp"

namespace idswitch::routing {

// Why an operation may not begin.
enum class Refusal : std::uint8_t { none, open, tripped, throttled, full, over_rate };

enum class OperationKind : std::uint8_t {
  start,
  follow_up,  // asks for the result of a verification that the account has
  submit,     // hands over what a person made for one
};

inline constexpr std::size_t k_operation_kinds = 3;

// Leave to begin one operation. A granted one must come back once, by end() or cancel() of the same
// AccountHealth.
struct Permit {
  Refusal refusal = Refusal::none;
  OperationKind kind = OperationKind::start;
  Breaker::Began began;    // by the breaker of its kind
  Breaker::Began account;  // by that of starts, which keeps the account's trips
  ConcurrencyLimit::Ticket ticket = 0;
  std::uint64_t number = 0;        // in the order in which operations of all kinds began
  std::uint64_t verification = 0;  // follow_up: whose; 0 = not said

  bool granted() const { return refusal == Refusal::none; }

  bool is_probe() const { return began.probe != 0; }
};

// How an operation ended.
struct OutcomeOfAttempt {
  bool worked = false;  // the vendor answered, whatever the verdict
  // IDSW_ERROR_*. Not worked: why; 0 is read as protocol. Worked: what the answer says about the
  // account nevertheless (quota_exhausted: this was the last one); 0 = nothing.
  std::uint32_t error_class = 0;
  std::int64_t retry_after_ms = 0;  // how long the vendor asks us to wait; 0 = not said
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
  Permit try_begin(SteadyTime now, bool last_resort);

  // For an operation (not start) of a verification that this account already has. Asking for a
  // result can wait: refused while its breaker is open, the account is tripped (but for a quota
  // that only starts have used up), throttled, or the limits for follow-ups are reached. A submit
  // has a person waiting whom nobody else can serve: refused only while throttled; it takes a place
  // from the starts, full or not.
  Permit begin_follow_up(SteadyTime now, OperationKind kind, std::uint64_t verification);

  // What begin_follow_up() would say.
  Refusal follow_up_refusal(SteadyTime now, OperationKind kind) const;

  // What it means to the breaker of its kind:
  //   worked, invalid_request, unsupported             the vendor works
  //   unavailable, unknown_outcome, protocol           a failure; with retry_after_ms also a pause,
  //                                                    of five minutes at most. Follow-ups fail by
  //                                                    verification: another failure of the same
  //                                                    one is no news within a minute, nor before
  //                                                    any has worked again
  //   credentials, account_suspended, quota_exhausted  trips the account, also beside an answer
  //   throttled        a pause of retry_after_ms (an hour at most); without one, the concurrency is
  //                    cut, and the pause is 1 s, doubled up to 30 s while that repeats
  void end(const Permit& permit, SteadyTime now, const OutcomeOfAttempt& outcome);

  // The operation did not begin after all, or ended for a reason of our own.
  void cancel(const Permit& permit);

  // Somebody has mended the account (new credentials, say): it is probed at once.
  void probe_now(SteadyTime now);

  // For starts: sets availability, share_ppm, error_class, until_unix_ms, is_full and is_over_rate.
  void now_view(const Moment& now, AccountNow& account) const;

  // For operators: the breaker of one kind.
  Availability availability(SteadyTime now, OperationKind kind) const;

  std::uint32_t in_flight() const { return places_.in_flight() + follow_ups_.in_flight(); }

  std::uint32_t follow_ups_in_flight() const { return follow_ups_.in_flight(); }

  // For operators: how often a breaker of it opened, why one did last, and when.
  std::uint64_t opened_count() const { return opened_count_; }

  const std::string& last_opened_reason() const { return last_opened_reason_; }

  std::optional<SteadyTime> last_opened() const { return last_opened_; }

 private:
  // When a verification's failure counted last, and in which run of failures.
  struct Failing {
    SteadyTime counted;
    std::uint64_t run = 0;
  };

  SteadyTime time(SteadyTime now) const;
  SteadyTime pass(SteadyTime now);

  Breaker& breaker(OperationKind kind) { return breakers_[static_cast<std::size_t>(kind)]; }

  const Breaker& breaker(OperationKind kind) const {
    return breakers_[static_cast<std::size_t>(kind)];
  }

  ConcurrencyLimit& places(OperationKind kind);
  Permit granted(SteadyTime now, OperationKind kind);
  Refusal refusal(SteadyTime now, bool last_resort) const;
  void failed(const Permit& permit, SteadyTime now, const OutcomeOfAttempt& outcome);
  void throttled(const Permit& permit, SteadyTime now, std::int64_t retry_after_ms);
  bool is_news(std::uint64_t verification, SteadyTime now);
  void leave(const Permit& permit, bool was_sent);
  void note_opened(OperationKind kind, SteadyTime now);

  std::array<Breaker, k_operation_kinds> breakers_;  // by OperationKind
  ConcurrencyLimit places_;                          // starts and submits
  ConcurrencyLimit follow_ups_;
  RateLimit rate_;
  RateLimit follow_up_rate_;

  std::unordered_map<std::uint64_t, Failing> failing_;  // by verification
  std::uint64_t run_ = 1;                               // of failures of follow-ups

  std::uint64_t next_number_ = 0;
  std::int64_t pause_ms_ = 0;  // the last one that we chose; 0 = none since the last success
  std::uint64_t first_after_pause_ = 0;  // what began before saw the same jam

  SteadyTime latest_;
  std::uint64_t opened_count_ = 0;
  std::string last_opened_reason_;
  std::optional<SteadyTime> last_opened_;
};

}  // namespace idswitch::routing
