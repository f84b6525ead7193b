#pragma once

// Clock: what time it is, injectable, so that a test can let time pass without waiting. Two answers
// to two questions: the wall clock labels (milliseconds since the Unix epoch; an operator or NTP
// may set it back or forward at any moment), the steady clock measures (lifetimes, pauses, rates:
// it only goes forward). I/O deadlines read std::chrono::steady_clock themselves. Any thread.

#include <atomic>
#include <chrono>
#include <cstdint>

namespace idswitch {

// An instant of the steady clock. It cannot be taken for a time of day: its zero is arbitrary.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;

inline SteadyTime steady_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now());
}

// One instant, by both clocks.
struct Moment {
  Moment() = default;

  Moment(SteadyTime measured, std::int64_t shown_unix_ms)
      : steady(measured),
        unix_ms(shown_unix_ms),
        offset_ms(shown_unix_ms - measured.time_since_epoch().count()) {}

  SteadyTime steady;
  std::int64_t unix_ms = 0;
  std::int64_t offset_ms = 0;  // of the wall clock from the steady one

  // What the wall clock shows, or showed, at another instant, if nobody sets it.
  std::int64_t label(SteadyTime at) const { return at.time_since_epoch().count() + offset_ms; }
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_unix_ms() const = 0;
  virtual SteadyTime steady() const = 0;

  virtual Moment now() const {
    const SteadyTime measured = steady();
    return {measured, now_unix_ms()};
  }
};

class SystemClock final : public Clock {
 public:
  std::int64_t now_unix_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }

  SteadyTime steady() const override { return steady_now(); }

  // The same instant has the same label whenever it is asked for: only a clock that was set moves
  // the offset, not the time between two readings.
  Moment now() const override {
    Moment moment = Clock::now();
    const std::int64_t before = offset_ms_.load();
    const std::int64_t moved = moment.offset_ms - before;
    if (moved > -k_jitter_ms && moved < k_jitter_ms) {
      moment.offset_ms = before;
    } else {
      offset_ms_ = moment.offset_ms;
    }
    return moment;
  }

 private:
  static constexpr std::int64_t k_jitter_ms = 100;
  mutable std::atomic<std::int64_t> offset_ms_{0};
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t now_unix_ms) : now_(now_unix_ms) {}

  std::int64_t now_unix_ms() const override { return now_.load(); }

  SteadyTime steady() const override { return SteadyTime(std::chrono::milliseconds(passed_)); }

  // Time passes.
  void advance(std::chrono::milliseconds by) {
    now_ += by.count();
    passed_ += by.count();
  }

  // Somebody sets the wall clock, forward or back; no time passes.
  void set_by(std::chrono::milliseconds by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_;
  std::atomic<std::int64_t> passed_{0};
};

}  // namespace idswitch
