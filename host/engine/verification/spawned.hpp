#pragma once

// A coroutine that nobody waits for. What it throws ends nothing but itself, and is logged.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <string_view>

namespace idswitch::engine {

// what: for the log, a literal.
void spawn_logged(const boost::asio::any_io_executor& executor, boost::asio::awaitable<void> work,
                  std::string_view what);

}  // namespace idswitch::engine
