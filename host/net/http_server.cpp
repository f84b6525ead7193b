#include "net/http_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <exception>
#include <thread>

#include "base/log.hpp"
#include "net/server_connection.hpp"
#include "net/server_lane.hpp"

namespace idswitch::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// Everything is closed by then; what may be left is a handler that does not come back.
constexpr auto k_close_timeout = std::chrono::milliseconds(500);

Error invalid_listen(const std::string& listen, const std::string& why) {
  return Error(Errc::config_invalid, "Cannot listen on '" + listen + "': " + why + ".", "/listen");
}

Result<tcp::endpoint> parse_listen(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  std::string address = listen.substr(0, colon == listen.npos ? 0 : colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != address.npos) {
    address.clear();  // an IPv6 address needs brackets
  }
  error_code error;
  const auto ip = asio::ip::make_address(address, error);
  std::uint16_t port = 0;
  const char* const end = listen.data() + listen.size();
  const char* const digits = colon == listen.npos ? end : listen.data() + colon + 1;
  const auto parsed = std::from_chars(digits, end, port);
  if (error || digits == end || parsed.ec != std::errc() || parsed.ptr != end) {
    return invalid_listen(listen, "it must look like '127.0.0.1:8080' or '[::1]:8080'");
  }
  return tcp::endpoint(ip, port);
}

constexpr int k_bind_attempts = 10;
constexpr std::chrono::milliseconds k_bind_pause{50};

error_code open_acceptor(tcp::acceptor& acceptor, const tcp::endpoint& endpoint, bool share_port) {
  using share = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && share_port) acceptor.set_option(share(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  return error;
}

asio::awaitable<void> serve(std::shared_ptr<ServerLane> lane, tcp::socket socket) {
  ServerConnection connection(*lane, std::move(socket));
  co_await connection.serve();
}

void accept(const std::shared_ptr<ServerLane>& lane, tcp::socket socket) {
  ServerShared& shared = *lane->shared;
  if (shared.stopping) return;
  if (shared.connections.fetch_add(1) >= shared.config.connections_max) {
    shared.connections.fetch_sub(1);
    log::write(log::Level::debug, "connection_refused", {{"reason", "connections_max"}});
    return;
  }
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  asio::co_spawn(lane->io, serve(lane, std::move(socket)), asio::detached);
}

asio::awaitable<void> accept_all(std::shared_ptr<ServerLane> lane) {
  asio::steady_timer pause(lane->io);
  while (lane->acceptor.is_open()) {
    auto [error, socket] =
        co_await lane->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (!error) {
      accept(lane, std::move(socket));
    } else if (lane->acceptor.is_open()) {
      // Out of descriptors, most likely: others must close first.
      log::write(log::Level::warn, "accept_failed", {{"reason", error.message()}});
      pause.expires_after(std::chrono::milliseconds(100));
      co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(Lanes& lanes, ServerConfig config, Handler handler, ErrorReply error_reply, Admit admit)
      : lanes_(lanes), shared_(std::make_shared<ServerShared>(std::move(config))) {
    shared_->handler = std::move(handler);
    shared_->error_reply = std::move(error_reply);
    shared_->admit = std::move(admit);
    shared_->in_flight = std::vector<LaneCounter>(lanes.size());
  }

  Result<void> start();
  void stop(std::chrono::milliseconds grace);

  std::uint16_t port() const { return endpoint_.port(); }

  std::size_t in_flight() const {
    std::size_t sum = 0;
    for (const LaneCounter& lane : shared_->in_flight) {
      sum += lane.value.load(std::memory_order_relaxed);
    }
    return sum;
  }

  std::size_t buffered_bytes() const {
    return shared_->bodies.held() + shared_->strangers_bodies.held();
  }

 private:
  Result<void> load_tls();
  Result<void> bind();
  error_code bind_lanes();
  void wait_until_empty(std::chrono::milliseconds timeout);

  Lanes& lanes_;
  std::shared_ptr<ServerShared> shared_;
  std::vector<std::shared_ptr<ServerLane>> server_lanes_;
  tcp::endpoint endpoint_;
};

Result<void> HttpServer::Impl::start() {
  if (auto loaded = load_tls(); !loaded) return loaded;
  if (auto bound = bind(); !bound) return bound;
  shared_->lanes_accepting = server_lanes_.size();
  for (const auto& lane : server_lanes_) asio::co_spawn(lane->io, accept_all(lane), asio::detached);
  return {};
}

Result<void> HttpServer::Impl::load_tls() {
  const ServerConfig& config = shared_->config;
  if (config.certificate_file.empty() != config.private_key_file.empty()) {
    return Error(Errc::config_invalid,
                 "certificate_file and private_key_file need each other; give both or none.");
  }
  if (config.certificate_file.empty()) return {};
  auto tls = make_server_tls(config.certificate_file, config.private_key_file);
  if (!tls) return tls.error();
  shared_->tls = std::move(*tls);
  return {};
}

Result<void> HttpServer::Impl::bind() {
  const std::string& listen = shared_->config.listen;
  auto endpoint = parse_listen(listen);
  if (!endpoint) return endpoint.error();
  endpoint_ = *endpoint;
  // Right after a restart the kernel may hold the port for a moment more.
  error_code error;
  for (int attempt = 0; attempt < k_bind_attempts; ++attempt) {
    if (attempt > 0) std::this_thread::sleep_for(k_bind_pause);
    error = bind_lanes();
    if (error != asio::error::address_in_use) break;
  }
  if (error) return invalid_listen(listen, clause(error) + "; choose another address or port");
  return {};
}

error_code HttpServer::Impl::bind_lanes() {
  server_lanes_.clear();
  {
    // SO_REUSEPORT would let us share a port with another process unnoticed; this bind does not.
    tcp::acceptor probe(lanes_.at(0));
    if (const error_code error = open_acceptor(probe, endpoint_, false)) return error;
  }
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    auto lane = std::make_shared<ServerLane>(shared_, lanes_.at(i), i);
    if (const error_code error = open_acceptor(lane->acceptor, endpoint_, true)) {
      server_lanes_.clear();
      return error;
    }
    endpoint_ = lane->acceptor.local_endpoint();  // port 0 has become a real one
    server_lanes_.push_back(std::move(lane));
  }
  return {};
}

void HttpServer::Impl::stop(std::chrono::milliseconds grace) {
  if (shared_->stopping.exchange(true)) return;
  if (!lanes_.running()) {  // nobody else touches them
    server_lanes_.clear();
    return;
  }
  for (const auto& lane : server_lanes_) {
    asio::post(lane->io, [lane] {
      lane->acceptor.close();
      for (ServerConnection* const connection : lane->connections) connection->begin_stop();
      const std::lock_guard lock(lane->shared->mutex);
      --lane->shared->lanes_accepting;
      lane->shared->changed.notify_all();
    });
  }
  wait_until_empty(grace);
  // Each lane's state must end on its own thread, so it goes there for good.
  for (auto& lane : server_lanes_) {
    asio::io_context& io = lane->io;
    asio::post(io, [last = std::move(lane)] {
      for (ServerConnection* const connection : last->connections) connection->abort();
    });
  }
  server_lanes_.clear();
  wait_until_empty(k_close_timeout);
}

void HttpServer::Impl::wait_until_empty(std::chrono::milliseconds timeout) {
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait_for(
      lock, timeout, [this] { return shared_->lanes_accepting == 0 && shared_->connections == 0; });
}

HttpServer::HttpServer(Lanes& lanes, ServerConfig config, Handler handler, ErrorReply error_reply,
                       Admit admit)
    : impl_(std::make_unique<Impl>(lanes, std::move(config), std::move(handler),
                                   std::move(error_reply), std::move(admit))) {}

HttpServer::~HttpServer() {
  try {
    impl_->stop(std::chrono::milliseconds(0));
  } catch (...) {
    // The lanes still use what would now be gone: there is no state to go on in.
    std::terminate();
  }
}

Result<void> HttpServer::start() {
  return impl_->start();
}

std::uint16_t HttpServer::port() const {
  return impl_->port();
}

void HttpServer::stop(std::chrono::milliseconds grace) {
  impl_->stop(grace);
}

std::size_t HttpServer::in_flight() const {
  return impl_->in_flight();
}

std::size_t HttpServer::buffered_bytes() const {
  return impl_->buffered_bytes();
}

}  // namespace idswitch::net
