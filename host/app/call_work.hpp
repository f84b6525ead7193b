#pragma once

// What came of the work of one call of the embedding API. An exception in it is a bug of ours, and
// the caller's answer all the same: nobody waits for ever. On the call's lane.

#include <boost/asio/awaitable.hpp>
#include <cstddef>

#include "base/log.hpp"
#include "engine/traffic/problems.hpp"
#include "idswitch/switch.hpp"

namespace idswitch::app {

template <class Work>
boost::asio::awaitable<Outcome<Verification>> outcome_of_work(Work work, std::size_t lane) {
  try {
    co_return co_await work(lane);
  } catch (...) {
    // What it says may name people.
    log::write(log::Level::error, "call_threw");
  }
  co_return engine::to_problem(
      Error(Errc::internal, "the switch has a bug, and its log the line call_threw"));
}

}  // namespace idswitch::app
