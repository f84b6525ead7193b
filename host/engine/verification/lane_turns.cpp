#include "engine/verification/lane_turns.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace idswitch::engine {

namespace asio = boost::asio;

asio::awaitable<LaneTurns::Turn> LaneTurns::enter() {
  if (is_taken_) {
    const auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor,
                                                            asio::steady_timer::time_point::max());
    waiting_.push_back(timer);
    // Whoever leaves hands the turn on: it stays taken meanwhile.
    co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
  }
  is_taken_ = true;
  co_return Turn(this);
}

void LaneTurns::leave() {
  if (waiting_.empty()) {
    is_taken_ = false;
    return;
  }
  waiting_.front()->cancel();
  waiting_.pop_front();
}

}  // namespace idswitch::engine
