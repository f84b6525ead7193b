#pragma once

// ClosedSwitch: the switch of a configuration that nobody serves from at the moment, for what a
// person does to its file: the plugins and the store are open, and no vendor can be asked. The
// file's lock keeps a running switch and this apart; a running one takes the same orders at its
// admin API. One thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <memory>
#include <string>

#include "engine/verification/desk.hpp"
#include "engine/verification/in_flight.hpp"

namespace idswitch::app {

class ClosedSwitch {
 public:
  // Errors: config_invalid, storage_failed, also when a switch is running on the file; a sentence
  // for people, or a line for each complaint.
  static Result<std::unique_ptr<ClosedSwitch>> open(const std::string& config_file);

  ~ClosedSwitch();

  ClosedSwitch(const ClosedSwitch&) = delete;
  ClosedSwitch& operator=(const ClosedSwitch&) = delete;

  engine::Desk& desk() { return desk_; }

  const std::shared_ptr<const engine::Setup>& setup() const { return setup_; }

  // Waits for what the work answers.
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    std::future<T> answer = boost::asio::co_spawn(io_, std::move(work), boost::asio::use_future);
    io_.restart();
    io_.run();
    return answer.get();
  }

 private:
  class NoVendors;

  ClosedSwitch(std::shared_ptr<const engine::Setup> setup, std::unique_ptr<store::Store> store,
               std::uint64_t last_id);

  boost::asio::io_context io_;  // outlives the store, whose last completions go to it
  SystemClock clock_;
  std::shared_ptr<const engine::Setup> setup_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<NoVendors> vendors_;
  engine::Traffic traffic_;
  std::shared_ptr<engine::InFlight> in_flight_ = std::make_shared<engine::InFlight>();
  VerificationIds ids_;
  engine::Desk desk_;
};

}  // namespace idswitch::app
