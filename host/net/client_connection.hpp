#pragma once

// ClientConnection: one TLS connection to an origin, one request at a time on it. Knows nothing of
// the pool it comes from but whom to tell when it has been idle too long. Lane's thread only.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/wiped_text.hpp"
#include "net/deadlines.hpp"
#include "net/host_addresses.hpp"
#include "net/http_client.hpp"
#include "net/reply_reader.hpp"
#include "net/stream.hpp"

namespace idswitch::net {

class ConnectionPool;

class ClientConnection final : public Deadlines::Entry {
 public:
  using Time = Deadlines::Time;

  ClientConnection(Deadlines& deadlines, ConnectionPool& pool, const Origin& origin);
  ~ClientConnection() override;

  // Tries every address until one has accepted the connection and proved who it is. Each gets its
  // share of the time. False: reply.detail says why the last one failed.
  boost::asio::awaitable<bool> open(boost::asio::io_context& lane, HostAddresses& addresses,
                                    Time deadline, Reply& reply);

  // Fills reply, transport and detail included. Afterwards reusable() says whether another may
  // follow.
  boost::asio::awaitable<void> exchange(const OutgoingRequest& request, Time deadline,
                                        Reply& reply);

  bool reusable() const { return reusable_; }

  // Of the last exchange: it may be sent again, because the connection died by itself, before any
  // byte came back, and either nothing had left or it does no harm.
  bool can_resend(const OutgoingRequest& request) const;

  bool sent_something() const { return sent_something_; }

  // Was with the pool: a request may find that it has died meanwhile.
  bool warm() const { return warm_; }

  void set_warm() { warm_ = true; }

  // Idle, and neither data nor an end has arrived.
  bool quiet() { return stream_ && stream_->quiet(); }

  void begin_idle();
  void on_deadline() override;

 private:
  boost::asio::awaitable<bool> connect(boost::asio::io_context& lane,
                                       const boost::asio::ip::tcp::endpoint& endpoint,
                                       Reply& reply);
  void write_head(const OutgoingRequest& request);
  boost::asio::awaitable<Io> write_request(const OutgoingRequest& request);
  boost::asio::awaitable<Transport> read_reply(std::string& detail);
  Transport ended(Io io, std::string& detail);

  ConnectionPool& pool_;
  const Origin& origin_;
  // While it connects the socket is not the stream's yet.
  std::optional<boost::asio::ip::tcp::socket> connecting_;
  std::optional<Stream> stream_;
  ReplyReader reader_;
  WipedText out_;
  std::string write_failure_;
  bool warm_ = false;
  bool idle_ = false;
  bool timed_out_ = false;
  bool reusable_ = false;
  bool sent_something_ = false;
};

}  // namespace idswitch::net
