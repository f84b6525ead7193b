#include "engine/verification/late_news.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "engine/verification/ask_schedule.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;

void take_lost(Case& one, const AccountRuntime& account, const OperationReport& report) {
  one.take(account, report);
  for (const Charge& charge : one.book().charges()) {
    if (charge.account != account.config.name || charge.state != ChargeState::held) continue;
    // A guess never beats what was seen.
    const bool is_spoken_of =
        std::any_of(report.charges.begin(), report.charges.end(), [&](const Evidence& told) {
          return told.sku == charge.sku && told.event == charge.event &&
                 told.state != IDSW_CHARGE_HELD;
        });
    if (!is_spoken_of) one.conclude(charge, unused_evidence(account, charge));
  }
  log::write(log::Level::info, "hedge_lost",
             {{"verification", one.record().id.text()}, {"account", account.config.name}});
}

asio::awaitable<void> tell_late(Desk& desk, std::shared_ptr<const Setup> setup, VerificationId id,
                                const AccountRuntime& account, OperationReport report) {
  const InFlight::Guard guard = co_await desk.in_flight.wait(id.high);
  Result<std::unique_ptr<Case>> loaded = Case::load(desk, std::move(setup), id);
  Result<void> told = loaded ? Result<void>() : Result<void>(loaded.error());
  if (loaded) {
    take_lost(**loaded, account, report);
    if ((*loaded)->has_untold()) {
      told = co_await (*loaded)->commit_firmly([] { return store::Change(); });
    }
  }
  if (told) co_return;
  log::write(log::Level::error, "late_news_not_written",
             {{"verification", id.text()}, {"detail", told.error().detail()}});
}

}  // namespace idswitch::engine
