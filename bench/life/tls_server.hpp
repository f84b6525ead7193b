#pragma once

// TlsServer: answers requests on kept TLS connections, at once or after a while by timer. One
// thread.

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "life/message.hpp"

namespace idswitch::life {

namespace asio = boost::asio;
using asio::ip::tcp;
using Failure = boost::system::error_code;

class TlsServer {
 public:
  struct Answer {
    std::string text;
    std::chrono::milliseconds after{0};
  };

  using Handler = std::function<Answer(const Message&)>;

  TlsServer(asio::io_context& context, asio::ssl::context& tls, std::uint16_t port, Handler handler)
      : tls_(tls),
        handler_(std::move(handler)),
        acceptor_(context, {asio::ip::address_v4::loopback(), port}) {
    accept();
  }

 private:
  struct Connection {
    Connection(tcp::socket socket, asio::ssl::context& tls)
        : stream(std::move(socket), tls), timer(stream.get_executor()) {}

    asio::ssl::stream<tcp::socket> stream;
    asio::steady_timer timer;
    std::array<char, 8 * 1024> block;
    std::string in, out;
  };

  using Shared = std::shared_ptr<Connection>;

  void accept() {
    acceptor_.async_accept([this](const Failure& failure, tcp::socket socket) {
      if (!failure) {
        Failure ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        auto one = std::make_shared<Connection>(std::move(socket), tls_);
        one->stream.async_handshake(asio::ssl::stream_base::server, [this, one](const Failure& f) {
          if (!f) read(one);
        });
      }
      accept();
    });
  }

  void read(const Shared& one) {
    one->stream.async_read_some(
        asio::buffer(one->block), [this, one](const Failure& failure, std::size_t bytes) {
          if (failure) return;
          one->in.append(one->block.data(), bytes);
          Message message;
          if (!whole(one->in, message)) return read(one);
          Answer answer = handler_(message);
          one->in.clear();
          one->out = std::move(answer.text);
          if (answer.after == std::chrono::milliseconds(0)) return write(one);
          one->timer.expires_after(answer.after);
          one->timer.async_wait([this, one](const Failure&) { write(one); });
        });
  }

  void write(const Shared& one) {
    asio::async_write(one->stream, asio::buffer(one->out),
                      [this, one](const Failure& failure, std::size_t) {
                        if (!failure) read(one);
                      });
  }

  asio::ssl::context& tls_;
  Handler handler_;
  tcp::acceptor acceptor_;
};

}  // namespace idswitch::life
