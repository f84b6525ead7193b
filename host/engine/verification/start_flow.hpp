#pragma once

// StartFlow: one POST /v1/verifications. Decides whom to ask, and asks them in order until one
// opens a session. The intent (verification and hold) is durable before a vendor sees a byte; the
// outcome is durable before the platform sees the answer. One per request, on its lane.

#include <memory>

#include "billing/charge_book.hpp"
#include "engine/traffic/choice.hpp"
#include "engine/traffic/operation_run.hpp"
#include "engine/verification/engine.hpp"
#include "engine/verification/passed_over.hpp"
#include "engine/verification/request_check.hpp"
#include "routing/failover.hpp"

namespace idswitch::engine {

class StartFlow : public std::enable_shared_from_this<StartFlow> {
 public:
  StartFlow(Engine& engine, StartRequest request, Idempotency idempotency, std::size_t lane);

  boost::asio::awaitable<Result<Reply>> run();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  Result<void> prepare();
  // Asks the candidates until one opens a session or asking on makes no sense.
  boost::asio::awaitable<void> ask();
  // Asks the first candidate, and the second beside it when the first takes too long. How many
  // candidates that used up.
  boost::asio::awaitable<std::size_t> ask_hedged();
  void spawn(std::size_t candidate, Turn turn, std::shared_ptr<struct Race> race);
  boost::asio::awaitable<void> lose(const AccountRuntime& account, OperationReport report);
  const AccountRuntime& account_of(const routing::Candidate& candidate) const;
  // Nothing when the account cannot be asked after all; that is noted.
  std::optional<Turn> take_turn(const routing::Candidate& candidate);
  void take_report(const AccountRuntime& account, OperationReport report);
  boost::asio::awaitable<OperationReport> attempt(const AccountRuntime& account);
  boost::asio::awaitable<Result<void>> before_send(const AccountRuntime& account,
                                                   const plugin::SendStep& send);
  store::Batch first_batch();
  boost::asio::awaitable<Result<void>> write(store::Batch batch);
  void learn(const AccountRuntime& account, const OperationReport& report);
  // True when the session is open.
  bool take(const AccountRuntime& account, OperationReport& report);
  void opened(const AccountRuntime& account, const plugin::FinishStep& finish);
  bool may_go_on(const OperationReport& report) const;
  void fail();
  boost::asio::awaitable<Result<Reply>> answer();

  Engine& engine_;
  std::shared_ptr<const Setup> setup_;
  StartRequest request_;
  Idempotency idempotency_;
  std::size_t lane_;
  const config::Tenant* tenant_ = nullptr;
  const config::Route* route_ = nullptr;
  Choice choice_;
  MergedOptions options_;
  TimePoint deadline_;
  VerificationRecord record_;
  billing::ChargeBook book_;
  std::vector<LedgerEntry> unwritten_;  // to go with the next batch
  InFlight::Guard guard_;
  bool inserted_ = false;
  bool is_open_ = false;
  bool goes_on_ = true;      // asking another account makes sense
  std::uint32_t asked_ = 0;  // accounts
  std::optional<OperationReport> last_;
  PassedOver passed_over_;
  std::optional<Result<Reply>> early_;  // an answer found before anything was sent
};

}  // namespace idswitch::engine
