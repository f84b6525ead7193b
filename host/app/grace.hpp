#pragma once

// Grace: what is left of the time that a stop may take. One for a whole stop: what one part of the
// switch has used is gone for the next. A value; any thread.

#include <algorithm>
#include <chrono>
#include <functional>

namespace idswitch::app {

class Grace {
 public:
  using Clock = std::chrono::steady_clock;
  using Milliseconds = std::chrono::milliseconds;

  // Begins now.
  explicit Grace(Milliseconds whole, std::function<Clock::time_point()> now = Clock::now)
      : now_(std::move(now)), end_(now_() + whole) {}

  Clock::time_point end() const { return end_; }

  // Never negative.
  Milliseconds left() const {
    return std::max(Milliseconds(0), std::chrono::ceil<Milliseconds>(end_ - now_()));
  }

  Milliseconds left(Milliseconds at_most) const { return std::min(left(), at_most); }

 private:
  std::function<Clock::time_point()> now_;
  Clock::time_point end_;
};

}  // namespace idswitch::app
