#pragma once

// Deadlines: the points in time of everything that waits on one lane, looked through every 50 ms by
// one timer. Setting one is a store: no timer per request. Coarse on purpose: up to one sweep late,
// never early. Lane's thread only.

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace idswitch::net {

class Deadlines {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr Time never = Time::max();

  // Something that waits. Registered while it lives, which must be shorter than the Deadlines.
  class Entry {
   public:
    explicit Entry(Deadlines& owner);
    virtual ~Entry();
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

    void set_deadline(Time at) { owner_->slots_[index_].at = at; }

    // Called once when it has passed; may set a new one, or destroy this entry.
    virtual void on_deadline() = 0;

   private:
    friend class Deadlines;
    Deadlines* owner_;
    std::size_t index_;
  };

  explicit Deadlines(boost::asio::io_context& lane);
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  // The time of the last sweep while there are entries: cheap, at most 50 ms old on a lane that
  // runs.
  Time now() const { return now_; }

  // As if all had passed now.
  void expire_all();

 private:
  struct Slot {
    Time at;
    Entry* entry;
  };

  void sweep(Time now);
  void schedule();

  boost::asio::steady_timer timer_;
  std::shared_ptr<Deadlines*>
      self_;                 // emptied when this is gone: a timer handler may still be queued
  std::vector<Slot> slots_;  // flat, so that a sweep over thousands costs microseconds
  Time now_;
  bool scheduled_ = false;
};

}  // namespace idswitch::net
