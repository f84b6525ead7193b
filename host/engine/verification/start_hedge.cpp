#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "engine/verification/late_news.hpp"
#include "engine/verification/spawned.hpp"
#include "engine/verification/start.hpp"

// Hedging: two accounts asked for one person, the first session that opens is taken. Only where an
// unused session is documented to cost nothing; the configuration is refused otherwise.

namespace idswitch::engine {

namespace asio = boost::asio;

// Two attempts of one start; all on one lane.
struct Race {
  explicit Race(const asio::any_io_executor& executor) : wake(executor) {}

  asio::steady_timer wake;  // cancelled when an attempt ends
  std::array<Report, 2> reports;
  bool is_over = false;  // the request is being answered: what ends now has lost
};

void Start::spawn(std::size_t candidate, Turn turn, std::shared_ptr<Race> race) {
  const auto run = [](std::shared_ptr<Start> start, std::size_t index, Turn turn_of_it,
                      std::shared_ptr<Race> shared) -> asio::awaitable<void> {
    const AccountRuntime& account =
        start->account_of(start->choice_.decision.plan.candidates[index]);
    Report report = co_await start->attempt(account);
    turn_of_it.end(*report);
    if (shared->is_over) {
      start->learn(account, *report);
      co_await tell_late(start->desk_, start->setup_, start->case_->record().id, account,
                         std::move(*report));
      co_return;
    }
    shared->reports[index] = std::move(report);
    shared->wake.cancel();
  };
  const auto executor = race->wake.get_executor();
  spawn_logged(executor, run(shared_from_this(), candidate, std::move(turn), std::move(race)),
               "hedge");
}

asio::awaitable<std::size_t> Start::ask_hedged() {
  const std::vector<routing::Candidate>& candidates = choice_.decision.plan.candidates;
  std::optional<Turn> turn = take_turn(candidates[0]);
  if (!turn) co_return 1;
  const auto race = std::make_shared<Race>(co_await asio::this_coro::executor);
  race->wake.expires_after(route_->hedge_after);
  spawn(0, std::move(*turn), race);
  co_await race->wake.async_wait(asio::as_tuple(asio::use_awaitable));
  std::size_t running = 1;
  // Before the first one's hold is durable there is nothing that a second one could stand on.
  if (!race->reports[0] && case_->is_inserted()) {
    turn = take_turn(candidates[1]);
    if (turn) {
      spawn(1, std::move(*turn), race);
      running = 2;
    }
  }
  const std::size_t used = race->reports[0] || !case_->is_inserted() ? 1 : 2;
  // Also when the store has refused one of them its hold: the other's is durable, and its reply may
  // open the session.
  for (std::size_t ended = 0; ended < running && !is_open_;) {
    for (std::size_t i = 0; i < 2; ++i) {
      if (race->reports[i] == nullptr || is_open_) continue;
      ++ended;
      take_report(account_of(candidates[i]), std::move(race->reports[i]));
    }
    if (ended == running || is_open_) break;
    race->wake.expires_at(std::chrono::steady_clock::time_point::max());
    co_await race->wake.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  race->is_over = true;
  // Both may have ended in the same moment: the second of them has lost as well.
  for (std::size_t i = 0; i < running; ++i) {
    if (race->reports[i] != nullptr) lose(account_of(candidates[i]), *race->reports[i]);
  }
  co_return used;
}

// The other one's session is the person's; this one nobody will ever use. Goes with the answer.
void Start::lose(const AccountRuntime& account, const OperationReport& report) {
  learn(account, report);
  take_lost(*case_, account, report);
}

}  // namespace idswitch::engine
