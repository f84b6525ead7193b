#pragma once

// HostAddresses: the addresses of one host, resolved in the background and kept for half a minute.
// An answer that has grown old serves on while DNS fails. Lane's thread only; held by shared_ptr
// because the system's resolver cannot be interrupted.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace idswitch::net {

class HostAddresses : public std::enable_shared_from_this<HostAddresses> {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

  // An IP address needs no resolving.
  HostAddresses(boost::asio::io_context& lane, std::string host, std::uint16_t port);

  // Empty at the deadline or when there is none; then detail says why.
  boost::asio::awaitable<Endpoints> get(Time deadline, std::string& detail);

  // Tried first from now on: the last one that worked.
  void prefer(const boost::asio::ip::tcp::endpoint& endpoint);
  // Wakes everybody who waits.
  void cancel();

 private:
  void resolve();
  void resolved(const boost::system::error_code& error,
                const boost::asio::ip::tcp::resolver::results_type& results);

  boost::asio::ip::tcp::resolver resolver_;
  std::string host_;
  std::uint16_t port_;
  Endpoints endpoints_;
  Time fresh_until_ = Time::min();
  bool resolving_ = false;
  std::string failure_;
  std::list<boost::asio::steady_timer> waiters_;
};

}  // namespace idswitch::net
