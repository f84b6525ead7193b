#include "net/client_connection.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "base/values/byte_size.hpp"
#include "net/connection_pool.hpp"
#include "net/origin.hpp"

namespace idswitch::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Up to here a body is copied behind its head, so that both leave in one record and one write.
constexpr std::size_t k_joined_body_bytes = 16 * k_kib;
constexpr std::size_t k_kept_out_bytes = 64 * k_kib;

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

// Method, version, the names of our own headers and a length.
constexpr std::size_t k_head_line_bytes = 128;

bool is_joined(const OutgoingRequest& request) {
  return request.body.size() <= k_joined_body_bytes;
}

bool wants_length(const OutgoingRequest& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
         request.method == "PATCH";
}

}  // namespace

ClientConnection::ClientConnection(Deadlines& deadlines, ConnectionPool& pool, const Origin& origin)
    : Entry(deadlines), pool_(pool), origin_(origin) {}

ClientConnection::~ClientConnection() {
  if (stream_) stream_->close();
}

void ClientConnection::on_deadline() {
  if (idle_) {
    pool_.discard(*this);  // destroys this
    return;
  }
  timed_out_ = true;
  boost::system::error_code ignored;
  if (connecting_) connecting_->close(ignored);
  if (stream_) stream_->abort();
}

void ClientConnection::begin_idle() {
  idle_ = true;
  set_deadline(pool_.deadlines().now() + origin_.config().idle_timeout);
}

asio::awaitable<bool> ClientConnection::open(asio::io_context& lane, HostAddresses& addresses,
                                             Time deadline, Reply& reply) {
  const auto endpoints = co_await addresses.get(deadline, reply.detail);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) break;
    timed_out_ = false;
    set_deadline(now + (deadline - now) / static_cast<int>(endpoints.size() - i));
    if (co_await connect(lane, endpoints[i], reply)) {
      set_deadline(Deadlines::never);
      addresses.prefer(endpoints[i]);
      co_return true;
    }
  }
  co_return false;
}

asio::awaitable<bool> ClientConnection::connect(asio::io_context& lane,
                                                const tcp::endpoint& endpoint, Reply& reply) {
  stream_.reset();
  reply.is_our_shortage = false;
  connecting_.emplace(lane);
  const auto [error] =
      co_await connecting_->async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
  boost::system::error_code ignored;
  connecting_->set_option(tcp::no_delay(true), ignored);
  if (error || timed_out_) {
    reply.detail = timed_out_ ? "connect timed out" : clause(error);
    reply.is_our_shortage = !timed_out_ && is_our_shortage(error);
    connecting_.reset();
    co_return false;
  }
  stream_.emplace(std::move(*connecting_),
                  TlsSession::client(origin_.tls(), origin_.host(), origin_.host_is_ip()));
  connecting_.reset();
  const Io io = co_await stream_->handshake();
  if (io == Io::ok && !timed_out_) co_return true;
  reply.detail = timed_out_ ? "the TLS handshake timed out" : stream_->failure();
  co_return false;
}

asio::awaitable<void> ClientConnection::exchange(const OutgoingRequest& request, Time deadline,
                                                 Reply& reply) {
  idle_ = timed_out_ = reusable_ = false;
  write_failure_.clear();
  set_deadline(deadline);
  reader_.start(request.method == "HEAD", origin_.config().response_bytes_max, reply);

  const std::uint64_t taken_before = stream_->bytes_taken();
  const Io written = co_await write_request(request);
  sent_something_ = stream_->bytes_taken() != taken_before;
  if (written != Io::ok) write_failure_ = stream_->failure();
  if (written != Io::ok && (timed_out_ || !sent_something_)) {
    reply.transport = sent_something_ ? Transport::sent_no_reply : Transport::not_sent;
    reply.detail = timed_out_ ? "the deadline passed while sending" : write_failure_;
  } else {
    // Also after a failed write: a server that refuses a large body answers before it has all of
    // it.
    reply.transport = co_await read_reply(reply.detail);
  }
  if (reply.transport != Transport::replied) {
    reply.status = 0;
    reply.headers.clear();
    reply.body.clear();
  }
  set_deadline(Deadlines::never);
  reusable_ = reply.transport == Transport::replied && written == Io::ok && reader_.keeps_alive();
  // It holds an account's secrets and a person's data, and the connection may be idle for long.
  if (out_.capacity() > k_kept_out_bytes)
    out_ = WipedText();
  else
    wipe(out_);
}

bool ClientConnection::can_resend(const OutgoingRequest& request) const {
  return !timed_out_ && !reader_.heard() && (request.resend_safe || !sent_something_);
}

void ClientConnection::write_head(const OutgoingRequest& request) {
  out_.clear();
  WipedText::make_room(out_, k_head_line_bytes + request.target.size() + request.headers.size() +
                                 origin_.prefix().size() + origin_.host_header().size() +
                                 (is_joined(request) ? request.body.size() : 0));
  out_.append(request.method).append(" ").append(origin_.prefix()).append(request.target);
  out_.append(" HTTP/1.1\r\nHost: ").append(origin_.host_header()).append("\r\n");
  out_.append(request.headers);
  if (wants_length(request)) {
    out_.append("Content-Length: ");
    append_number(out_, request.body.size());
    out_.append("\r\n");
  }
  out_.append("\r\n");
}

asio::awaitable<Io> ClientConnection::write_request(const OutgoingRequest& request) {
  write_head(request);
  const bool joined = is_joined(request);
  if (joined) out_.append(request.body);
  Io io = Io::ok;
  if (!stream_->write_at_once(out_, io)) io = co_await stream_->write_rest();
  if (!joined && io == Io::ok) {
    if (!stream_->write_at_once(request.body, io)) io = co_await stream_->write_rest();
  }
  co_return io;
}

asio::awaitable<Transport> ClientConnection::read_reply(std::string& detail) {
  for (;;) {
    std::size_t got = 0;
    const Io io = co_await stream_->read_some(reader_.space(), got);
    ReplyReader::Step step = ReplyReader::Step::need_input;
    if (io == Io::ok) {
      reader_.added(got);
      step = reader_.advance();
    } else if (!reader_.began() || timed_out_ || io == Io::failed) {
      co_return ended(io, detail);
    } else {
      step = reader_.end_of_input(io == Io::closed);
    }
    switch (step) {
      case ReplyReader::Step::need_input: break;
      case ReplyReader::Step::complete: co_return Transport::replied;
      case ReplyReader::Step::broken: detail = reader_.why(); co_return Transport::reply_broken;
      case ReplyReader::Step::too_big: detail = reader_.why(); co_return Transport::reply_too_big;
    }
  }
}

// The connection gave up before the reply was whole.
Transport ClientConnection::ended(Io io, std::string& detail) {
  if (timed_out_) {
    detail = reader_.began() ? "the deadline passed in the middle of the reply"
                             : "the deadline passed before a reply";
  } else if (io == Io::failed) {
    detail = stream_->failure();
  } else {
    detail = write_failure_.empty() ? "the connection closed without a reply" : write_failure_;
  }
  return reader_.began() ? Transport::reply_broken : Transport::sent_no_reply;
}

}  // namespace idswitch::net
