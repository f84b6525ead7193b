#pragma once

// HttpClient: HTTPS to the vendors. One per lane; every call, and the destructor, on that lane's
// thread. Keeps a pool of warm TLS connections per origin. TLS 1.2 or newer, the certificate and
// the host name are always verified, SNI is sent. Follows no redirect, decodes no content coding.
// Does not retry, except that a request marked resend_safe is sent once more on a fresh connection
// when a pooled one turned out dead before any byte of a reply; so is any request of which not one
// byte had left.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/values/byte_size.hpp"
#include "net/http_message.hpp"

namespace idswitch::net {

// Where requests go. Made once per account and shared by all lanes.
struct OriginConfig {
  std::string base_url;  // "https://host[:port][/prefix]"; the prefix is put before every target
  std::string ca_file;   // PEM; empty = the system's store
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds idle_timeout{15'000};  // of a pooled connection
  std::size_t connections_max = 256;               // per lane; more requests wait their turn
  std::size_t response_bytes_max = 16 * k_mib;
};

// What became of a request; the numbers are IDSW_TRANSPORT_*.
enum class Transport : std::uint8_t {
  replied = 0,
  not_sent = 1,       // not one byte of the request left
  sent_no_reply = 2,  // some of it left; then silence, or the connection closed without a reply
  reply_too_big = 3,
  reply_broken = 4,  // a reply began and is not HTTP or ended too early
};

struct OutgoingRequest {
  std::string_view method;   // "POST"
  std::string_view target;   // "/path?query", already percent-encoded
  std::string_view headers;  // whole lines, each "Name: value\r\n"; without Host, Content-Length
                             // and Connection, which the client adds
  std::string_view body;
  bool resend_safe = false;
};

struct Reply {
  Transport transport = Transport::not_sent;
  int status = 0;               // replied only
  std::vector<Header> headers;  // replied only
  std::string body;             // replied only; whole, transfer coding removed
  std::string detail;           // otherwise: one clause for an operator, "connection refused",
                                // "certificate verify failed: self-signed certificate"; no URL
  // We ran out of something of our own (descriptors, memory, ports): no word about the other side.
  bool is_our_shortage = false;
};

class Origin;  // parsed base_url, TLS context, resolved addresses

class HttpClient {
 public:
  explicit HttpClient(boost::asio::io_context& lane);
  ~HttpClient();  // closes every connection

  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // Parses and loads. Fails with config_invalid and a sentence that says what would be right: not
  // an https URL, no host, user info in the URL, a ca_file that cannot be read or holds no
  // certificate. [startup]
  static Result<std::shared_ptr<const Origin>> make_origin(const OriginConfig& config);

  // The request's views must live until it completes. Never fails otherwise than through Reply;
  // returns at the deadline at the latest (plus one sweep of 50 ms).
  boost::asio::awaitable<Reply> exchange(std::shared_ptr<const Origin> origin,
                                         const OutgoingRequest& request,
                                         std::chrono::steady_clock::time_point deadline);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // also held by exchanges that run
};

}  // namespace idswitch::net
