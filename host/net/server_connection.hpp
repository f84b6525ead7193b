#pragma once

// ServerConnection: one client's connection, its requests answered one after another. One
// coroutine, serve(), that does what the RequestReader says. Lane's thread only.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>

#include "net/request_reader.hpp"
#include "net/server_lane.hpp"
#include "net/stream.hpp"

namespace idswitch::net {

class ServerConnection final : public Deadlines::Entry {
 public:
  ServerConnection(ServerLane& lane, boost::asio::ip::tcp::socket socket);
  ~ServerConnection() override;

  // Until the connection ends.
  boost::asio::awaitable<void> serve();

  // Closes now when idle; refuses a request whose head is not whole; else lets it finish and
  // closes.
  void begin_stop();
  void abort();

  void on_deadline() override;

 private:
  enum class Phase : std::uint8_t { handshake, idle, head, body, handling, writing, lingering };

  boost::asio::awaitable<void> handle();
  // Asks whether the body that is still to come may come. False: reply_ says why not.
  bool admit();
  boost::asio::awaitable<void> refuse(Errc code, const HeadFault& fault);
  // Sends reply_ as the last one: nothing that the client sends is read as a request any more.
  boost::asio::awaitable<void> turn_away();
  boost::asio::awaitable<Io> write_slowly();
  // After the last answer; bounded, so that the answer is not lost to a reset.
  boost::asio::awaitable<void> say_goodbye(std::size_t bytes_max,
                                           std::chrono::milliseconds timeout);

  void enter(Phase phase, std::chrono::milliseconds timeout);
  void note_progress();
  void make_request();
  // Puts reply_ into out_. True: the connection can go on afterwards.
  bool build_reply();
  void set_in_flight(bool in_flight);

  const ServerConfig& config() const { return lane_.shared->config; }

  ServerLane& lane_;
  Stream stream_;
  RequestReader reader_;
  IncomingRequest request_;
  OutgoingReply reply_;
  std::string out_;
  Phase phase_ = Phase::handshake;
  bool timed_out_ = false;
  bool stopping_ = false;
  bool refuses_ = false;  // the stop began before the request's head was whole
  bool in_flight_ = false;
};

}  // namespace idswitch::net
