#pragma once

// Turns: who may ask which account now. For each account one AccountHealth under a lock of its own,
// so that accounts do not wait for each other, nor for anybody's money. It outlives configurations
// and drops an account's short-lived tokens when they may be why it fails. Any thread.

#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "engine/setup/setup.hpp"
#include "engine/traffic/operation_run.hpp"
#include "model/verification_id.hpp"
#include "routing/account_health.hpp"

namespace idswitch::engine {

class AccountTurns;

// Leave to run one operation on an account. What came of it is told to end(); when that does not
// happen the operation counts as not begun. It may outlive the switch, when a stop runs out of
// grace.
class Turn {
 public:
  Turn() = default;

  Turn(std::shared_ptr<AccountTurns> account, routing::Permit permit)
      : account_(std::move(account)), permit_(permit) {}

  Turn(Turn&& other) noexcept { *this = std::move(other); }

  Turn& operator=(Turn&& other) noexcept;
  ~Turn();

  bool granted() const { return permit_.granted(); }

  routing::Refusal refusal() const { return permit_.refusal; }

  // Once, with how the operation ended.
  void end(const OperationReport& report);

 private:
  std::shared_ptr<AccountTurns> account_;
  routing::Permit permit_;
};

// Why nobody was asked about a verification, for whoever wanted to know.
Error not_asked(const std::string& account, routing::Refusal refusal);

// An account's health as operators see it.
struct HealthView {
  routing::AccountNow now;
  routing::Availability follow_ups = routing::Availability::up;
  routing::Availability submits = routing::Availability::up;
  std::uint32_t in_flight = 0;
  std::uint32_t follow_ups_in_flight = 0;
  std::uint64_t opened_count = 0;
  std::string last_opened_reason;
  std::int64_t last_opened_unix_ms = 0;  // 0 = never
};

class Turns {
 public:
  Turns(const Setup& setup, const Clock& clock);

  // Another configuration: accounts that are still there keep their state.
  void adopt(const Setup& setup);

  // See Traffic.
  Turn begin(const std::string& account, bool last_resort);
  Turn begin_follow_up(const std::string& account, std::uint32_t operation,
                       const VerificationId& verification);
  bool may_follow_up(const std::string& account) const;
  bool probe_now(const std::string& account);

  // Sets what a start would meet at each. An account that is not known stays as it is.
  void look(const std::vector<std::string>& accounts, std::vector<routing::AccountNow>& now) const;
  HealthView view(const std::string& account) const;

 private:
  std::shared_ptr<AccountTurns> find(const std::string& account) const;

  const Clock& clock_;
  mutable std::shared_mutex mutex_;  // guards the map, not what is in it
  std::unordered_map<std::string, std::shared_ptr<AccountTurns>> accounts_;
};

}  // namespace idswitch::engine
