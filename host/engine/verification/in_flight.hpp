#pragma once

// InFlight: which verifications are being worked on in this process, when their vendor was last
// asked, and which are to be asked soon because somebody said that there is news. It keeps two
// operations off the same verification and polling within its interval. Any thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "model/verification_id.hpp"

namespace idswitch::engine {

class InFlight : public std::enable_shared_from_this<InFlight> {
 public:
  using TimePoint = SteadyTime;

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

  // id: VerificationId.high. False when somebody works on it already.
  Guard enter(std::uint64_t id);

  // The same, once nobody works on it any more.
  boost::asio::awaitable<Guard> wait(std::uint64_t id);

  bool is_working(std::uint64_t id);

  // True, and notes the time, when the last time noted is at least interval ago.
  bool may_ask(std::uint64_t id, std::chrono::milliseconds interval, TimePoint now);

  // How long until may_ask would say so.
  std::chrono::milliseconds rest(std::uint64_t id, std::chrono::milliseconds interval,
                                 TimePoint now);

  // There is news of it that could not be asked for now: the sweep does, not before `at`. Kept in
  // memory alone: the sweep's own schedule asks after a restart.
  void hurry(VerificationId id, TimePoint at);

  // Those whose time has come, at most so many; they are forgotten.
  std::vector<VerificationId> take_hurried(TimePoint now, std::size_t limit);

 private:
  using Waiters = std::vector<std::shared_ptr<boost::asio::steady_timer>>;

  void leave(std::uint64_t id);
  void forget_old(TimePoint now);

  std::mutex mutex_;
  std::unordered_map<std::uint64_t, Waiters> working_;
  std::unordered_map<std::uint64_t, TimePoint> asked_;
  std::multimap<TimePoint, VerificationId> hurried_;
};

}  // namespace idswitch::engine
