#include "engine/verification/sweeper.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <thread>

#include "base/log.hpp"
#include "engine/verification/ask_schedule.hpp"
#include "engine/verification/spawned.hpp"

namespace idswitch::engine {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr milliseconds k_tick{200};  // between looks, when nothing more is due
constexpr milliseconds k_first_back_off{1'000};
constexpr milliseconds k_longest_back_off{60'000};
constexpr milliseconds k_wait{10};  // for some of those under way to end
constexpr std::size_t k_page = 256;
// Under way at once, over all accounts; each account's own limits are in Traffic.
constexpr int k_asking_max = 4'096;

asio::awaitable<void> pause(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace

struct Sweeper::State {
  std::atomic<bool> stopping{false};
  std::atomic<bool> running{false};
  std::atomic<int> asking{0};
  std::uint64_t finished_up_to = 0;  // ids up to here have all got beyond their start
};

void Sweeper::start() {
  state_ = std::make_shared<State>();
  state_->running = true;
  spawn_logged(lanes_.at(0).get_executor(), run(), "sweeper");
}

void Sweeper::stop(milliseconds grace) {
  if (!state_) return;
  state_->stopping = true;
  const auto deadline = steady_clock::now() + grace;
  while ((state_->running || state_->asking > 0) && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(k_wait);
  }
}

asio::awaitable<void> Sweeper::run() {
  const std::shared_ptr<State> state = state_;
  milliseconds back_off = k_first_back_off;
  while (!state->stopping) {
    Result<std::size_t> claimed = find_unfinished();
    if (claimed) {
      ask_hurried();
      claimed = co_await claim_due();
    }
    milliseconds rest = k_tick;
    if (!claimed) {
      log::write(log::Level::error, "sweep_failed", {{"detail", claimed.error().detail()}});
      rest = back_off;
      back_off = std::min(2 * back_off, k_longest_back_off);
    } else {
      back_off = k_first_back_off;
      if (*claimed == k_page) rest = milliseconds(0);
    }
    // In short steps, so that a stop need not wait for a whole pause.
    const auto until = steady_clock::now() + rest;
    while (!state->stopping &&
           (steady_clock::now() < until || state->asking >= k_asking_max)) {
      co_await pause(std::min(k_tick, k_wait));
    }
  }
  state->running = false;
}

asio::awaitable<Result<std::size_t>> Sweeper::claim_due() {
  const std::int64_t now = engine_.clock().now_unix_ms();
  const auto due = engine_.store().verifications().due(now, k_page);
  if (!due) co_return due.error();
  if (due->empty()) co_return std::size_t{0};
  const std::shared_ptr<const Setup> setup = engine_.setup();
  store::Change change;
  for (const store::DueVerification& one : *due) {
    AskCase ask;
    ask.status = one.status;
    ask.has_open_charge = true;  // whether it has is seen when it is read
    ask.created_unix_ms = one.id.created_unix_ms();
    ask.expires_unix_ms = one.expires_unix_ms;
    const AccountRuntime* account = setup->account(one.account);
    ask.can_ask = account != nullptr;
    if (account != nullptr) ask.interval = account->config.limits.result_interval;
    change.emplace_back(store::Lease{one.id, one.fence, next_ask_unix_ms(ask, now)});
  }
  const store::Written written = co_await engine_.store().write(std::move(change));
  if (written.outcome != store::Outcome::committed) co_return written.error;
  for (const store::DueVerification& one : *due) spawn(one.id, true);
  co_return due->size();
}

// Starts whose outcome was never written: nobody works on them, so that they were interrupted.
Result<std::size_t> Sweeper::find_unfinished() {
  InFlight& in_flight = engine_.in_flight();
  for (;;) {
    const auto page =
        engine_.store().verifications().unfinished(state_->finished_up_to, k_page);
    if (!page) return page.error();
    bool all_done = true;
    for (const VerificationId& id : page->ids) {
      all_done = false;
      if (!in_flight.is_working(id.high)) spawn(id, false);
    }
    if (all_done) state_->finished_up_to = page->looked_up_to;
    if (!all_done || page->is_last) return std::size_t{0};
  }
}

void Sweeper::ask_hurried() {
  for (const VerificationId& id : engine_.in_flight().take_hurried(engine_.clock().steady(), k_page)) {
    spawn(id, false);
  }
}

void Sweeper::spawn(VerificationId id, bool is_leased) {
  const std::size_t lane = id.low % lanes_.size();
  const auto ask = [](std::shared_ptr<State> state, Engine& engine, VerificationId asked,
                      bool leased, std::size_t on) -> asio::awaitable<void> {
    struct Leaves {
      State& state;

      ~Leaves() { --state.asking; }
    } const leaves{*state};
    const Result<void> swept = co_await engine.sweep(asked, leased, on);
    if (swept) co_return;
    log::write(log::Level::warn, "sweep_failed",
               {{"verification", asked.text()}, {"detail", swept.error().detail()}});
  };
  ++state_->asking;
  spawn_logged(lanes_.at(lane).get_executor(), ask(state_, engine_, id, is_leased, lane), "sweep");
}

}  // namespace idswitch::engine
