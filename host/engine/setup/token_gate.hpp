#pragma once

// TokenGate: lets one coroutine fetch the value of a dynamic slot while all others that want it
// wait, on whatever lane they run. Any thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace idswitch::engine {

class TokenGate {
 public:
  // True: the caller fetches, and must call done(). False: somebody else did meanwhile, or the
  // deadline passed; look whether there is a value now.
  boost::asio::awaitable<bool> enter(std::uint32_t slot,
                                     std::chrono::steady_clock::time_point deadline);

  // Wakes all who wait, whether the fetch succeeded or not.
  void done(std::uint32_t slot);

 private:
  std::mutex mutex_;
  std::map<std::uint32_t, std::vector<std::shared_ptr<boost::asio::steady_timer>>> fetching_;
};

}  // namespace idswitch::engine
