#include "engine/verification/sweeper.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "base/log.hpp"

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds k_pause{1'000};  // between looks, when nothing more is due
constexpr std::chrono::milliseconds k_wait{20};      // for one of those under way to end
constexpr std::size_t k_page = 256;
constexpr int k_asking_max = 32;

asio::awaitable<void> pause(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace

void Sweeper::start() {
  running_ = true;
  asio::co_spawn(lanes_.at(0), run(), asio::detached);
}

void Sweeper::stop(std::chrono::milliseconds grace) {
  stopping_ = true;
  const auto deadline = std::chrono::steady_clock::now() + grace;
  while ((running_ || asking_ > 0) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(k_wait);
  }
}

asio::awaitable<void> Sweeper::run() {
  while (!stopping_) {
    const bool has_more = co_await round();
    // In short steps, so that a stop need not wait for a whole pause.
    for (auto waited = k_wait; waited < k_pause && !stopping_ && !has_more; waited += k_wait) {
      co_await pause(k_wait);
    }
  }
  running_ = false;
}

asio::awaitable<bool> Sweeper::round() {
  const std::int64_t now = engine_.clock().now_unix_ms();
  const auto due = engine_.store().verifications().due(now, k_page, {});
  if (!due) {
    log::write(log::Level::error, "sweep_failed", {{"detail", due.error().detail()}});
    co_return false;
  }
  for (const store::DueVerification& one : *due) {
    while (asking_ >= k_asking_max && !stopping_) co_await pause(k_wait);
    if (stopping_) co_return false;
    ++asking_;
    const std::size_t lane = one.id.high % lanes_.size();
    asio::co_spawn(lanes_.at(lane), ask(one.id, lane), asio::detached);
  }
  // Until they have all written when to ask next, they would be read again.
  while (asking_ > 0 && !stopping_) co_await pause(k_wait);
  co_return due->size() == k_page;
}

asio::awaitable<void> Sweeper::ask(VerificationId id, std::size_t lane) {
  const Result<void> swept = co_await engine_.sweep(id, lane);
  if (!swept) {
    log::write(log::Level::warn, "sweep_failed",
               {{"verification", id.text()}, {"detail", swept.error().detail()}});
  }
  --asking_;
}

}  // namespace idswitch::engine
