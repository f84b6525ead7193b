#pragma once

// ServerLane: what the connections of one lane share: configuration, counters, deadlines, the Date
// line. Lane's thread only, but for the atomics.

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <ctime>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "net/body_budget.hpp"
#include "net/deadlines.hpp"
#include "net/http_server.hpp"
#include "net/tls_context.hpp"

namespace idswitch::net {

class ServerConnection;

// A counter that one lane writes and other threads read, on a cache line of its own.
struct alignas(64) LaneCounter {
  std::atomic<std::size_t> value{0};
};

// Shared by all lanes, and kept alive by every connection.
struct ServerShared {
  explicit ServerShared(ServerConfig server_config)
      : config(std::move(server_config)),
        strangers_bodies(config.buffered_bytes_max / k_strangers_share),
        bodies(config.buffered_bytes_max - config.buffered_bytes_max / k_strangers_share) {}

  // What those who need no key may have arriving at once is a room of its own, so that they can
  // never shut out those who have one.
  static constexpr std::size_t k_strangers_share = 8;

  ServerConfig config;
  HttpServer::Handler handler;
  HttpServer::ErrorReply error_reply;
  HttpServer::Admit admit;  // empty: everything, up to body_bytes_max
  BodyBudget strangers_bodies;
  BodyBudget bodies;
  TlsContext tls;                      // null: plain
  std::vector<LaneCounter> in_flight;  // by lane
  std::atomic<std::size_t> connections{0};
  std::atomic<bool> stopping{false};
  // Only for the end: stop() waits until no lane accepts and no connection is left.
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t lanes_accepting = 0;
};

class ServerLane {
 public:
  ServerLane(std::shared_ptr<ServerShared> shared, boost::asio::io_context& io, std::size_t index);

  // "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", made anew once a second.
  std::string_view date_line();

  void connection_begins(ServerConnection& connection);
  void connection_ends(ServerConnection& connection);

  std::atomic<std::size_t>& in_flight() { return shared->in_flight[index].value; }

  std::shared_ptr<ServerShared> shared;
  boost::asio::io_context& io;
  std::size_t index;
  boost::asio::ip::tcp::acceptor acceptor;
  Deadlines deadlines;
  std::unordered_set<ServerConnection*> connections;

 private:
  std::time_t date_second_ = 0;
  std::string date_line_;
};

}  // namespace idswitch::net
