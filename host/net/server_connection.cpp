#include "net/server_connection.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/log.hpp"
#include "base/values/byte_size.hpp"

namespace idswitch::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t k_kept_bytes = 64 * k_kib;
// How long and how much a client may still send after the last answer before the connection is cut.
constexpr std::chrono::milliseconds k_linger_timeout{2'000};
constexpr std::size_t k_linger_bytes = 256 * k_kib;
constexpr std::chrono::milliseconds k_long_linger_timeout{15'000};
constexpr std::size_t k_long_linger_bytes = 128 * k_mib;
constexpr std::chrono::milliseconds k_stop_linger_timeout{300};

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

std::unique_ptr<TlsSession> make_session(const TlsContext& context) {
  return context ? TlsSession::server(context.get()) : nullptr;
}

void recycle(std::string& text) {
  text.clear();
  if (text.capacity() > k_kept_bytes) std::string().swap(text);
}

Errc code_of(const HeadFault& fault) {
  if (fault.status == 413) return Errc::payload_too_large;
  return fault.status == 503 ? Errc::overloaded : Errc::bad_request;
}

bool has_no_body(int status) {
  return status < 200 || status == 204 || status == 304;
}

}  // namespace

ServerConnection::ServerConnection(ServerLane& lane, asio::ip::tcp::socket socket)
    : Entry(lane.deadlines),
      lane_(lane),
      stream_(std::move(socket), make_session(lane_.shared->tls)),
      reader_(config().head_bytes_max, config().body_bytes_max) {
  lane_.connection_begins(*this);
}

ServerConnection::~ServerConnection() {
  set_in_flight(false);
  stream_.abort();
  lane_.connection_ends(*this);
}

asio::awaitable<void> ServerConnection::serve() {
  if (stream_.has_tls()) {
    enter(Phase::handshake, config().head_timeout);
    if (co_await stream_.handshake() != Io::ok) co_return;
  }
  enter(Phase::idle, config().idle_timeout);
  for (;;) {
    const RequestReader::Step step = reader_.advance();
    if (step == RequestReader::Step::refused) {
      co_return co_await refuse(code_of(reader_.fault()), reader_.fault());
    }
    if (refuses_ && reader_.head_done()) {
      co_return co_await refuse(Errc::shutting_down,
                                {503, "The server is stopping; send the request again."});
    }
    Io io = Io::ok;
    if (step == RequestReader::Step::complete) {
      set_in_flight(true);
      enter(Phase::handling, {});
      make_request();
      co_await handle();
      reader_.drop_body();  // however slowly the answer is read
      const bool goes_on = build_reply();
      if (!stream_.write_at_once(out_, io)) io = co_await write_slowly();
      if (io != Io::ok) co_return;
      set_in_flight(false);
      if (!goes_on) co_return co_await say_goodbye(k_linger_bytes, k_linger_timeout);
      recycle(out_);
      reader_.next();
      enter(Phase::idle, config().idle_timeout);
    } else if (step == RequestReader::Step::head_read) {
      make_request();
      if (!admit()) co_return co_await turn_away();
    } else if (step == RequestReader::Step::send_continue) {
      if (!stream_.write_at_once("HTTP/1.1 100 Continue\r\n\r\n", io)) io = co_await write_slowly();
      if (io != Io::ok) co_return;
    } else {
      note_progress();
      std::size_t got = 0;
      io = co_await stream_.read_some(reader_.space(), got);
      if (timed_out_) {
        co_return co_await refuse(Errc::bad_request, {408, "The request did not arrive in time."});
      }
      if (io != Io::ok) co_return;
      reader_.added(got);
    }
  }
}

asio::awaitable<void> ServerConnection::handle() {
  const ServerShared& shared = *lane_.shared;
  try {
    co_return co_await shared.handler(request_, reply_);
  } catch (const std::exception&) {
    log::write(log::Level::error, "http_handler_threw");
  }
  reply_ = OutgoingReply();
  shared.error_reply(Error(Errc::internal, "The request could not be handled."), 500, reply_);
}

bool ServerConnection::admit() {
  ServerShared& shared = *lane_.shared;
  std::optional<BodyLimit> limit = BodyLimit{config().body_bytes_max, false};
  try {
    if (shared.admit) limit = shared.admit(request_, reply_);
  } catch (const std::exception&) {
    log::write(log::Level::error, "http_admission_threw");
    reply_ = OutgoingReply();
    shared.error_reply(Error(Errc::internal, "The request could not be handled."), 500, reply_);
    return false;
  }
  if (!limit) return false;
  reader_.admit(limit->bytes_max, limit->is_stranger ? shared.strangers_bodies : shared.bodies);
  return true;
}

asio::awaitable<void> ServerConnection::refuse(Errc code, const HeadFault& fault) {
  request_ = IncomingRequest();
  reply_ = OutgoingReply();
  lane_.shared->error_reply(Error(code, fault.why), fault.status, reply_);
  co_await turn_away();
}

asio::awaitable<void> ServerConnection::turn_away() {
  reply_.close = true;
  timed_out_ = false;
  build_reply();
  Io io = Io::ok;
  if (!stream_.write_at_once(out_, io)) io = co_await write_slowly();
  if (io != Io::ok) co_return;
  // The client may be in the middle of a large body and not listen before it has sent it.
  set_in_flight(false);
  co_await say_goodbye(k_long_linger_bytes, k_long_linger_timeout);
}

asio::awaitable<Io> ServerConnection::write_slowly() {
  enter(Phase::writing, config().body_timeout);
  co_return co_await stream_.write_rest();
}

asio::awaitable<void> ServerConnection::say_goodbye(std::size_t bytes_max,
                                                    std::chrono::milliseconds timeout) {
  reader_.drop_body();
  enter(Phase::lingering, stopping_ ? std::min(timeout, k_stop_linger_timeout) : timeout);
  co_await stream_.linger(bytes_max);
}

void ServerConnection::begin_stop() {
  stopping_ = true;
  refuses_ = !reader_.head_done();
  if (phase_ == Phase::lingering) enter(phase_, k_stop_linger_timeout);
  if (phase_ == Phase::handshake || (phase_ == Phase::idle && reader_.idle())) stream_.close();
}

void ServerConnection::abort() {
  stream_.abort();
}

void ServerConnection::on_deadline() {
  if (phase_ == Phase::head || phase_ == Phase::body) {
    timed_out_ = true;  // is told so before the connection closes
    stream_.cancel();
  } else if (phase_ == Phase::idle) {
    stream_.close();
  } else {
    stream_.abort();
  }
}

// A timeout of zero: none, somebody else keeps the time.
void ServerConnection::enter(Phase phase, std::chrono::milliseconds timeout) {
  phase_ = phase;
  set_deadline(timeout.count() == 0 ? Deadlines::never : lane_.deadlines.now() + timeout);
}

// Before a read: whose time begins to run.
void ServerConnection::note_progress() {
  if (reader_.head_done()) {
    if (phase_ != Phase::body) enter(Phase::body, config().body_timeout);
    set_in_flight(true);
  } else if (phase_ == Phase::idle && !reader_.idle()) {
    enter(Phase::head, config().head_timeout);
  }
}

void ServerConnection::make_request() {
  const Head& head = reader_.head();
  request_.method = head.method;
  request_.target = head.target;
  request_.headers = &reader_.headers();
  request_.body = reader_.body();
  request_.lane = lane_.index;

  std::string_view path = head.target;
  if (path.front() == 'h') {  // absolute form, as a proxy sends it
    const std::size_t slash = path.find('/', path.find("//") + 2);
    path = slash == path.npos ? std::string_view("/") : path.substr(slash);
  }
  const std::size_t mark = path.find('?');
  request_.path = path.substr(0, mark);
  request_.query = mark == path.npos ? std::string_view() : path.substr(mark + 1);

  reply_.status = 200;
  reply_.content_type = "application/json";
  reply_.close = false;
  recycle(reply_.headers);
  recycle(reply_.body);
}

bool ServerConnection::build_reply() {
  const bool close = reply_.close || stopping_ || !reader_.head().keep_alive;
  const bool bodiless = has_no_body(reply_.status);
  out_.assign("HTTP/1.1 ");
  append_number(out_, static_cast<std::size_t>(reply_.status));
  out_.append(" ").append(reason_phrase(reply_.status)).append("\r\n");
  out_.append(lane_.date_line());
  if (!bodiless) {
    if (!reply_.content_type.empty()) {
      out_.append("Content-Type: ").append(reply_.content_type).append("\r\n");
    }
    out_.append("Content-Length: ");
    append_number(out_, reply_.body.size());
    out_.append("\r\n");
  }
  if (close) {
    out_.append("Connection: close\r\n");
  } else if (reader_.head().minor_version == 0) {
    out_.append("Connection: keep-alive\r\n");
  }
  out_.append(reply_.headers).append("\r\n");
  if (!bodiless && request_.method != "HEAD") out_.append(reply_.body);
  return !close;
}

void ServerConnection::set_in_flight(bool in_flight) {
  if (in_flight == in_flight_) return;
  in_flight_ = in_flight;
  // One writer, so no locked instruction is needed.
  auto& counter = lane_.in_flight();
  const std::size_t now = counter.load(std::memory_order_relaxed);
  counter.store(in_flight ? now + 1 : now - 1, std::memory_order_relaxed);
}

}  // namespace idswitch::net
