#pragma once

// Stream: a connected TCP socket, with or without TLS on it. Writes first try the kernel at once,
// which nearly always takes a small message whole, without suspending; reads suspend. No deadlines
// of its own: whoever keeps the time calls abort(), and what waits then ends with `failed`. Lane's
// thread only.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/tls_session.hpp"

namespace idswitch::net {

enum class Io : std::uint8_t {
  ok,
  closed,  // the peer ended in order: FIN, with TLS after close_notify
  cut,     // with TLS: FIN without close_notify
  failed,  // reset, aborted, a TLS alert: see failure()
};

class Stream {
 public:
  // tls may be null; its handshake is still to be made.
  Stream(boost::asio::ip::tcp::socket socket, std::unique_ptr<TlsSession> tls);

  bool has_tls() const { return tls_ != nullptr; }

  boost::asio::awaitable<Io> handshake();

  // ok: got bytes, at least one.
  boost::asio::awaitable<Io> read_some(std::span<char> to, std::size_t& got);

  // True: finished now, with result. False: co_await write_rest(). text must live until then.
  bool write_at_once(std::string_view text, Io& result);
  boost::asio::awaitable<Io> write_rest();

  // Bytes of written texts (encrypted, with TLS) that the kernel has taken so far.
  std::uint64_t bytes_taken() const { return bytes_taken_; }

  // Nothing has arrived, no data, no end: an idle connection can be used again.
  bool quiet();

  // Says goodbye as far as that goes without waiting; then reads and throws away what the peer
  // still sends until it closes too, at most bytes_max, so that the last answer is not lost to a
  // reset.
  boost::asio::awaitable<void> linger(std::size_t bytes_max);
  // Says goodbye without waiting and closes; what waits ends with `failed`.
  void close();
  // Closes at once; what waits ends with `failed`.
  void abort();
  // What waits ends with `failed`, but the socket can still be written to.
  void cancel();

  // One clause: "connection reset by peer".
  const std::string& failure() const { return failure_; }

 private:
  Io fail(const boost::system::error_code& error);
  Io fail_tls();
  // Sends pending bytes without waiting; ok also when the kernel is full.
  Io send_pending();

  bool has_pending() const { return !pending_.empty(); }

  // Encrypts the next piece of rest_, or makes rest_ itself pending.
  Io take_piece();
  boost::asio::awaitable<Io> flush();
  boost::asio::awaitable<Io> read_input();

  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<TlsSession> tls_;
  std::string_view rest_;     // plain text not yet begun
  std::string_view pending_;  // bytes for the socket, in rest_'s text or in the session's output
  std::uint64_t bytes_taken_ = 0;
  std::string failure_;
};

// "connection refused": an error's message as a clause.
std::string clause(const boost::system::error_code& error);

// We ran out of descriptors, memory or ports.
bool is_our_shortage(const boost::system::error_code& error);

}  // namespace idswitch::net
