#include "engine/verification/in_flight.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

constexpr std::size_t k_asked_max = 100'000;
constexpr std::size_t k_hurried_max = 100'000;
constexpr std::chrono::minutes k_remember{10};

}  // namespace

InFlight::Guard InFlight::enter(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  return working_.try_emplace(id).second ? Guard(shared_from_this(), id) : Guard();
}

asio::awaitable<InFlight::Guard> InFlight::wait(std::uint64_t id) {
  const auto executor = co_await asio::this_coro::executor;
  for (;;) {
    std::shared_ptr<asio::steady_timer> timer;
    {
      const std::lock_guard lock(mutex_);
      const auto [found, is_free] = working_.try_emplace(id);
      if (is_free) co_return Guard(shared_from_this(), id);
      timer = std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
      found->second.push_back(timer);
    }
    // leave() cancels on this coroutine's own executor, so it cannot come before the wait.
    co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

bool InFlight::is_working(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  return working_.contains(id);
}

void InFlight::leave(std::uint64_t id) {
  Waiters waiters;
  {
    const std::lock_guard lock(mutex_);
    const auto found = working_.find(id);
    if (found == working_.end()) return;
    waiters = std::move(found->second);
    working_.erase(found);
  }
  for (auto& waiter : waiters) {
    const auto executor = waiter->get_executor();
    asio::post(executor, [waiter = std::move(waiter)] { waiter->cancel(); });
  }
}

bool InFlight::may_ask(std::uint64_t id, std::chrono::milliseconds interval, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto found = asked_.find(id);
  if (found != asked_.end() && now - found->second < interval) return false;
  if (asked_.size() >= k_asked_max) forget_old(now);
  asked_[id] = now;
  return true;
}

std::chrono::milliseconds InFlight::rest(std::uint64_t id, std::chrono::milliseconds interval,
                                         TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto found = asked_.find(id);
  if (found == asked_.end()) return std::chrono::milliseconds(0);
  return std::max(found->second + interval - now, std::chrono::milliseconds(0));
}

void InFlight::forget_old(TimePoint now) {
  std::erase_if(asked_, [now](const auto& entry) { return now - entry.second > k_remember; });
  // A flood of fresh ids: forgetting them all costs some vendor calls, remembering them all memory.
  if (asked_.size() >= k_asked_max) asked_.clear();
}

void InFlight::hurry(VerificationId id, TimePoint at) {
  const std::lock_guard lock(mutex_);
  if (hurried_.size() < k_hurried_max) hurried_.emplace(at, id);
}

std::vector<VerificationId> InFlight::take_hurried(TimePoint now, std::size_t limit) {
  std::vector<VerificationId> ids;
  const std::lock_guard lock(mutex_);
  while (!hurried_.empty() && hurried_.begin()->first <= now && ids.size() < limit) {
    ids.push_back(hurried_.begin()->second);
    hurried_.erase(hurried_.begin());
  }
  return ids;
}

}  // namespace idswitch::engine
