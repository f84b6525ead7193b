// Things good for one use: gateway nonces, one-use signatures.
#pragma once

#include <string>
#include <unordered_map>

#include "world/clock.hpp"

namespace idswitch::sandbox {

class UsedOnce {
 public:
  // False when `value` was used before and that use is not older than `memory`.
  bool use(const std::string& value, TimePoint now, Duration memory) {
    if (uses_.size() >= forget_at_) {
      std::erase_if(uses_, [&](const auto& use) { return use.second <= now; });
      forget_at_ = uses_.size() * 2 + 10'000;
    }
    const auto [use, is_new] = uses_.try_emplace(value, now + memory);
    if (!is_new && use->second > now) return false;
    use->second = now + memory;
    return true;
  }

  void clear() { uses_.clear(); }

 private:
  std::unordered_map<std::string, TimePoint> uses_;  // value -> when it may be used again
  std::size_t forget_at_ = 10'000;
};

}  // namespace idswitch::sandbox
