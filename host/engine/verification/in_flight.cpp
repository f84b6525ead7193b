#include "engine/verification/in_flight.hpp"

namespace idswitch::engine {
namespace {

constexpr std::size_t k_asked_max = 100'000;
constexpr std::chrono::minutes k_remember{10};

}  // namespace

InFlight::Guard InFlight::enter(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  return working_.emplace(id, true).second ? Guard(shared_from_this(), id) : Guard();
}

bool InFlight::is_working(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  return working_.contains(id);
}

void InFlight::leave(std::uint64_t id) {
  const std::lock_guard lock(mutex_);
  working_.erase(id);
}

bool InFlight::may_ask(std::uint64_t id, std::chrono::milliseconds interval, TimePoint now) {
  const std::lock_guard lock(mutex_);
  const auto found = asked_.find(id);
  if (found != asked_.end() && now - found->second < interval) return false;
  if (asked_.size() >= k_asked_max) forget_old(now);
  asked_[id] = now;
  return true;
}

void InFlight::forget_old(TimePoint now) {
  std::erase_if(asked_, [now](const auto& entry) { return now - entry.second > k_remember; });
  // A flood of fresh ids: forgetting them all costs some vendor calls, remembering them all memory.
  if (asked_.size() >= k_asked_max) asked_.clear();
}

}  // namespace idswitch::engine
