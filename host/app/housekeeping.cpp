#include "app/housekeeping.hpp"

#include <future>
#include <utility>

#include "base/log.hpp"
#include "engine/verification/retention.hpp"

namespace idswitch::app {
namespace {

// The config file is looked at this often; so much is lost of the statistics by a kill.
constexpr std::chrono::seconds k_round{2};
constexpr std::chrono::minutes k_between_forgetting{10};
constexpr std::int64_t k_claims_kept_ms = 7LL * 24 * 3600 * 1000;

// Calls forget until it has nothing more to forget, or fails.
template <class Forget>
void forget_all(std::string_view what, const Chore::GoesOn& goes_on, Forget forget) {
  while (goes_on()) {
    const Result<std::size_t> forgotten = forget();
    if (!forgotten) {
      log::write(log::Level::error, "forget_failed",
                 {{"what", what}, {"detail", forgotten.error().detail()}});
    }
    if (!forgotten || *forgotten == 0) return;
  }
}

}  // namespace

Housekeeping::Housekeeping(engine::Engine& engine, engine::Reload& reload,
                           engine::LedgerWatch& ledger)
    : engine_(engine),
      experiments_(engine.store(), engine.traffic(), engine.clock()),
      file_("config-file", k_round, [&reload](const Chore::GoesOn&) { reload.look(); }),
      guard_("experiments", k_round,
             [this](const Chore::GoesOn& goes_on) { look_at_experiments(goes_on); }),
      check_("ledger-check", k_round,
             [&ledger](const Chore::GoesOn& goes_on) { ledger.look(goes_on); }),
      statistics_("statistics", k_round, [this](const Chore::GoesOn&) { keep_statistics(); }),
      forgetting_("forgetting", k_between_forgetting,
                  [this](const Chore::GoesOn& goes_on) { forget_old(goes_on); }),
      retention_("retention", k_between_forgetting,
                 [this](const Chore::GoesOn& goes_on) { retain(goes_on); }) {}

std::array<Chore*, 6> Housekeeping::all() {
  return {&file_, &guard_, &check_, &statistics_, &forgetting_, &retention_};
}

void Housekeeping::start() {
  is_started_ = true;
  for (Chore* const chore : all()) chore->start();
}

void Housekeeping::begin_stop() {
  for (Chore* const chore : all()) chore->begin_stop();
}

void Housekeeping::stop() {
  begin_stop();
  for (Chore* const chore : all()) chore->stop();
  if (std::exchange(is_started_, false)) keep_statistics();
}

void Housekeeping::keep_statistics() {
  store::Change change;
  engine::UnkeptStatistics statistics = engine_.traffic().keep_statistics(change);
  if (statistics.size() == 0) return;
  std::promise<store::Written> done;
  engine_.store().write(std::move(change),
                        [&done](store::Written result) { done.set_value(std::move(result)); });
  if (const store::Written written = done.get_future().get(); written.has_failed()) {
    log::write(log::Level::error, "statistics_not_kept", {{"detail", written.error.detail()}});
    return;
  }
  statistics.kept();
}

void Housekeeping::forget_old(const Chore::GoesOn& goes_on) {
  store::Store& store = engine_.store();
  const std::int64_t now = engine_.clock().now_unix_ms();
  forget_all("idempotency keys", goes_on,
             [&] { return store.verifications().forget_claims_before(now - k_claims_kept_ms); });
  const std::int64_t window_begin = engine_.traffic().statistics_begin_unix_ms();
  forget_all("statistics", goes_on,
             [&] { return store.agreement().forget_statistics_before(window_begin); });
}

void Housekeeping::retain(const Chore::GoesOn& goes_on) {
  // Held on to: a reload may come meanwhile.
  const std::shared_ptr<const engine::Setup> setup = engine_.setup();
  const Result<void> done = engine::retain(engine_.store(), setup->config.retention,
                                           engine_.clock().now_unix_ms(), goes_on);
  if (done || done.error().code() == Errc::shutting_down) return;
  log::write(log::Level::error, "retention_failed", {{"detail", done.error().detail()}});
}

void Housekeeping::look_at_experiments(const Chore::GoesOn& goes_on) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  if (begin < next_look_) return;
  // Held on to: a reload may come while it looks.
  const std::shared_ptr<const engine::Setup> setup = engine_.setup();
  experiments_.look(*setup, goes_on);
  const Clock::time_point end = Clock::now();
  next_look_ = end + engine::rest_after(end - begin);
}

}  // namespace idswitch::app
