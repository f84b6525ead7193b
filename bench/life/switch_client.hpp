#pragma once

// SwitchClient: requests to the switch on as many kept connections as are needed at a time. A kept
// one that the switch has closed meanwhile is replaced. One thread.

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "life/message.hpp"

namespace idswitch::life {

namespace asio = boost::asio;
using asio::ip::tcp;
using Failure = boost::system::error_code;

class SwitchClient {
 public:
  // status 0: no answer came.
  using Done = std::function<void(int status, std::string_view body)>;

  SwitchClient(asio::io_context& context, std::uint16_t port)
      : context_(context), switch_(asio::ip::address_v4::loopback(), port) {}

  void send(std::string request, Done done) {
    std::shared_ptr<Connection> one;
    if (idle_.empty()) {
      one = std::make_shared<Connection>(context_);
    } else {
      one = std::move(idle_.back());
      idle_.pop_back();
    }
    one->out = std::move(request);
    one->done = std::move(done);
    if (one->is_open) return write(one);
    one->socket.async_connect(switch_, [this, one](const Failure& failure) {
      if (failure) return one->done(0, failure.message());
      Failure ignored;
      one->socket.set_option(tcp::no_delay(true), ignored);
      write(one);
    });
  }

 private:
  struct Connection {
    explicit Connection(asio::io_context& context) : socket(context) {}

    tcp::socket socket;
    std::array<char, 8 * 1024> block;
    std::string in, out;
    Done done;
    bool is_open = false;  // since an earlier request, so the switch may have closed it
  };

  using Shared = std::shared_ptr<Connection>;

  void write(const Shared& one) {
    one->in.clear();
    asio::async_write(one->socket, asio::buffer(one->out),
                      [this, one](const Failure& failure, std::size_t) {
                        if (failure) return again(one, failure);
                        read(one);
                      });
  }

  void read(const Shared& one) {
    one->socket.async_read_some(asio::buffer(one->block),
                                [this, one](const Failure& failure, std::size_t bytes) {
                                  if (failure) return again(one, failure);
                                  one->in.append(one->block.data(), bytes);
                                  Message message;
                                  if (!whole(one->in, message)) return read(one);
                                  take(one, message);
                                });
  }

  void take(const Shared& one, const Message& message) {
    int status = 0;
    if (message.head.size() > 12)
      std::from_chars(message.head.data() + 9, message.head.data() + 12, status);
    const Done done = std::move(one->done);
    done(status, message.body);
    one->is_open = !equal_in_any_case(header(message.head, "connection"), "close");
    if (one->is_open) idle_.push_back(one);
  }

  void again(const Shared& one, const Failure& failure) {
    if (!one->is_open) return one->done(0, failure.message());
    send(std::move(one->out), std::move(one->done));
  }

  asio::io_context& context_;
  tcp::endpoint switch_;
  std::vector<Shared> idle_;
};

}  // namespace idswitch::life
