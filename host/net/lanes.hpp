#pragma once

// Lanes: one io_context and one thread per core. A connection, and everything a request does, stays
// on the lane it arrived at, so the path takes no lock. Made and stopped by app; at() from any
// thread.

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <memory>
#include <vector>

namespace idswitch::net {

class Lanes {
 public:
  // count 0: one per core. Threads start in start().
  explicit Lanes(std::size_t count);
  ~Lanes();  // stop()

  Lanes(const Lanes&) = delete;
  Lanes& operator=(const Lanes&) = delete;

  std::size_t size() const;
  boost::asio::io_context& at(std::size_t lane);
  // Between start() and stop(): what is posted to a lane will run.
  bool running() const;

  void start();
  // Lets every handler that runs finish, drops the rest, joins the threads. Idempotent.
  void stop();

 private:
  struct Lane;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace idswitch::net
