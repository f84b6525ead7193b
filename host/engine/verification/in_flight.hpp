#pragma once

// InFlight: which verifications are being worked on in this process, and when their vendor was last
// asked. It keeps two operations off the same verification and polling within its interval. Any
// thread.

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace idswitch::engine {

class InFlight : public std::enable_shared_from_this<InFlight> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // Owns the right to work on one verification; gives it back when it goes.
  class Guard {
   public:
    Guard() = default;

    Guard(std::shared_ptr<InFlight> owner, std::uint64_t id) : owner_(std::move(owner)), id_(id) {}

    Guard(Guard&& other) noexcept = default;

    Guard& operator=(Guard&& other) noexcept {
      std::swap(owner_, other.owner_);
      std::swap(id_, other.id_);
      return *this;
    }

    ~Guard() {
      if (owner_) owner_->leave(id_);
    }

    explicit operator bool() const { return owner_ != nullptr; }

   private:
    std::shared_ptr<InFlight>
        owner_;  // a request may outlive the engine when a stop runs out of grace
    std::uint64_t id_ = 0;
  };

  // False when somebody works on it already.
  Guard enter(std::uint64_t id);

  bool is_working(std::uint64_t id);

  // True, and notes the time, when the last time noted is at least interval ago.
  bool may_ask(std::uint64_t id, std::chrono::milliseconds interval, TimePoint now);

 private:
  void leave(std::uint64_t id);
  void forget_old(TimePoint now);

  std::mutex mutex_;
  std::unordered_map<std::uint64_t, bool> working_;
  std::unordered_map<std::uint64_t, TimePoint> asked_;
};

}  // namespace idswitch::engine
