// The sandbox's two clocks, so that tests can pass lifetimes without sleeping.
#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace idswitch::sandbox {

using Duration = std::chrono::milliseconds;
using TimePoint = std::chrono::sys_time<Duration>;

// `now` decides lifetimes (tokens, sessions, results); `signing_now` is what a request's timestamp
// or signature expiry is held against. They move apart, because a test that lets two hours pass
// still signs with its own clock.
class Clock {
 public:
  using Source = std::function<TimePoint()>;

  Clock()
      : source_([] {
          return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
        }) {}

  explicit Clock(Source source) : source_(std::move(source)) {}

  [[nodiscard]] TimePoint now() const { return source_() + advanced_; }

  [[nodiscard]] TimePoint signing_now() const { return source_() + skew_; }

  void advance(std::chrono::seconds by) { advanced_ += by; }

  void set_skew(std::chrono::seconds skew) { skew_ = skew; }

  [[nodiscard]] Duration advanced() const { return advanced_; }

  [[nodiscard]] Duration skew() const { return skew_; }

  // Lifetimes run by the source again.
  void reset() { advanced_ = skew_ = Duration{0}; }

 private:
  Source source_;
  Duration advanced_{0};
  Duration skew_{0};
};

[[nodiscard]] inline std::int64_t unix_seconds(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

[[nodiscard]] inline std::int64_t unix_milliseconds(TimePoint time) {
  return time.time_since_epoch().count();
}

// RFC 3339, UTC, milliseconds.
[[nodiscard]] std::string format_time(TimePoint time);

}  // namespace idswitch::sandbox
