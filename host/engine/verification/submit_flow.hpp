#pragma once

// SubmitFlow: hands a recorded video to the vendor that opened the verification, once. One per
// request, on its lane.

#include "billing/charge_book.hpp"
#include "engine/traffic/operation_run.hpp"
#include "engine/verification/engine.hpp"

namespace idswitch::engine {

class SubmitFlow {
 public:
  SubmitFlow(Engine& engine, VerificationId id, SubmitRequest request, Idempotency idempotency,
             std::size_t lane);

  boost::asio::awaitable<Result<Reply>> run();

 private:
  Result<void> load();
  Result<const AccountRuntime*> check() const;
  boost::asio::awaitable<OperationReport> ask(const AccountRuntime& account);
  boost::asio::awaitable<Result<void>> before_send(const AccountRuntime& account,
                                                   const plugin::SendStep& send);
  void take(const AccountRuntime& account, OperationReport& report);
  boost::asio::awaitable<Result<void>> write(const AccountRuntime& account, bool answered);
  std::uint64_t person() const;

  Engine& engine_;
  std::shared_ptr<const Setup> setup_;
  VerificationId id_;
  SubmitRequest request_;
  Idempotency idempotency_;
  std::size_t lane_;
  VerificationRecord record_;
  billing::ChargeBook book_;
  Payer payer_;
  std::vector<LedgerEntry> unwritten_;
  std::vector<Image> media_;
  std::string options_;
  bool claimed_ = false;
  std::optional<Result<Reply>> early_;
};

}  // namespace idswitch::engine
