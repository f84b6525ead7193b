#include "app/housekeeping.hpp"

#include <future>

#include "base/log.hpp"

namespace idswitch::app {
namespace {

// The config file is looked at this often; so much is lost of the statistics by a kill.
constexpr std::chrono::seconds k_round{2};
constexpr int k_rounds_to_forget = 300;  // every ten minutes
constexpr std::int64_t k_claims_kept_ms = 7LL * 24 * 3600 * 1000;

// Calls forget until it has nothing more to forget, or fails.
template <class Forget>
void forget_all(std::string_view what, Forget forget) {
  for (;;) {
    const Result<std::size_t> forgotten = forget();
    if (!forgotten) {
      log::write(log::Level::error, "forget_failed",
                 {{"what", what}, {"detail", forgotten.error().detail()}});
    }
    if (!forgotten || *forgotten == 0) return;
  }
}

}  // namespace

Housekeeping::~Housekeeping() {
  stop();
}

void Housekeeping::start() {
  thread_ = std::thread([this] { run(); });
}

void Housekeeping::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (!thread_.joinable()) return;
  thread_.join();
  keep_statistics();
}

void Housekeeping::keep_statistics() {
  store::Batch batch;
  if (engine_.traffic().keep_statistics(batch) == 0) return;
  std::promise<Result<store::WriteResult>> done;
  engine_.store().write(std::move(batch), [&done](Result<store::WriteResult> result) {
    done.set_value(std::move(result));
  });
  if (const Result<store::WriteResult> written = done.get_future().get(); !written) {
    log::write(log::Level::error, "statistics_not_kept", {{"detail", written.error().detail()}});
  }
}

void Housekeeping::forget_old() {
  store::Store& store = engine_.store();
  const std::int64_t now = engine_.clock().now_unix_ms();
  forget_all("idempotency keys",
             [&] { return store.forget_claims_before(now - k_claims_kept_ms); });
  const std::int64_t window_begin = engine_.traffic().statistics_begin_unix_ms();
  forget_all("statistics", [&] { return store.forget_statistics_before(window_begin); });
}

bool Housekeeping::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Housekeeping::look_at_experiments() {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begin = Clock::now();
  if (begin < next_look_) return;
  // Held on to: a reload may come while it looks.
  const std::shared_ptr<const engine::Setup> setup = engine_.setup();
  experiments_.look(*setup, [this] { return !is_stopping(); });
  const Clock::time_point end = Clock::now();
  next_look_ = end + engine::rest_after(end - begin);
}

void Housekeeping::run() {
  std::unique_lock lock(mutex_);
  for (int round = 0; !stopping_; ++round) {
    lock.unlock();
    if (round % k_rounds_to_forget == 0) forget_old();
    if (round > 0 && reload_.is_file_changed()) {
      static_cast<void>(reload_.run("file changed"));
    }
    keep_statistics();
    look_at_experiments();
    ledger_.look([this] { return !is_stopping(); });
    lock.lock();
    wake_.wait_for(lock, k_round, [this] { return stopping_; });
  }
}

}  // namespace idswitch::app
