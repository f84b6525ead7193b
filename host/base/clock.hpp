#pragma once

// Clock: wall time as milliseconds since the Unix epoch, injectable, so that token lifetimes can
// pass in a test without waiting. Deadlines use std::chrono::steady_clock instead. Any thread.

#include <atomic>
#include <chrono>
#include <cstdint>

namespace idswitch {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_unix_ms() const = 0;
};

class SystemClock final : public Clock {
 public:
  std::int64_t now_unix_ms() const override {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(std::int64_t now_unix_ms) : now_(now_unix_ms) {}

  std::int64_t now_unix_ms() const override { return now_.load(); }

  void advance(std::chrono::milliseconds by) { now_ += by.count(); }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace idswitch
