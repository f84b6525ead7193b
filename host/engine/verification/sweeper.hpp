#pragma once

// Sweeper: brings every open verification and every hold to an end, whether or not anybody asks. It
// claims a page of what is due in one commit, which moves each one's next question on, and then
// asks; when the store refuses, nobody is asked, and it waits ever longer before it tries again.
// What is due stands in the store, so a restart forgets nothing; what was interrupted is due as
// well. One slow vendor holds up nobody else: there is no barrier between pages, and each account
// has its own share of questions. One for each engine; start() and stop() from one thread, the rest
// runs on the lanes.

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>

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
  struct State;

  boost::asio::awaitable<void> run();
  // Those that are due and that nobody works on, a page at most.
  Result<std::vector<store::DueVerification>> idle_due(std::int64_t now_unix_ms);
  // How many were claimed. Error: the store refused.
  boost::asio::awaitable<Result<std::size_t>> claim_due();
  boost::asio::awaitable<Result<void>> notice_set_clock();
  boost::asio::awaitable<Result<void>> find_unfinished();
  void ask_hurried();
  void spawn(VerificationId id, bool is_leased);

  Engine& engine_;
  net::Lanes& lanes_;
  std::shared_ptr<State> state_;  // what is under way may outlive the sweeper
};

}  // namespace idswitch::engine
