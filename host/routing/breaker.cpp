#include "routing/breaker.hpp"

#include <algorithm>
#include <utility>

#include "idswitch/verification.hpp"

namespace idswitch::routing {

namespace {

std::string last_of(std::uint32_t error_class) {
  return std::string(", the last one ") + std::string(error_class_word(error_class));
}

}  // namespace

Breaker::Breaker(const config::Breaker& config) : config_(config) {}

void Breaker::reconfigure(const config::Breaker& config) {
  if (config.window != config_.window) {
    // The slices are of another length now. The row of failures goes on.
    slices_ = {};
    slice_ = 0;
  }
  config_ = config;
}

Breaker::View Breaker::view(SteadyTime now) const {
  View view;
  // Before everything else, because nothing may go past it: a last resort may be asked in spite of
  // an open breaker, and in spite of this nobody.
  if (is_throttled(now)) {
    view.availability = Availability::throttled;
    view.until = throttled_until_;
    return view;
  }
  if (is_open()) {
    const bool may_probe = now >= open_until();
    if (may_probe && !has_probe(now)) {
      view.availability = Availability::probing;
      return view;
    }
    view.availability = state_ == State::tripped ? Availability::tripped : Availability::open;
    view.error_class = state_ == State::tripped ? error_class_ : 0;
    view.until = may_probe ? probe_began_ + config_.open_for : open_until();
    return view;
  }
  const std::int64_t passed_ms = std::max<std::int64_t>((now - since_).count(), 0);
  if (state_ == State::ramping && passed_ms < config_.ramp.count()) {
    view.availability = Availability::ramping;
    view.share_ppm =
        k_first_share_ppm + static_cast<std::uint32_t>((config::k_all_ppm - k_first_share_ppm) *
                                                       passed_ms / config_.ramp.count());
  }
  return view;
}

Breaker::Began Breaker::begin_probe(SteadyTime now) {
  probe_runs_ = true;
  probe_began_ = now;
  return {epoch_, ++probe_};
}

void Breaker::success(SteadyTime now, const Began& began) {
  if (began.epoch != epoch_) return;
  if (!is_open()) {
    close_after_ramp(now);
    count(now, false);
    consecutive_ = 0;
    return;
  }
  ++epoch_;  // what else began while it was open shall not count in the ramp
  state_ = State::ramping;
  since_ = now;
  forget_counts();
}

void Breaker::failure(SteadyTime now, const Began& began, std::uint32_t error_class) {
  if (began.epoch != epoch_) return;
  if (is_open()) {
    // A probe that was given up speaks only until the next one has begun; a last resort never.
    if (began.probe == 0 || began.probe != probe_) return;
    ++doublings_;
    open(State::open, now, "a probe failed" + last_of(error_class));
    return;
  }
  close_after_ramp(now);
  count(now, true);
  ++consecutive_;
  std::uint64_t all = 0;
  std::uint64_t failed = 0;
  for (const Slice& slice : slices_) {
    all += slice.all;
    failed += slice.failed;
  }
  // An account that has just come back is given half the patience.
  const bool ramping = state_ == State::ramping;
  const auto patience = [&](std::uint32_t number) { return ramping ? (number + 1) / 2 : number; };
  std::string reason;
  if (config_.consecutive_failures != 0 && consecutive_ >= patience(config_.consecutive_failures)) {
    reason = std::to_string(consecutive_) + " failures in a row";
  } else if (config_.failure_rate_ppm != 0 && all >= patience(config_.volume_min) &&
             failed * config::k_all_ppm >= all * config_.failure_rate_ppm) {
    reason = std::to_string(failed) + " of " + std::to_string(all) + " operations failed";
  } else {
    return;
  }
  if (ramping) {
    ++doublings_;
    reason += " while it was coming back";
  }
  open(State::open, now, reason + last_of(error_class));
}

void Breaker::failure_again(SteadyTime now, const Began& began) {
  if (began.epoch != epoch_ || !is_open() || began.probe == 0 || began.probe != probe_) return;
  probe_runs_ = false;
  probe_asked_for_ = false;
  since_ = now;
}

void Breaker::trip(SteadyTime now, const Began& began, std::uint32_t error_class) {
  const bool is_probe = began.probe != 0 && began.probe == probe_;
  if (began.epoch != epoch_) {
    // It is news only to a breaker that is open for a lesser reason, and only while no probe is
    // about to know better.
    if (state_ != State::open || now >= open_until()) return;
  } else if (state_ == State::tripped && !is_probe) {
    return;  // known; a last resort does not make it longer
  }
  close_after_ramp(now);
  error_class_ = error_class;
  open(State::tripped, now,
       "the vendor refused the account: " + std::string(error_class_word(error_class)));
}

void Breaker::no_answer(const Began& began) {
  if (began.epoch == epoch_ && began.probe == probe_) probe_runs_ = false;
}

void Breaker::throttle(SteadyTime until) {
  throttled_until_ = std::max(throttled_until_, until);
}

void Breaker::probe_now(SteadyTime now) {
  if (is_open() && now < open_until()) probe_asked_for_ = true;
}

bool Breaker::has_probe(SteadyTime now) const {
  return probe_runs_ && now - probe_began_ < config_.open_for;
}

SteadyTime Breaker::open_until() const {
  if (probe_asked_for_) return since_;
  return since_ + (state_ == State::tripped ? config_.trip_for : backoff());
}

std::chrono::milliseconds Breaker::backoff() const {
  const std::chrono::milliseconds most = std::max(config_.open_for_max, config_.open_for);
  std::chrono::milliseconds length = config_.open_for;
  for (std::uint32_t i = 0; i < doublings_ && length < most; ++i) length *= 2;
  return std::min(length, most);
}

void Breaker::count(SteadyTime now, bool failed) {
  const std::int64_t length = std::max<std::int64_t>(config_.window.count() / k_slices, 1);
  const std::int64_t number = now.time_since_epoch().count() / length;
  if (number - slice_ >= k_slices) {
    slices_ = {};
    slice_ = number;
  }
  while (slice_ < number) slices_[static_cast<std::size_t>(++slice_ % k_slices)] = {};
  Slice& slice = slices_[static_cast<std::size_t>(slice_ % k_slices)];
  ++slice.all;
  if (failed) ++slice.failed;
}

void Breaker::forget_counts() {
  slices_ = {};
  consecutive_ = 0;
}

// A whole ramp without opening again: what was is forgotten.
void Breaker::close_after_ramp(SteadyTime now) {
  if (state_ != State::ramping || now - since_ < config_.ramp) return;
  state_ = State::closed;
  doublings_ = 0;
}

void Breaker::open(State state, SteadyTime now, std::string reason) {
  ++epoch_;
  state_ = state;
  since_ = now;
  probe_runs_ = false;
  probe_asked_for_ = false;
  forget_counts();
  ++opened_count_;
  opened_reason_ = std::move(reason);
}

}  // namespace idswitch::routing
