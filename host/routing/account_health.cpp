#include "routing/account_health.hpp"

#include <algorithm>
#include <cstdlib>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::routing {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t k_pause_first_ms = 1'000;
constexpr std::int64_t k_pause_max_ms = 30'000;
constexpr std::int64_t k_retry_after_max_ms = 3'600'000;
// Of a vendor that is down: it guesses, and a pause, unlike a breaker, has no last resort.
constexpr std::int64_t k_down_retry_after_max_ms = 300'000;

constexpr std::chrono::minutes k_counts_once_in{1};
constexpr std::size_t k_failing_max = 1'024;

bool trips(std::uint32_t error_class) {
  return error_class == IDSW_ERROR_CREDENTIALS || error_class == IDSW_ERROR_ACCOUNT_SUSPENDED ||
         error_class == IDSW_ERROR_QUOTA_EXHAUSTED;
}

}  // namespace

AccountHealth::AccountHealth(const config::Breaker& breaker, const config::Limits& limits)
    : breakers_{Breaker(breaker), Breaker(breaker), Breaker(breaker)},
      places_(limits.concurrency_max),
      follow_ups_(limits.follow_ups.concurrency_max),
      rate_(limits.starts_per_second, limits.starts_burst),
      follow_up_rate_(limits.follow_ups.per_second, limits.follow_ups.per_second) {}

void AccountHealth::reconfigure(const config::Breaker& breaker, const config::Limits& limits) {
  for (Breaker& one : breakers_) one.reconfigure(breaker);
  places_.reconfigure(limits.concurrency_max);
  follow_ups_.reconfigure(limits.follow_ups.concurrency_max);
  rate_.reconfigure(limits.starts_per_second, limits.starts_burst);
  follow_up_rate_.reconfigure(limits.follow_ups.per_second, limits.follow_ups.per_second);
}

// ---- beginning ---------------------------------------------------------------------------------

Permit AccountHealth::try_begin(SteadyTime now_read, bool last_resort) {
  const SteadyTime now = pass(now_read);
  Permit permit;
  permit.refusal = refusal(now, last_resort);
  if (!permit.granted()) return permit;
  rate_.try_take(now);
  return granted(now, OperationKind::start);
}

Permit AccountHealth::begin_follow_up(SteadyTime now_read, OperationKind kind,
                                      std::uint64_t verification) {
  if (kind == OperationKind::start) std::abort();
  const SteadyTime now = pass(now_read);
  Permit permit;
  permit.kind = kind;
  permit.refusal = follow_up_refusal(now, kind);
  if (!permit.granted()) return permit;
  if (kind == OperationKind::follow_up) follow_up_rate_.try_take(now);
  permit = granted(now, kind);
  permit.verification = verification;
  return permit;
}

Permit AccountHealth::granted(SteadyTime now, OperationKind kind) {
  Permit permit;
  permit.kind = kind;
  permit.number = next_number_++;
  permit.ticket = places(kind).enter();
  permit.account = breaker(OperationKind::start).began();
  Breaker& own = breaker(kind);
  permit.began =
      own.view(now).availability == Availability::probing ? own.begin_probe(now) : own.began();
  return permit;
}

Refusal AccountHealth::refusal(SteadyTime now, bool last_resort) const {
  switch (breaker(OperationKind::start).view(now).availability) {
    case Availability::throttled: return Refusal::throttled;
    case Availability::open:
      if (!last_resort) return Refusal::open;
      break;
    case Availability::tripped:
      if (!last_resort) return Refusal::tripped;
      break;
    case Availability::up:
    case Availability::ramping:
    case Availability::probing: break;
  }
  if (places_.is_full(now)) return Refusal::full;
  if (!rate_.would_allow(now)) return Refusal::over_rate;
  return Refusal::none;
}

Refusal AccountHealth::follow_up_refusal(SteadyTime now_read, OperationKind kind) const {
  const SteadyTime now = time(now_read);
  const Breaker::View account = breaker(OperationKind::start).view(now);
  if (account.availability == Availability::throttled) return Refusal::throttled;
  if (kind == OperationKind::submit) return Refusal::none;
  // Sessions that were opened before the quota was used up can still be asked about.
  if (account.availability == Availability::tripped &&
      account.error_class != IDSW_ERROR_QUOTA_EXHAUSTED) {
    return Refusal::tripped;
  }
  const Availability own = breaker(kind).view(now).availability;
  if (own == Availability::open) return Refusal::open;
  if (own == Availability::tripped) return Refusal::tripped;
  if (follow_ups_.is_full(now)) return Refusal::full;
  if (!follow_up_rate_.would_allow(now)) return Refusal::over_rate;
  return Refusal::none;
}

// ---- ending ------------------------------------------------------------------------------------

void AccountHealth::end(const Permit& permit, SteadyTime now_read,
                        const OutcomeOfAttempt& outcome) {
  const SteadyTime now = pass(now_read);
  Breaker& own = breaker(permit.kind);
  Breaker& starts = breaker(OperationKind::start);
  const std::uint64_t own_before = own.opened_count();
  const std::uint64_t starts_before = starts.opened_count();
  const bool answered = outcome.worked || outcome.error_class == IDSW_ERROR_INVALID_REQUEST ||
                        outcome.error_class == IDSW_ERROR_UNSUPPORTED;
  if (trips(outcome.error_class)) {
    own.trip(now, permit.began, outcome.error_class);
    if (permit.kind != OperationKind::start) {
      starts.trip(now, permit.account, outcome.error_class);
    }
  } else if (answered) {
    own.success(now, permit.began);
    if (permit.kind == OperationKind::follow_up) ++run_;
    // A success that began before the pause does not say that the jam is over.
    if (permit.number >= first_after_pause_) pause_ms_ = 0;
  } else if (outcome.error_class == IDSW_ERROR_THROTTLED) {
    throttled(permit, now, outcome.retry_after_ms);
  } else {
    failed(permit, now, outcome);
  }
  if (answered) places(permit.kind).success(now);
  leave(permit, outcome.was_sent);
  if (own.opened_count() != own_before) {
    note_opened(permit.kind, now);
  } else if (starts.opened_count() != starts_before) {
    note_opened(OperationKind::start, now);
  }
}

void AccountHealth::cancel(const Permit& permit) {
  breaker(permit.kind).no_answer(permit.began);
  leave(permit, false);
}

void AccountHealth::leave(const Permit& permit, bool was_sent) {
  places(permit.kind).leave();
  if (was_sent) return;
  if (permit.kind == OperationKind::start) rate_.give_back();
  if (permit.kind == OperationKind::follow_up) follow_up_rate_.give_back();
}

void AccountHealth::failed(const Permit& permit, SteadyTime now, const OutcomeOfAttempt& outcome) {
  constexpr std::uint32_t k_not_said = IDSW_ERROR_PROTOCOL;
  Breaker& own = breaker(permit.kind);
  if (permit.kind == OperationKind::follow_up && !is_news(permit.verification, now)) {
    own.failure_again(now, permit.began);
  } else {
    own.failure(now, permit.began, outcome.error_class == 0 ? k_not_said : outcome.error_class);
  }
  if (outcome.retry_after_ms > 0) {
    const std::int64_t wait_ms = std::min(outcome.retry_after_ms, k_down_retry_after_max_ms);
    breaker(OperationKind::start).throttle(now + milliseconds(wait_ms));
  }
}

void AccountHealth::throttled(const Permit& permit, SteadyTime now, std::int64_t retry_after_ms) {
  breaker(permit.kind).no_answer(permit.began);
  Breaker& account = breaker(OperationKind::start);
  if (retry_after_ms > 0) {
    account.throttle(now + milliseconds(std::min(retry_after_ms, k_retry_after_max_ms)));
    return;
  }
  places(permit.kind).too_many(permit.ticket, now);
  if (permit.number < first_after_pause_) return;  // the jam that the last pause was for
  pause_ms_ = pause_ms_ == 0 ? k_pause_first_ms : std::min(pause_ms_ * 2, k_pause_max_ms);
  first_after_pause_ = next_number_;
  account.throttle(now + milliseconds(pause_ms_));
}

// A session that can never be read is asked about again and again. It is one failure, not the
// vendor's.
bool AccountHealth::is_news(std::uint64_t verification, SteadyTime now) {
  if (verification == 0) return true;
  const auto counts_again = [&](const Failing& one) {
    return one.run != run_ && now - one.counted >= k_counts_once_in;
  };
  if (const auto known = failing_.find(verification); known != failing_.end()) {
    if (!counts_again(known->second)) return false;
    known->second = {now, run_};
    return true;
  }
  if (failing_.size() >= k_failing_max) {
    std::erase_if(failing_, [&](const auto& one) { return counts_again(one.second); });
    if (failing_.size() >= k_failing_max) failing_.clear();
  }
  failing_.emplace(verification, Failing{now, run_});
  return true;
}

void AccountHealth::note_opened(OperationKind kind, SteadyTime now) {
  ++opened_count_;
  last_opened_ = now;
  last_opened_reason_ = breaker(kind).opened_reason();
  if (kind == OperationKind::follow_up) {
    ++run_;
    last_opened_reason_ += " (asking for results)";
  }
  if (kind == OperationKind::submit) last_opened_reason_ += " (submitting)";
}

// ---- looking -----------------------------------------------------------------------------------

void AccountHealth::probe_now(SteadyTime now_read) {
  const SteadyTime now = pass(now_read);
  for (Breaker& one : breakers_) one.probe_now(now);
}

void AccountHealth::now_view(const Moment& now_read, AccountNow& account) const {
  const SteadyTime now = time(now_read.steady);
  const Breaker::View view = breaker(OperationKind::start).view(now);
  account.availability = view.availability;
  account.share_ppm = view.share_ppm;
  account.error_class = view.error_class;
  account.until_unix_ms = view.until ? now_read.label(*view.until) : 0;
  account.is_full = places_.is_full(now);
  account.is_over_rate = !rate_.would_allow(now);
}

Availability AccountHealth::availability(SteadyTime now, OperationKind kind) const {
  return breaker(kind).view(time(now)).availability;
}

// Those who wait for the lock have read the clock before: their times may come out of order.
SteadyTime AccountHealth::time(SteadyTime now) const {
  return std::max(latest_, now);
}

SteadyTime AccountHealth::pass(SteadyTime now) {
  latest_ = time(now);
  return latest_;
}

ConcurrencyLimit& AccountHealth::places(OperationKind kind) {
  return kind == OperationKind::follow_up ? follow_ups_ : places_;
}

}  // namespace idswitch::routing
