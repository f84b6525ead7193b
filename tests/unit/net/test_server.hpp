#pragma once

// TestServer: an HttpServer on its own lanes; RawClient: a blocking socket that sends whatever a
// test wants and reads what comes.

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>

#include "net/http_server.hpp"
#include "net/lanes.hpp"

namespace idswitch::net::test {

// Something a handler waits for until the test opens it.
class Gate {
 public:
  explicit Gate(boost::asio::io_context& lane)
      : lane_(lane), timer_(lane, std::chrono::steady_clock::time_point::max()) {}

  boost::asio::awaitable<void> pass() {
    arrived_.set_value();
    co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }

  void wait_for_arrival() { arrived_.get_future().wait(); }

  void open() {
    boost::asio::post(lane_, [this] { timer_.cancel(); });
  }

 private:
  boost::asio::io_context& lane_;
  boost::asio::steady_timer timer_;
  std::promise<void> arrived_;
};

class TestServer {
 public:
  explicit TestServer(ServerConfig config = {}, std::size_t lanes = 1,
                      HttpServer::Handler handler = {}, HttpServer::Admit admit = {})
      : lanes_(lanes), gate_(lanes_.at(0)) {
    if (config.listen == ServerConfig().listen) config.listen = "127.0.0.1:0";
    if (!handler)
      handler = [this](const auto& request, auto& reply) { return echo(request, reply); };
    server_ =
        std::make_unique<HttpServer>(lanes_, config, std::move(handler), problem, std::move(admit));
    lanes_.start();
    if (!server_->start()) std::abort();
  }

  ~TestServer() {
    server_->stop(std::chrono::seconds(0));
    lanes_.stop();
  }

  HttpServer& server() { return *server_; }

  std::uint16_t port() const { return server_->port(); }

  // A request for /gate waits here.
  Gate& gate() { return gate_; }

  static void problem(const Error& error, int status, OutgoingReply& reply) {
    reply.status = status;
    reply.content_type = "application/problem+json";
    reply.body = std::string(describe(error.code()).name) + ": " + error.detail();
  }

 private:
  boost::asio::awaitable<void> echo(const IncomingRequest& request, OutgoingReply& reply) {
    if (request.path == "/gate") co_await gate_.pass();
    if (request.path == "/none") reply.status = 204;
    if (request.path == "/throw") throw std::runtime_error("bug");
    if (request.path == "/close") reply.close = true;
    reply.content_type = "text/plain";
    reply.headers = "X-Query: " + std::string(request.query) + "\r\n";
    reply.body.append(request.method).append(" ").append(request.path).append(" ");
    reply.body.append(request.header("x-test")).append(" ");
    reply.body += request.body.size() <= 100 ? std::string(request.body)
                                             : std::to_string(request.body.size());
  }

  Lanes lanes_;
  Gate gate_;
  std::unique_ptr<HttpServer> server_;
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const timeval bound{20, 0};  // a test that hangs fails instead
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof bound);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      std::abort();
  }

  ~RawClient() { ::close(socket_); }

  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the server has closed or reset.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // One reply with its body by Content-Length; what there is when the connection ends before.
  std::string read_reply(bool body_follows = true) {
    for (;;) {
      if (const std::size_t end = input_.find("\r\n\r\n"); end != input_.npos) {
        std::size_t size = end + 4;
        const std::size_t length = input_.find("Content-Length: ");
        if (length < end && body_follows) size += std::stoul(input_.substr(length + 16, 20));
        if (input_.size() >= size) {
          std::string reply = input_.substr(0, size);
          input_.erase(0, size);
          return reply;
        }
      }
      if (!receive()) return std::exchange(input_, {});
    }
  }

  std::string read_to_end() {
    while (receive()) {
    }
    return std::exchange(input_, {});
  }

  // True at an orderly end without further bytes.
  bool is_closed() {
    char byte = 0;
    return input_.empty() && ::recv(socket_, &byte, 1, 0) == 0;
  }

  void finish_sending() { ::shutdown(socket_, SHUT_WR); }

 private:
  bool receive() {
    char buffer[16 * 1024];
    const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    input_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  std::string input_;
};

inline int status_of(const std::string& reply) {
  return reply.size() < 12 ? 0 : std::atoi(reply.c_str() + 9);
}

inline std::string body_of(const std::string& reply) {
  const std::size_t end = reply.find("\r\n\r\n");
  return end == reply.npos ? "" : reply.substr(end + 4);
}

}  // namespace idswitch::net::test
