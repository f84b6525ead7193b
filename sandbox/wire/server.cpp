#include "wire/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <stdexcept>

#include "vendors/router.hpp"
#include "wire/notifier.hpp"
#include "wire/wire.hpp"
#include "world/control.hpp"

namespace idswitch::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using namespace std::chrono_literals;

// Above every vendor's own limit, so that the vendors' 413 are theirs: a 20 MB Baidu video is
// about 28 MB as base64 in a form.
constexpr std::uint64_t body_bytes_max = std::uint64_t{64} * 1024 * 1024;
constexpr std::uint32_t header_bytes_max = 64u * 1024;
constexpr auto idle_limit = 120s;

tcp::acceptor listen(asio::io_context& context, const tcp::endpoint& endpoint) {
  try {
    return {context, endpoint};
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("cannot listen on " + endpoint.address().to_string() + ":" +
                             std::to_string(endpoint.port()) + ": " + error.what());
  }
}

}  // namespace

class Server::Implementation {
 public:
  Implementation(Sandbox& sandbox, ServerOptions options)
      : sandbox_(sandbox),
        options_(std::move(options)),
        context_(1),
        tls_(asio::ssl::context::tls_server),
        trust_(asio::ssl::context::tls_client),
        vendors_(listen(context_, parse_address(options_.listen))),
        control_(listen(context_, parse_control_address())) {
    tls_.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    tls_.use_certificate_chain_file(options_.tls.certificate.string());
    tls_.use_private_key_file(options_.tls.private_key.string(), asio::ssl::context::pem);
    trust_.set_default_verify_paths();
    if (!options_.notify_ca.empty()) trust_.load_verify_file(options_.notify_ca.string());
  }

  void run(bool stop_on_signals) {
    asio::co_spawn(context_, accept(vendors_, true), asio::detached);
    asio::co_spawn(context_, accept(control_, false), asio::detached);
    asio::signal_set signals(context_);
    if (stop_on_signals) {
      signals.add(SIGINT);
      signals.add(SIGTERM);
      signals.async_wait([this](boost::system::error_code error, int) {
        if (!error) context_.stop();
      });
    }
    context_.run();
  }

  void stop() { context_.stop(); }

  std::uint16_t port() const { return vendors_.local_endpoint().port(); }

  std::uint16_t control_port() const { return control_.local_endpoint().port(); }

 private:
  tcp::endpoint parse_control_address() const {
    const tcp::endpoint endpoint = parse_address(options_.control);
    if (!endpoint.address().is_loopback()) {
      throw std::invalid_argument("the control API listens on loopback only: " + options_.control);
    }
    return endpoint;
  }

  asio::awaitable<void> accept(tcp::acceptor& acceptor, bool is_vendor) {
    while (true) {
      boost::system::error_code error;
      tcp::socket socket =
          co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (error) {
        // Out of descriptors, mostly: wait for some to be closed.
        asio::steady_timer timer(context_, 50ms);
        co_await timer.async_wait(asio::use_awaitable);
        continue;
      }
      socket.set_option(tcp::no_delay(true), error);
      asio::co_spawn(context_, connection(std::move(socket), is_vendor),
                     [](const std::exception_ptr&) {});  // a client's broken connection
    }
  }

  asio::awaitable<void> connection(tcp::socket socket, bool is_vendor) {
    if (!is_vendor) {
      beast::tcp_stream stream(std::move(socket));
      co_await serve(stream, false);
      boost::system::error_code ignored;
      stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
      co_return;
    }
    beast::ssl_stream<beast::tcp_stream> stream(std::move(socket), tls_);
    beast::get_lowest_layer(stream).expires_after(10s);
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
    if (co_await serve(stream, true)) {
      beast::get_lowest_layer(stream).expires_after(2s);
      co_await stream.async_shutdown(asio::use_awaitable);
    }
  }

  // False when the connection must be dropped without a TLS goodbye.
  template <class Stream>
  asio::awaitable<bool> serve(Stream& stream, bool is_vendor) {
    beast::flat_buffer buffer;
    while (true) {
      beast::get_lowest_layer(stream).expires_after(idle_limit);
      http::request_parser<http::string_body> parser;
      parser.body_limit(body_bytes_max);
      parser.header_limit(header_bytes_max);
      boost::system::error_code error;
      co_await http::async_read_header(stream, buffer, parser,
                                       asio::redirect_error(asio::use_awaitable, error));
      if (!error && beast::iequals(parser.get()[http::field::expect], "100-continue")) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        co_await asio::async_write(stream, asio::buffer(go_on), asio::use_awaitable);
      }
      if (!error) {
        co_await http::async_read(stream, buffer, parser,
                                  asio::redirect_error(asio::use_awaitable, error));
      }
      if (error == http::error::body_limit) {
        const std::string text = write_message(too_large_reply(), false, true);
        co_await asio::async_write(stream, asio::buffer(text), asio::use_awaitable);
        co_return true;
      }
      if (error) co_return error == http::error::end_of_stream;
      const bool keep_alive = parser.get().keep_alive();
      const Request request = read_message(parser.release());
      if (!co_await respond(stream, request, is_vendor, keep_alive)) co_return false;
      if (!keep_alive) co_return true;
    }
  }

  template <class Stream>
  asio::awaitable<bool> respond(Stream& stream, const Request& request, bool is_vendor,
                                bool keep_alive) {
    Reply reply = process(request, is_vendor);
    beast::get_lowest_layer(stream).expires_never();
    if (reply.notifies_first) co_await notify(std::move(reply.notifications));
    if (reply.delay > 0ms) {
      asio::steady_timer timer(context_, reply.delay);
      co_await timer.async_wait(asio::use_awaitable);
    }
    if (reply.delivery != Delivery::nothing) {
      beast::get_lowest_layer(stream).expires_after(idle_limit);
      const std::string text = write_message(reply, keep_alive, request.method != "HEAD");
      co_await asio::async_write(stream, asio::buffer(text), asio::use_awaitable);
    }
    if (!reply.notifies_first && !reply.notifications.empty()) {
      asio::co_spawn(context_, notify(std::move(reply.notifications)), asio::detached);
    }
    co_return reply.delivery == Delivery::whole;
  }

  Reply process(const Request& request, bool is_vendor) {
    Reply reply;
    try {
      reply = is_vendor ? answer(sandbox_, request) : answer_control(sandbox_, request);
    } catch (const std::exception& error) {
      // A defect of the sandbox, which must not look like a vendor's reply.
      reply = text_reply(500, "idswitch-sandbox: internal error\n");
      if (options_.log) options_.log(std::string("internal error: ") + error.what());
    }
    if (options_.log && is_vendor) {
      options_.log(request.method + ' ' + loggable_name(request) + ' ' +
                   std::to_string(reply.status));
    }
    return reply;
  }

  asio::awaitable<void> notify(std::vector<Notification> notifications) {
    for (const Notification& notification : notifications) {
      sandbox_.notifications.push_back(co_await deliver(notification, trust_));
    }
  }

  Sandbox& sandbox_;
  ServerOptions options_;
  asio::io_context context_;
  asio::ssl::context tls_;
  asio::ssl::context trust_;
  tcp::acceptor vendors_;
  tcp::acceptor control_;
};

Server::Server(Sandbox& sandbox, ServerOptions options)
    : implementation_(std::make_unique<Implementation>(sandbox, std::move(options))) {}

Server::~Server() = default;

std::uint16_t Server::port() const {
  return implementation_->port();
}

std::uint16_t Server::control_port() const {
  return implementation_->control_port();
}

void Server::run(bool stop_on_signals) {
  implementation_->run(stop_on_signals);
}

void Server::stop() {
  implementation_->stop();
}

}  // namespace idswitch::sandbox
