#pragma once

// Chore: something that is done again and again, on a thread of its own, so that no chore waits for
// another. Made, started and stopped by one thread.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace idswitch::app {

class Chore {
 public:
  using GoesOn = std::function<bool()>;
  // Whoever takes long asks goes_on now and then, and ends soon when it says no.
  using Work = std::function<void(const GoesOn& goes_on)>;

  // name: of the thread, 15 characters at most. rest: between the end of one and the next.
  Chore(std::string name, std::chrono::milliseconds rest, Work work);
  Chore(const Chore&) = delete;
  Chore& operator=(const Chore&) = delete;
  ~Chore();  // stop()

  // Once. The first time is at once.
  void start();

  // From now on goes_on says no, and it is not done again. Returns at once.
  void begin_stop();

  // The same, and waits for the thread. Idempotent. [blocking]
  void stop();

 private:
  void run();
  bool goes_on();

  const std::string name_;
  const std::chrono::milliseconds rest_;
  const Work work_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace idswitch::app
