#pragma once

// HttpServer: HTTP/1.1 for the platform, and for vendors' and browsers' returns, optionally over
// TLS. One listening socket per lane on the same port (SO_REUSEPORT). Answers bad HTTP itself,
// through the application's own form of error. Made, started and stopped on one thread; the handler
// runs on lanes.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/values/byte_size.hpp"
#include "net/http_message.hpp"
#include "net/lanes.hpp"

namespace idswitch::net {

struct ServerConfig {
  std::string listen =
      "127.0.0.1:8080";          // "address:port"; "[::1]:0" for a port of the system's choice
  std::string certificate_file;  // PEM chain; with private_key_file: serve TLS
  std::string private_key_file;
  std::size_t head_bytes_max = 16 * k_kib;
  std::size_t body_bytes_max = 24 * k_mib;
  // Of all bodies that are arriving or being answered, together; at least twice body_bytes_max.
  std::size_t buffered_bytes_max = 256 * k_mib;
  std::size_t connections_max = 10'000;  // over all lanes; more are closed at once
  std::chrono::milliseconds head_timeout{
      10'000};  // from the first byte of a request to the whole head
  std::chrono::milliseconds body_timeout{60'000};
  std::chrono::milliseconds idle_timeout{75'000};
};

struct IncomingRequest {
  std::string_view method;
  std::string_view target;  // as it arrived, "/path?query"
  std::string_view path;    // target up to '?'
  std::string_view query;   // after '?', undecoded
  const std::vector<Header>* headers = nullptr;
  std::string_view body;
  std::size_t lane = 0;

  std::string_view header(std::string_view name) const { return find_header(*headers, name); }
};

struct OutgoingReply {
  int status = 200;
  std::string_view content_type = "application/json";
  std::string headers;  // further whole lines, "Name: value\r\n"
  std::string body;
  bool close = false;
};

// What a request may bring, as its head alone tells.
struct BodyLimit {
  std::size_t bytes_max = 0;  // ServerConfig::body_bytes_max limits it, too
  bool is_stranger = true;    // nobody whose key was looked at
};

class HttpServer {
 public:
  // Fills the reply. The views of the request live until it completes. Must not throw.
  using Handler =
      std::function<boost::asio::awaitable<void>(const IncomingRequest&, OutgoingReply&)>;
  // Fills the reply for a request that cannot be handed on: payload_too_large, overloaded (no room
  // in buffered_bytes_max), shutting_down (its head was not whole when stop() began), or
  // bad_request with status 400, 408 or 431; internal when a handler threw after all. Runs on
  // lanes.
  using ErrorReply = std::function<void(const Error& error, int http_status, OutgoingReply&)>;

  // Looks at a request whose body is still to come, before anything is kept for it; its body is
  // empty. Nothing: the reply it has filled is sent, no byte of the body is kept, and the
  // connection closes. Not asked about requests that came whole with their head. Runs on lanes.
  using Admit =
      std::function<std::optional<BodyLimit>(const IncomingRequest& head, OutgoingReply& refusal)>;

  HttpServer(Lanes& lanes, ServerConfig config, Handler handler, ErrorReply error_reply,
             Admit admit = {});
  ~HttpServer();

  // Binds and begins to accept. Fails with config_invalid: a malformed address, a port in use, a
  // certificate or key that cannot be read or do not belong together.
  Result<void> start();

  // The port that is bound, for `listen` with port 0.
  std::uint16_t port() const;

  // Stops accepting, closes idle connections, lets requests that run finish for at most grace. Then
  // everything is closed. [blocking]
  void stop(std::chrono::milliseconds grace);

  // Requests between head and last byte of the answer.
  std::size_t in_flight() const;

  // What is held of buffered_bytes_max now.
  std::size_t buffered_bytes() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace idswitch::net
