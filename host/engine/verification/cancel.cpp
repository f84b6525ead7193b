#include "engine/verification/cancel.hpp"

#include "engine/verification/recovery.hpp"

namespace idswitch::engine {

namespace asio = boost::asio;

asio::awaitable<Result<Verification>> cancel(Desk& desk, std::shared_ptr<const Setup> setup,
                                             VerificationId id) {
  const InFlight::Guard guard = desk.in_flight.enter(id.high);
  if (!guard) {
    co_return Error(Errc::conflict, "another request is working on it; ask again in a second");
  }
  // What was interrupted is recovered first: a vendor may have been asked.
  Result<std::unique_ptr<Case>> loaded = co_await load_whole(desk, std::move(setup), id);
  if (!loaded) co_return loaded.error();
  Case& one = **loaded;
  Verification& verification = one.verification();
  if (verification.status == Status::cancelled) co_return std::move(verification);
  if (is_final(verification.status)) {
    co_return Error(Errc::conflict,
                    "it is " + std::string(word(verification.status)) + " and stays so");
  }
  verification.status = Status::cancelled;
  verification.action = {};
  if (const auto written = co_await one.commit(); !written) co_return written.error();
  if (const AccountRuntime* account = one.account()) {
    desk.traffic.ended(*account, one.record().segment, verification);
  }
  co_return std::move(verification);
}

}  // namespace idswitch::engine
