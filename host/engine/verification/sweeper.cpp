#include "engine/verification/sweeper.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>
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
constexpr milliseconds k_search_pause{10'000};  // for starts that were interrupted
constexpr std::size_t k_search_page = 1'000;
constexpr milliseconds k_row_is_there_after{
    120'000};  // longer than any start takes to its first commit
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

  // ---- of find_unfinished()
  std::uint64_t finished_up_to = 0;  // ids up to here have all got beyond their start
  std::uint64_t noted = 0;           // the highest id there was at noted_at
  SteadyTime noted_at{};
  SteadyTime next_search{};

  // Of the wall clock from the steady one, when the store was last told.
  std::int64_t clock_offset_ms = std::numeric_limits<std::int64_t>::max();
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
  if (const auto before = engine_.store().verifications().finished_up_to(); before) {
    state->finished_up_to = *before;
  }
  milliseconds back_off = k_first_back_off;
  while (!state->stopping) {
    Result<void> searched = co_await notice_set_clock();
    if (searched) searched = co_await find_unfinished();
    ask_hurried();
    // Not `searched ? co_await claim_due() : ...`: gcc 12 frees the error's text of such a value.
    Result<std::size_t> claimed = std::size_t{0};
    if (searched) {
      claimed = co_await claim_due();
    } else {
      claimed = searched.error();
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
    while (!state->stopping && (steady_clock::now() < until || state->asking >= k_asking_max)) {
      co_await pause(std::min(k_tick, k_wait));
    }
  }
  state->running = false;
}

// With any commit the store moves what is to come by as much as the clock was set back; when
// nothing else happens this is that commit. At the start as well: it may have been set in between.
asio::awaitable<Result<void>> Sweeper::notice_set_clock() {
  const std::int64_t offset_ms = engine_.clock().now().offset_ms;
  if (offset_ms < state_->clock_offset_ms) {
    store::Change change;
    change.emplace_back(store::FinishedUpTo{state_->finished_up_to});
    const store::Written written = co_await engine_.store().write(std::move(change));
    if (!written.committed()) co_return written.error;
  }
  state_->clock_offset_ms = offset_ms;
  co_return Result<void>();
}

// Whoever works on one says when to go on: a vendor that hangs, or a clock that was set forward,
// makes it due meanwhile, and a claim would take the case, and with it the vendor's answer, out of
// that hand. What is behind it in the row must not wait for that.
Result<std::vector<store::DueVerification>> Sweeper::idle_due(std::int64_t now_unix_ms) {
  std::vector<store::DueVerification> idle;
  std::optional<store::DueVerification> last;
  for (;;) {
    auto page = engine_.store().verifications().due(now_unix_ms, k_page, last);
    if (!page) return page.error();
    if (page->empty()) return idle;
    last = page->back();
    for (store::DueVerification& one : *page) {
      if (!engine_.in_flight().is_working(one.id.high)) idle.push_back(std::move(one));
      if (idle.size() == k_page) return idle;
    }
  }
}

asio::awaitable<Result<std::size_t>> Sweeper::claim_due() {
  const std::int64_t now = engine_.clock().now_unix_ms();
  const auto due = idle_due(now);
  if (!due) co_return due.error();
  const std::shared_ptr<const Setup> setup = engine_.setup();
  store::Change change;
  std::vector<VerificationId> claimed;
  for (const store::DueVerification& one : *due) {
    AskCase ask;
    ask.status = one.status;
    ask.has_open_charge = true;  // whether it has is seen when it is read
    ask.created_unix_ms = one.id.created_unix_ms();
    ask.expires_unix_ms = one.expires_unix_ms;
    const AccountRuntime* account = setup->account(one.account);
    ask.can_ask = can_ask(account, one.account);
    if (account != nullptr) ask.interval = account->config.limits.result_interval;
    change.emplace_back(store::Lease{one.id, one.fence, next_ask_unix_ms(ask, now), 0, now});
    claimed.push_back(one.id);
  }
  if (claimed.empty()) co_return std::size_t{0};
  const store::Written written = co_await engine_.store().write(std::move(change));
  if (written.outcome != store::Outcome::committed) co_return written.error;
  for (const VerificationId& id : claimed) spawn(id, true);
  co_return claimed.size();
}

// Starts whose outcome was never written: nobody works on them, so that they were interrupted.
asio::awaitable<Result<void>> Sweeper::find_unfinished() {
  State& state = *state_;
  const SteadyTime now = engine_.clock().steady();
  if (now < state.next_search) co_return Result<void>();
  state.next_search = now + k_search_pause;
  std::uint64_t looked_up_to = state.finished_up_to;
  std::uint64_t finished = std::numeric_limits<std::uint64_t>::max();
  for (bool is_last = false; !is_last && !state.stopping;) {
    const auto page = engine_.store().verifications().unfinished(looked_up_to, k_search_page);
    if (!page) co_return page.error();
    for (const VerificationId& id : page->ids) {
      finished = std::min(finished, id.high - 1);
      if (!engine_.in_flight().is_working(id.high)) spawn(id, false);
    }
    looked_up_to = page->looked_up_to;
    is_last = page->is_last;
    co_await pause(milliseconds(0));
  }
  // An id is made before its row: what was looked past is looked at again for some minutes.
  if (now < state.noted_at + k_row_is_there_after) co_return Result<void>();
  const std::uint64_t reached = std::min(finished, state.noted);
  state.noted = looked_up_to;
  state.noted_at = now;
  if (reached <= state.finished_up_to) co_return Result<void>();
  store::Change change;
  change.emplace_back(store::FinishedUpTo{reached});
  const store::Written written = co_await engine_.store().write(std::move(change));
  if (written.committed()) state.finished_up_to = reached;
  co_return Result<void>();
}

void Sweeper::ask_hurried() {
  for (const VerificationId& id :
       engine_.in_flight().take_hurried(engine_.clock().steady(), k_page)) {
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
