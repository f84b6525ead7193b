#pragma once

// ResultFlow: asks the vendor how a verification stands, and books what it learns. Used by GET,
// :refresh, the person's return and vendors' callbacks. One per request, on its lane.

#include "billing/charge_book.hpp"
#include "engine/traffic/operation_run.hpp"
#include "engine/verification/engine.hpp"

namespace idswitch::engine {

class ResultFlow {
 public:
  ResultFlow(Engine& engine, VerificationRecord record, ResultRequest request, std::size_t lane);

  // The verification as it is afterwards. A vendor that cannot be asked is no error, unless the
  // caller asked for it now: then the attempt's error is returned.
  boost::asio::awaitable<Result<Verification>> run();

  // Asks whether or not anybody wants to know, settles what has died, and writes when to ask next.
  boost::asio::awaitable<Result<void>> sweep();

  // CALLBACK: lets the adapter read what arrived; then the same as run() when it is a hint.
  boost::asio::awaitable<Result<void>> run_callback(const std::string& body,
                                                    const std::string& content_type);

 private:
  Result<void> load();
  bool is_worth_asking(const AccountRuntime& account) const;
  boost::asio::awaitable<Result<void>> ask(const AccountRuntime& account);
  boost::asio::awaitable<Result<void>> before_send(const AccountRuntime& account,
                                                   const plugin::SendStep& send);
  plugin::OperationInput input(std::uint32_t kind) const;
  void take(const AccountRuntime& account, OperationReport& report);
  void finish(const plugin::FinishStep& finish);
  void note_attempt(const Attempt& attempt);
  boost::asio::awaitable<Result<void>> go(bool asks);
  void expire_when_due();
  void settle_when_dead();
  boost::asio::awaitable<Result<void>> write();
  Result<void> add_kept_images();

  std::uint64_t person() const;

  Engine& engine_;
  std::shared_ptr<const Setup> setup_;
  VerificationRecord record_;
  ResultRequest request_;
  std::size_t lane_;
  const config::Tenant* tenant_;
  std::string options_;
  billing::ChargeBook book_;
  Payer payer_;
  std::vector<LedgerEntry> unwritten_;
  bool changed_ = false;
  bool is_sweeping_ = false;
  std::optional<Error> failure_;
};

}  // namespace idswitch::engine
