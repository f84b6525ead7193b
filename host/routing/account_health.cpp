#include "routing/account_health.hpp"

#include <algorithm>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::routing {
namespace {

constexpr std::int64_t k_pause_first_ms = 1'000;
constexpr std::int64_t k_pause_max_ms = 30'000;
constexpr std::int64_t k_retry_after_max_ms = 3'600'000;

// Callers read the clock before they lock, so the times they bring may be a little out of order.
// Only more than this is a clock that was set back.
constexpr std::int64_t k_out_of_order_ms = 1'000;

bool trips(std::uint32_t error_class) {
  return error_class == IDSW_ERROR_CREDENTIALS || error_class == IDSW_ERROR_ACCOUNT_SUSPENDED ||
         error_class == IDSW_ERROR_QUOTA_EXHAUSTED;
}

}  // namespace

AccountHealth::AccountHealth(const config::Breaker& breaker, const config::Limits& limits)
    : breaker_(breaker),
      concurrency_(limits.concurrency_max),
      rate_(limits.starts_per_second, limits.starts_burst) {}

void AccountHealth::reconfigure(const config::Breaker& breaker, const config::Limits& limits) {
  breaker_.reconfigure(breaker);
  concurrency_.reconfigure(limits.concurrency_max);
  rate_.reconfigure(limits.starts_per_second, limits.starts_burst);
}

Permit AccountHealth::try_begin(std::int64_t now_unix_ms, bool last_resort) {
  const std::int64_t now = pass(now_unix_ms);
  Permit permit;
  permit.refusal = refusal(now, last_resort);
  if (!permit.granted()) return permit;
  permit.is_start = true;
  rate_.try_take(now);
  permit.ticket = concurrency_.enter();
  permit.began = breaker_.view(now).availability == Availability::probing
                     ? breaker_.begin_probe(now)
                     : breaker_.began();
  return permit;
}

Permit AccountHealth::begin_follow_up(std::int64_t now_unix_ms) {
  pass(now_unix_ms);
  Permit permit;
  permit.ticket = concurrency_.enter();
  permit.began = breaker_.began();
  return permit;
}

void AccountHealth::end(const Permit& permit, std::int64_t now_unix_ms,
                        const OutcomeOfAttempt& outcome) {
  const std::int64_t now = pass(now_unix_ms);
  const std::uint64_t opened_before = breaker_.opened_count();
  const bool answered = outcome.worked || outcome.error_class == IDSW_ERROR_INVALID_REQUEST ||
                        outcome.error_class == IDSW_ERROR_UNSUPPORTED;
  if (trips(outcome.error_class)) {
    breaker_.trip(now, permit.began, outcome.error_class);
  } else if (answered) {
    breaker_.success(now, permit.began);
    // A success that began before the pause does not say that the jam is over.
    if (permit.ticket >= first_after_pause_) pause_ms_ = 0;
  } else if (outcome.error_class == IDSW_ERROR_THROTTLED) {
    throttled(permit, now, outcome.retry_after_ms);
  } else {
    constexpr std::uint32_t k_not_said = IDSW_ERROR_PROTOCOL;
    breaker_.failure(now, permit.began,
                     outcome.error_class == 0 ? k_not_said : outcome.error_class);
  }
  if (answered) concurrency_.success(now);
  concurrency_.leave();
  if (permit.is_start && !outcome.was_sent) rate_.give_back();
  if (breaker_.opened_count() != opened_before) last_opened_unix_ms_ = now_unix_ms;
}

void AccountHealth::cancel(const Permit& permit) {
  breaker_.no_answer(permit.began);
  concurrency_.leave();
  if (permit.is_start) rate_.give_back();
}

void AccountHealth::probe_now(std::int64_t now_unix_ms) {
  breaker_.probe_now(pass(now_unix_ms));
}

void AccountHealth::now_view(std::int64_t now_unix_ms, AccountNow& account) const {
  const std::int64_t now = time(now_unix_ms);
  const Breaker::View view = breaker_.view(now);
  account.availability = view.availability;
  account.share_ppm = view.share_ppm;
  account.error_class = view.error_class;
  account.until_unix_ms = view.until_ms == 0 ? 0 : view.until_ms - now + now_unix_ms;
  account.is_full = concurrency_.is_full(now);
  account.is_over_rate = !rate_.would_allow(now);
}

std::int64_t AccountHealth::time(std::int64_t now_unix_ms) const {
  return std::max(latest_ms_, now_unix_ms + set_back_ms_);
}

std::int64_t AccountHealth::pass(std::int64_t now_unix_ms) {
  const std::int64_t behind_ms = latest_ms_ - (now_unix_ms + set_back_ms_);
  if (behind_ms > k_out_of_order_ms) set_back_ms_ += behind_ms;
  latest_ms_ = time(now_unix_ms);
  return latest_ms_;
}

Refusal AccountHealth::refusal(std::int64_t now_ms, bool last_resort) const {
  switch (breaker_.view(now_ms).availability) {
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
  if (concurrency_.is_full(now_ms)) return Refusal::full;
  if (!rate_.would_allow(now_ms)) return Refusal::over_rate;
  return Refusal::none;
}

void AccountHealth::throttled(const Permit& permit, std::int64_t now_ms,
                              std::int64_t retry_after_ms) {
  breaker_.no_answer(permit.began);
  if (retry_after_ms > 0) {
    breaker_.throttle(now_ms + std::min(retry_after_ms, k_retry_after_max_ms));
    return;
  }
  concurrency_.too_many(permit.ticket, now_ms);
  if (permit.ticket < first_after_pause_) return;  // the jam that the last pause was for
  pause_ms_ = pause_ms_ == 0 ? k_pause_first_ms : std::min(pause_ms_ * 2, k_pause_max_ms);
  first_after_pause_ = concurrency_.next_ticket();
  breaker_.throttle(now_ms + pause_ms_);
}

}  // namespace idswitch::routing
