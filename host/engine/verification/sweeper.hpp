#pragma once

// Sweeper: brings every open verification and every hold to an end, whether or not anybody asks. It
// reads from the store what is due, a page at a time, asks those vendors with bounded concurrency,
// and writes down when to ask next. What is due stands in the store, so a restart forgets nothing.
// One for each engine; start() and stop() from one thread, the rest runs on the lanes.

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "engine/verification/engine.hpp"

namespace idswitch::engine {

class Sweeper {
 public:
  Sweeper(Engine& engine, net::Lanes& lanes) : engine_(engine), lanes_(lanes) {}

  ~Sweeper() { stop(std::chrono::milliseconds(0)); }

  Sweeper(const Sweeper&) = delete;
  Sweeper& operator=(const Sweeper&) = delete;

  void start();

  // Begins nothing more, and waits up to grace for what is under way. Idempotent. [blocking]
  void stop(std::chrono::milliseconds grace);

 private:
  boost::asio::awaitable<void> run();
  // True when there may be more that is due.
  boost::asio::awaitable<bool> round();
  boost::asio::awaitable<void> ask(VerificationId id, std::size_t lane);

  Engine& engine_;
  net::Lanes& lanes_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> running_{false};
  std::atomic<int> asking_{0};
};

}  // namespace idswitch::engine
