#include "engine/verification/settle.hpp"

#include "engine/verification/recovery.hpp"

namespace idswitch::engine {

namespace asio = boost::asio;

asio::awaitable<Result<Settled>> settle(Desk& desk, std::shared_ptr<const Setup> setup,
                                        SettleOrder order) {
  const InFlight::Guard guard = desk.in_flight.enter(order.verification.high);
  if (!guard) {
    co_return Error(Errc::conflict, "another request is working on it; ask again in a second");
  }
  // What was interrupted is recovered first: its holds are unknown from then on.
  Result<std::unique_ptr<Case>> loaded =
      co_await load_whole(desk, std::move(setup), order.verification);
  if (!loaded) co_return loaded.error();
  Case& one = **loaded;
  const ChargeFold* before = one.book().find(order.charge);
  if (before != nullptr && before->state() == ChargeState::held) {
    co_return Error(
        Errc::conflict,
        "it is held, and its vendor is still asked what became of it: settle it when it "
        "is listed as unknown");
  }
  const std::uint32_t entries = one.book().last_number();
  one.settle(order.charge, order.word);
  if (const auto written = co_await one.commit(); !written) co_return written.error();
  const ChargeFold* after = one.book().find(order.charge);
  co_return Settled{after->charge(), one.book().last_number() != entries};
}

}  // namespace idswitch::engine
