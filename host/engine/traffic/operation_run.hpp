#pragma once

// Runs one operation on one account: steps the adapter, sends its requests, feeds the replies back,
// fetches dynamic slots. It decides nothing about money or routing; it reports. On a lane.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "engine/setup/setup.hpp"
#include "plugin/exchange.hpp"

namespace idswitch::engine {

struct RunContext {
  const Clock& clock;
  net::HttpClient& client;  // of this lane
  std::chrono::steady_clock::time_point deadline;
};

// Called before the first byte of each request leaves; an error stops the operation, and nothing is
// sent.
using BeforeSend = std::function<boost::asio::awaitable<Result<void>>(const plugin::SendStep&)>;

struct OperationReport {
  // How it ended. GrantStep only for TOKEN.
  std::variant<plugin::FinishStep, plugin::FailStep, plugin::GrantStep> end;
  std::vector<Evidence> charges;
  Attempt attempt;
  // Set when before_send refused: neither the adapter's nor the vendor's failure.
  std::optional<Error> refused;
  // The failure is not evidence about the account: we ran short of something of our own, or the
  // same failed fetch of a token is reported by another operation.
  bool is_no_evidence = false;

  const plugin::FinishStep* finish() const { return std::get_if<plugin::FinishStep>(&end); }

  const plugin::FailStep* fail() const { return std::get_if<plugin::FailStep>(&end); }
};

// Large, and handed on from coroutine to coroutine. Never null from those that answer one.
using Report = std::unique_ptr<OperationReport>;

boost::asio::awaitable<Report> run_operation(const AccountRuntime& account,
                                             plugin::OperationInput input, RunContext context,
                                             BeforeSend before_send);

}  // namespace idswitch::engine
