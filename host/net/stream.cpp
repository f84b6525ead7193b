#include "net/stream.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "base/values/byte_size.hpp"

namespace idswitch::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto k_as_values = asio::as_tuple(asio::use_awaitable);
// Bounds the memory that encrypting a large body takes.
constexpr std::size_t k_piece_bytes = 64 * k_kib;

error_code last_error() {
  return {errno, boost::system::system_category()};
}

bool would_block(const error_code& error) {
  return error.value() == EAGAIN || error.value() == EWOULDBLOCK;
}

}  // namespace

Stream::Stream(asio::ip::tcp::socket socket, std::unique_ptr<TlsSession> tls)
    : socket_(std::move(socket)), tls_(std::move(tls)) {}

asio::awaitable<Io> Stream::handshake() {
  for (;;) {
    const TlsSession::Step step = tls_->handshake();
    pending_ = tls_->output();
    const Io flushed = co_await flush();  // also the alert that says why not
    if (step == TlsSession::Step::done) co_return flushed;
    if (step != TlsSession::Step::need_input) co_return fail_tls();
    if (flushed != Io::ok) co_return flushed;
    if (const Io io = co_await read_input(); io != Io::ok) {
      if (failure_.empty()) failure_ = "connection closed during the TLS handshake";
      co_return io;
    }
  }
}

asio::awaitable<Io> Stream::read_some(std::span<char> to, std::size_t& got) {
  if (!tls_) {
    const auto [error, bytes] =
        co_await socket_.async_read_some(asio::buffer(to.data(), to.size()), k_as_values);
    got = bytes;
    if (!error) co_return Io::ok;
    co_return error == asio::error::eof ? Io::closed : fail(error);
  }
  for (;;) {
    const TlsSession::Step step = tls_->read(to, got);
    if (!tls_->output().empty() && !has_pending()) {
      pending_ = tls_->output();  // an answer to a key update; when it fails, so will the next read
      co_await flush();
    }
    switch (step) {
      case TlsSession::Step::done: co_return Io::ok;
      case TlsSession::Step::closed: co_return Io::closed;
      case TlsSession::Step::failed: co_return fail_tls();
      case TlsSession::Step::need_input: break;
    }
    if (const Io io = co_await read_input(); io != Io::ok) co_return io;
  }
}

asio::awaitable<Io> Stream::read_input() {
  const std::span<char> space = tls_->input_space();
  const auto [error, bytes] =
      co_await socket_.async_read_some(asio::buffer(space.data(), space.size()), k_as_values);
  if (error) co_return error == asio::error::eof ? Io::cut : fail(error);
  tls_->input_added(bytes);
  co_return Io::ok;
}

bool Stream::write_at_once(std::string_view text, Io& result) {
  rest_ = text;
  do {
    result = take_piece();
    if (result == Io::ok) result = send_pending();
    if (result != Io::ok) return true;
  } while (!has_pending() && !rest_.empty());
  return !has_pending();
}

asio::awaitable<Io> Stream::write_rest() {
  for (;;) {
    if (const Io io = co_await flush(); io != Io::ok) co_return io;
    if (rest_.empty()) co_return Io::ok;
    if (const Io io = take_piece(); io != Io::ok) co_return io;
  }
}

Io Stream::take_piece() {
  if (!tls_) {
    pending_ = std::exchange(rest_, {});
    return Io::ok;
  }
  const std::string_view piece = rest_.substr(0, k_piece_bytes);
  rest_.remove_prefix(piece.size());
  if (!piece.empty() && tls_->write(piece) != TlsSession::Step::done) return fail_tls();
  pending_ = tls_->output();
  return Io::ok;
}

Io Stream::send_pending() {
  while (has_pending()) {
    const ssize_t sent = ::send(socket_.native_handle(), pending_.data(), pending_.size(),
                                MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      const error_code error = last_error();
      return would_block(error) ? Io::ok : fail(error);
    }
    bytes_taken_ += static_cast<std::uint64_t>(sent);
    pending_.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (tls_) tls_->output().clear();
  return Io::ok;
}

asio::awaitable<Io> Stream::flush() {
  for (;;) {
    if (const Io io = send_pending(); io != Io::ok || !has_pending()) co_return io;
    const auto [error] = co_await socket_.async_wait(socket_.wait_write, k_as_values);
    if (error) co_return fail(error);
  }
}

bool Stream::quiet() {
  if (!socket_.is_open()) return false;
  if (!tls_) {
    char byte = 0;
    return ::recv(socket_.native_handle(), &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 &&
           would_block(last_error());
  }
  for (;;) {
    if (tls_->has_input() && (!tls_->quiet() || !tls_->output().empty())) return false;
    const std::span<char> space = tls_->input_space();
    const ssize_t got = ::recv(socket_.native_handle(), space.data(), space.size(), MSG_DONTWAIT);
    if (got < 0) return would_block(last_error());
    if (got == 0) return false;
    tls_->input_added(static_cast<std::size_t>(got));
  }
}

asio::awaitable<void> Stream::linger(std::size_t bytes_max) {
  if (tls_ && !has_pending()) {
    tls_->close();
    pending_ = tls_->output();
    send_pending();
  }
  error_code ignored;
  socket_.shutdown(socket_.shutdown_send, ignored);
  const auto space = std::make_unique<char[]>(k_piece_bytes);
  for (std::size_t bytes = 0; bytes < bytes_max;) {
    const auto [error, got] =
        co_await socket_.async_read_some(asio::buffer(space.get(), k_piece_bytes), k_as_values);
    if (error) break;
    bytes += got;
  }
  socket_.close(ignored);
}

void Stream::close() {
  if (!socket_.is_open()) return;
  if (tls_ && !has_pending() && rest_.empty()) {
    tls_->close();
    pending_ = tls_->output();
    send_pending();
    pending_ = {};
  }
  error_code ignored;
  socket_.close(ignored);
}

void Stream::abort() {
  error_code ignored;
  socket_.close(ignored);
}

void Stream::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

Io Stream::fail(const error_code& error) {
  failure_ = clause(error);
  rest_ = pending_ = {};
  if (tls_) tls_->output().clear();
  return Io::failed;
}

Io Stream::fail_tls() {
  failure_ = tls_->failure();
  return Io::failed;
}

bool is_our_shortage(const error_code& error) {
  namespace errc = boost::system::errc;
  return error == errc::too_many_files_open || error == errc::too_many_files_open_in_system ||
         error == errc::not_enough_memory || error == errc::no_buffer_space ||
         error == errc::address_not_available;
}

std::string clause(const error_code& error) {
  std::string message = error.message();
  // "Connection refused", but not "SSL ..."
  if (message.size() > 1 && message[0] >= 'A' && message[0] <= 'Z' && message[1] >= 'a') {
    message[0] = static_cast<char>(message[0] + ('a' - 'A'));
  }
  return message;
}

}  // namespace idswitch::net
