#include "app/housekeeping.hpp"

#include "base/log.hpp"

namespace idswitch::app {
namespace {

constexpr std::chrono::minutes k_round{10};
constexpr std::int64_t k_claims_kept_ms = 7LL * 24 * 3600 * 1000;

}  // namespace

Housekeeping::Housekeeping(store::Store& store, const Clock& clock)
    : store_(store), clock_(clock), thread_([this] { run(); }) {}

Housekeeping::~Housekeeping() {
  stop();
}

void Housekeeping::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Housekeeping::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    for (std::size_t forgotten = 1; forgotten > 0;) {
      const Result<std::size_t> result =
          store_.forget_claims_before(clock_.now_unix_ms() - k_claims_kept_ms);
      if (!result) {
        log::write(log::Level::error, "forget_claims_failed",
                   {{"detail", result.error().detail()}});
        break;
      }
      forgotten = *result;
    }
    lock.lock();
    wake_.wait_for(lock, k_round, [this] { return stopping_; });
  }
}

}  // namespace idswitch::app
