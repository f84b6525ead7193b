#pragma once

// StartFlow: one POST /v1/verifications. Asks the route's accounts in order until one opens a
// session. The intent (verification and hold) is durable before a vendor sees a byte; the outcome
// is durable before the platform sees the answer. One per request, on its lane.

#include "billing/charge_book.hpp"
#include "engine/engine.hpp"
#include "engine/operation_run.hpp"
#include "routing/route.hpp"

namespace idswitch::engine {

class StartFlow {
 public:
  StartFlow(Engine& engine, StartRequest request, Idempotency idempotency, std::size_t lane);

  boost::asio::awaitable<Result<Reply>> run();

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  Result<void> prepare();
  boost::asio::awaitable<OperationReport> attempt(const AccountRuntime& account);
  boost::asio::awaitable<Result<void>> before_send(const AccountRuntime& account,
                                                   const plugin::SendStep& send);
  boost::asio::awaitable<Result<void>> write(store::Batch batch);
  // True when the session is open.
  bool take(const AccountRuntime& account, OperationReport& report);
  void opened(const AccountRuntime& account, const plugin::FinishStep& finish);
  bool may_go_on(const OperationReport& report) const;
  void fail(const OperationReport* last);
  boost::asio::awaitable<Result<Reply>> answer();

  Engine& engine_;
  StartRequest request_;
  Idempotency idempotency_;
  std::size_t lane_;
  const config::Tenant* tenant_ = nullptr;
  const config::Route* route_ = nullptr;
  std::map<std::string, std::string> options_;
  TimePoint deadline_;
  VerificationRecord record_;
  billing::ChargeBook book_;
  std::vector<LedgerEntry> unwritten_;  // to go with the next batch
  InFlight::Guard guard_;
  bool inserted_ = false;
  std::optional<Result<Reply>> early_;  // an answer found before anything was sent
};

}  // namespace idswitch::engine
