#pragma once

// Desk: what is needed to work on a verification: the store, what is known of the accounts, the
// vendors, the clock. Stories (start, ask, submit, cancel, recovery) take it instead of the engine,
// so that a test can put a scripted vendor, a clock of its own and a store that fails on it. Plain
// references; everything on it outlives the stories.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <memory>

#include "base/clock.hpp"
#include "engine/setup/setup.hpp"
#include "engine/traffic/operation_run.hpp"
#include "engine/traffic/traffic.hpp"
#include "engine/verification/in_flight.hpp"
#include "model/verification_id.hpp"
#include "store/store.hpp"

namespace idswitch::engine {

// How an operation is run on an account. On the lane that it names.
class Vendors {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Vendors() = default;

  virtual boost::asio::awaitable<Report> run(const AccountRuntime& account,
                                             plugin::OperationInput input, std::size_t lane,
                                             TimePoint deadline, BeforeSend before_send) = 0;
};

struct Desk {
  store::Store& store;
  Traffic& traffic;
  Vendors& vendors;
  InFlight& in_flight;
  VerificationIds& ids;
  const Clock& clock;
  // How long a vendor's answer is kept in hand when the store does not take it: a full disk or
  // another program's lock may pass. What is not written then is recovered as unknown.
  std::chrono::milliseconds firm_for{15'000};

  std::int64_t now() const { return clock.now_unix_ms(); }
};

}  // namespace idswitch::engine
