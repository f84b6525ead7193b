#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "engine/traffic/ledger_step.hpp"
#include "engine/verification/start_flow.hpp"
#include "idswitch/abi/vocabulary.h"

// Hedging: two accounts asked for one person, the first session that opens is taken. Only where an
// unused session is documented to cost nothing; the configuration is refused otherwise.

namespace idswitch::engine {

namespace asio = boost::asio;

// Two attempts of one start; all on one lane.
struct Race {
  explicit Race(const asio::any_io_executor& executor) : wake(executor) {}

  asio::steady_timer wake;  // cancelled when an attempt ends
  std::array<std::optional<OperationReport>, 2> reports;
  bool is_over = false;  // the request is being answered: what ends now has lost
};

void StartFlow::spawn(std::size_t candidate, Turn turn, std::shared_ptr<Race> race) {
  const auto run = [](std::shared_ptr<StartFlow> flow, std::size_t index, Turn turn_of_it,
                      std::shared_ptr<Race> shared) -> asio::awaitable<void> {
    const AccountRuntime& account = flow->account_of(flow->choice_.decision.plan.candidates[index]);
    OperationReport report = co_await flow->attempt(account);
    turn_of_it.end(report);
    if (shared->is_over) {
      co_await flow->lose(account, std::move(report));
      co_return;
    }
    shared->reports[index] = std::move(report);
    shared->wake.cancel();
  };
  asio::co_spawn(engine_.lanes_.at(lane_),
                 run(shared_from_this(), candidate, std::move(turn), std::move(race)),
                 asio::detached);
}

asio::awaitable<std::size_t> StartFlow::ask_hedged() {
  const std::vector<routing::Candidate>& candidates = choice_.decision.plan.candidates;
  std::optional<Turn> turn = take_turn(candidates[0]);
  if (!turn) co_return 1;
  const auto race = std::make_shared<Race>(co_await asio::this_coro::executor);
  race->wake.expires_after(route_->hedge_after);
  spawn(0, std::move(*turn), race);
  co_await race->wake.async_wait(asio::as_tuple(asio::use_awaitable));
  std::size_t running = 1;
  // Before the first one's hold is durable there is nothing that a second one could stand on.
  if (!race->reports[0] && inserted_) {
    turn = take_turn(candidates[1]);
    if (turn) {
      spawn(1, std::move(*turn), race);
      running = 2;
    }
  }
  const std::size_t used = race->reports[0] || !inserted_ ? 1 : 2;
  std::array<bool, 2> is_taken{};
  for (std::size_t ended = 0; ended < running && !is_open_ && !early_;) {
    for (std::size_t i = 0; i < 2; ++i) {
      if (!race->reports[i] || is_taken[i] || is_open_) continue;
      is_taken[i] = true;
      ++ended;
      if (!early_) take_report(account_of(candidates[i]), std::move(*race->reports[i]));
    }
    if (ended == running || is_open_ || early_) break;
    race->wake.expires_at(std::chrono::steady_clock::time_point::max());
    co_await race->wake.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  race->is_over = true;
  // Both may have ended in the same moment: the second of them has lost as well.
  for (std::size_t i = 0; i < running; ++i) {
    if (race->reports[i] && !is_taken[i]) {
      co_await lose(account_of(candidates[i]), std::move(*race->reports[i]));
    }
  }
  co_return used;
}

// The other one's session is the person's; this one nobody will ever use.
asio::awaitable<void> StartFlow::lose(const AccountRuntime& account, OperationReport report) {
  if (report.refused) co_return;
  learn(account, report);
  std::vector<LedgerEntry> entries;
  engine_.traffic_.book(choice_.payer, account, book_, report.charges, {}, entries);
  for (const Charge& charge : book_.charges()) {
    if (charge.account != account.config.name || charge.state != ChargeState::held) continue;
    Evidence unused;
    unused.state = IDSW_CHARGE_NOT_CHARGED;
    unused.source = IDSW_SOURCE_INFERRED;
    unused.sku = charge.sku;
    unused.event = charge.event;
    unused.call = charge.call;
    engine_.traffic_.book(choice_.payer, account, book_, unused, entries);
  }
  log::write(log::Level::info, "hedge_lost",
             {{"verification", record_.id.text()}, {"account", account.config.name}});
  if (entries.empty()) co_return;
  store::Batch batch;
  for (LedgerEntry& entry : entries) batch.append(std::move(entry));
  const Result<store::WriteResult> written = co_await engine_.store_.write(std::move(batch));
  if (!written) {
    log::write(log::Level::error, "hedge_not_written",
               {{"verification", record_.id.text()}, {"detail", written.error().detail()}});
  }
}

}  // namespace idswitch::engine
