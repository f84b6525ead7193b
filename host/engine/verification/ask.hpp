#pragma once

// Ask: asks the vendor how a verification stands, and books what it learns. Used by GET, :refresh,
// the person's return, vendors' callbacks and the sweep. The question is claimed durably before it
// is asked: when the store refuses, nobody is asked. One per request, on its lane.

#include <memory>
#include <optional>
#include <string>

#include "engine/verification/case.hpp"
#include "idswitch/switch.hpp"

namespace idswitch::engine {

class Ask {
 public:
  // request.id is not looked at.
  Ask(Desk& desk, std::shared_ptr<const Setup> setup, VerificationId id, ResultRequest request,
      std::size_t lane);

  // The verification as it is afterwards. A vendor that cannot be asked is no error, unless the
  // caller asked for it now: then the attempt's error is returned.
  boost::asio::awaitable<Result<Verification>> run();

  // The person came back, or a vendor said that there is news: asked at once, but not more than
  // once a second; what cannot be asked now is asked soon. The verification as it is then.
  boost::asio::awaitable<Result<Verification>> run_for_news();

  // CALLBACK: lets the adapter read what arrived; then the same as run_for_news() when it is a
  // hint.
  boost::asio::awaitable<Result<void>> run_callback(const std::string& body,
                                                    const std::string& content_type);

  // Of one that is due: asks whether or not anybody wants to know, and settles what has died.
  // is_leased: the question is claimed already.
  boost::asio::awaitable<Result<void>> sweep(bool is_leased);

 private:
  enum class Why : std::uint8_t { shown, refreshed, news, due };

  boost::asio::awaitable<Result<void>> load();
  boost::asio::awaitable<Result<void>> go();
  boost::asio::awaitable<Result<void>> leave_for_good();
  bool is_worth_asking() const;
  boost::asio::awaitable<bool> may_ask_now();
  // False: somebody else has taken it.
  boost::asio::awaitable<Result<bool>> claim();
  boost::asio::awaitable<Result<void>> ask(const AccountRuntime& account);
  boost::asio::awaitable<Result<void>> before_send(const AccountRuntime& account,
                                                   const plugin::SendStep& send);
  plugin::OperationInput input(std::uint32_t operation) const;
  void take(const AccountRuntime& account, const OperationReport& report);
  void finish(const plugin::FinishStep& finish);
  void expire_when_due();
  void settle_when_dead();
  store::Change pictures() const;
  Result<void> add_kept_images();

  Desk& desk_;
  std::shared_ptr<const Setup> setup_;
  VerificationId id_;
  ResultRequest request_;
  std::size_t lane_;
  Why why_ = Why::shown;
  std::unique_ptr<Case> case_;
  bool is_leased_ = false;
  bool is_answered_ = false;  // by the vendor, and the adapter made sense of it
  std::optional<Error> failure_;
};

}  // namespace idswitch::engine
