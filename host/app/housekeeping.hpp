#pragma once

// Housekeeping: forgets Idempotency-Keys after seven days, a little at a time, on a thread of its
// own.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/clock.hpp"
#include "store/store.hpp"

namespace idswitch::app {

class Housekeeping {
 public:
  Housekeeping(store::Store& store, const Clock& clock);
  ~Housekeeping();

  // Idempotent; waits for the thread. [blocking]
  void stop();

 private:
  void run();

  store::Store& store_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace idswitch::app
