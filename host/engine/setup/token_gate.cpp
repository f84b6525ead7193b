#include "engine/setup/token_gate.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace idswitch::engine {

namespace asio = boost::asio;

asio::awaitable<bool> TokenGate::enter(std::uint32_t slot,
                                       std::chrono::steady_clock::time_point deadline) {
  const auto executor = co_await asio::this_coro::executor;
  std::shared_ptr<asio::steady_timer> waiter;
  {
    const std::lock_guard lock(mutex_);
    const auto [entry, first] = fetching_.try_emplace(slot);
    if (first) co_return true;
    waiter = std::make_shared<asio::steady_timer>(executor, deadline);
    entry->second.push_back(waiter);
  }
  // A cancelled timer is the wake-up; done() cancels on this lane, so it cannot come before the
  // wait.
  co_await waiter->async_wait(asio::as_tuple(asio::use_awaitable));
  co_return false;
}

void TokenGate::done(std::uint32_t slot) {
  std::vector<std::shared_ptr<asio::steady_timer>> waiters;
  {
    const std::lock_guard lock(mutex_);
    const auto found = fetching_.find(slot);
    if (found == fetching_.end()) return;
    waiters = std::move(found->second);
    fetching_.erase(found);
  }
  for (auto& waiter : waiters) {
    const auto executor = waiter->get_executor();
    asio::post(executor, [waiter = std::move(waiter)] { waiter->cancel(); });
  }
}

}  // namespace idswitch::engine
