#include "engine/setup/token_gate.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

plugin::FailStep unavailable(std::string detail) {
  plugin::FailStep fail;
  fail.error_class = IDSW_ERROR_UNAVAILABLE;
  fail.detail = std::move(detail);
  return fail;
}

}  // namespace

asio::awaitable<TokenAnswer> TokenGate::obtain(std::uint32_t slot, Time deadline, Fetch fetch) {
  const auto executor = co_await asio::this_coro::executor;
  for (bool again = false;; again = true) {
    const auto waiter = std::make_shared<asio::steady_timer>(executor, deadline);
    bool has_begun = false;
    const std::shared_ptr<Round> round = join(slot, waiter, has_begun);
    if (has_begun) {
      // A coroutine that never ends because its lane is torn down wakes nobody: they are torn down
      // with theirs.
      asio::co_spawn(executor, fetch(),
                     [self = shared_from_this(), slot, round](const std::exception_ptr& thrown,
                                                              TokenAnswer answer) {
                       // What throws is our own memory.
                       if (thrown)
                         answer = {unavailable("the access token could not be obtained"), true};
                       self->done(slot, *round, std::move(answer));
                     });
    }
    // A cancelled timer is the wake-up; done() cancels on this lane, so it cannot come before the
    // wait.
    co_await waiter->async_wait(asio::as_tuple(asio::use_awaitable));
    const bool may_try_again = !has_begun && !again && std::chrono::steady_clock::now() < deadline;
    if (may_try_again && has_failed(*round)) continue;
    co_return answer(*round);
  }
}

std::shared_ptr<TokenGate::Round> TokenGate::join(std::uint32_t slot,
                                                  std::shared_ptr<asio::steady_timer> waiter,
                                                  bool& has_begun) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<Round>& round = fetching_[slot];
  has_begun = round == nullptr;
  if (has_begun) round = std::make_shared<Round>();
  round->waiting.push_back(std::move(waiter));
  return round;
}

void TokenGate::done(std::uint32_t slot, Round& round, TokenAnswer answer) {
  std::vector<std::shared_ptr<asio::steady_timer>> waiting;
  {
    const std::lock_guard lock(mutex_);
    round.is_done = true;
    round.answer = std::move(answer);
    waiting = std::move(round.waiting);
    fetching_.erase(slot);
  }
  for (auto& waiter : waiting) {
    const auto executor = waiter->get_executor();
    asio::post(executor, [waiter = std::move(waiter)] { waiter->cancel(); });
  }
}

bool TokenGate::has_failed(const Round& round) {
  const std::lock_guard lock(mutex_);
  return round.is_done && round.answer.failure.has_value();
}

TokenAnswer TokenGate::answer(Round& round) {
  const std::lock_guard lock(mutex_);
  if (!round.is_done) {
    return {unavailable("the access token did not come before the deadline"), true};
  }
  TokenAnswer answer = round.answer;
  // The first to look reports it: one failed fetch is one failure, however many waited.
  round.answer.is_no_evidence = true;
  return answer;
}

}  // namespace idswitch::engine
