#pragma once

// Start: one POST /v1/verifications. Decides whom to ask, and asks them in order until one opens a
// session. The intent (verification and hold) is durable before a vendor sees a byte; the outcome
// is durable before the platform sees the answer. One per request, on its lane.

#include <memory>

#include "engine/traffic/choice.hpp"
#include "engine/verification/case.hpp"
#include "engine/verification/idempotency.hpp"
#include "engine/verification/passed_over.hpp"
#include "engine/verification/request_check.hpp"
#include "routing/failover.hpp"

namespace idswitch::engine {

class Start : public std::enable_shared_from_this<Start> {
 public:
  Start(Desk& desk, std::shared_ptr<const Setup> setup, StartRequest request,
        Idempotency idempotency, std::size_t lane);

  boost::asio::awaitable<Result<Reply>> run();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  Result<void> prepare();
  std::shared_ptr<VerificationRecord> new_record(std::int64_t now_unix_ms) const;
  // Asks the candidates until one opens a session or asking on makes no sense.
  boost::asio::awaitable<void> ask();
  // Asks the first candidate, and the second beside it when the first takes too long. How many
  // candidates that used up.
  boost::asio::awaitable<std::size_t> ask_hedged();
  void spawn(std::size_t candidate, Turn turn, std::shared_ptr<struct Race> race);
  void lose(const AccountRuntime& account, const OperationReport& report);
  const AccountRuntime& account_of(const routing::Candidate& candidate) const;
  // Nothing when the account cannot be asked after all; that is noted.
  std::optional<Turn> take_turn(const routing::Candidate& candidate);
  void take_report(const AccountRuntime& account, Report report);
  boost::asio::awaitable<Report> attempt(const AccountRuntime& account);
  boost::asio::awaitable<Result<void>> before_send(const AccountRuntime& account,
                                                   const plugin::SendStep& send);
  store::Change first_change() const;
  void learn(const AccountRuntime& account, const OperationReport& report);
  void opened(const AccountRuntime& account, plugin::FinishStep finish);
  bool may_go_on(const OperationReport& report) const;
  void fail();
  boost::asio::awaitable<Result<Reply>> answer();
  store::Change last_change();

  Desk& desk_;
  std::shared_ptr<const Setup> setup_;
  StartRequest request_;
  Idempotency idempotency_;
  std::size_t lane_;
  const config::Tenant* tenant_ = nullptr;
  const config::Route* route_ = nullptr;
  Choice choice_;
  MergedOptions options_;
  TimePoint deadline_;
  std::unique_ptr<Case> case_;
  InFlight::Guard guard_;
  bool is_open_ = false;
  bool goes_on_ = true;       // asking another account makes sense
  bool is_in_doubt_ = false;  // nobody knows whether an attempt is charged
  std::uint32_t asked_ = 0;   // accounts
  Report last_;
  PassedOver passed_over_;
  std::optional<RenderedAnswer> kept_;  // with the key
  std::optional<Error> broken_;         // nothing more can be written or sent
};

}  // namespace idswitch::engine
