#pragma once

// NewestSetup: the configuration of what begins from now on. Any thread.
//
// Not a std::atomic<std::shared_ptr>: gcc 12's load() lets go of its lock without a release, so
// that its read of the pointer may come after a replacement that the lock was to keep away. The
// pointer then is the new one and the count the old one's.

#include <memory>
#include <mutex>
#include <utility>

namespace idswitch::engine {

struct Setup;

class NewestSetup {
 public:
  explicit NewestSetup(std::shared_ptr<const Setup> setup) : setup_(std::move(setup)) {}

  std::shared_ptr<const Setup> get() const {
    const std::lock_guard lock(mutex_);
    return setup_;
  }

  void replace(std::shared_ptr<const Setup> setup) {
    const std::lock_guard lock(mutex_);
    setup_.swap(setup);  // the old one ends with the argument: after the lock
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Setup> setup_;
};

}  // namespace idswitch::engine
