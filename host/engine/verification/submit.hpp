#pragma once

// Submit: one POST /v1/verifications/{id}/video. Hands the video over, and books what the vendor
// says. One per request, on its lane.

#include <memory>

#include "engine/verification/case.hpp"
#include "engine/verification/idempotency.hpp"
#include "idswitch/switch.hpp"

namespace idswitch::engine {

class Submit {
 public:
  Submit(Desk& desk, std::shared_ptr<const Setup> setup, VerificationId id, SubmitRequest request,
         Idempotency idempotency, std::size_t lane);

  boost::asio::awaitable<Result<Reply>> run();

 private:
  Result<const AccountRuntime*> check() const;
  boost::asio::awaitable<Report> ask(const AccountRuntime& account);
  boost::asio::awaitable<Result<void>> before_send(const AccountRuntime& account,
                                                   const plugin::SendStep& send);
  void take(const AccountRuntime& account, const OperationReport& report);
  void finish(const plugin::FinishStep& finish);
  store::Change last_change(bool is_answered);
  bool keeps_images() const;

  Desk& desk_;
  std::shared_ptr<const Setup> setup_;
  VerificationId id_;
  SubmitRequest request_;
  Idempotency idempotency_;
  std::size_t lane_;
  std::unique_ptr<Case> case_;
  std::vector<Image> media_;
  bool is_claimed_ = false;
  std::optional<Error> broken_;
};

}  // namespace idswitch::engine
