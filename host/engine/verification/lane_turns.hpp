#pragma once

// LaneTurns: coroutines of one lane that do a thing one after the other. Not between threads.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <utility>

namespace idswitch::engine {

class LaneTurns {
 public:
  // The turn ends with it.
  class Turn {
   public:
    explicit Turn(LaneTurns* owner) : owner_(owner) {}

    Turn(Turn&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}

    Turn& operator=(Turn&&) = delete;

    ~Turn() {
      if (owner_ != nullptr) owner_->leave();
    }

   private:
    LaneTurns* owner_;
  };

  boost::asio::awaitable<Turn> enter();

 private:
  void leave();

  bool is_taken_ = false;
  std::deque<std::shared_ptr<boost::asio::steady_timer>> waiting_;
};

}  // namespace idswitch::engine
