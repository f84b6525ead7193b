#pragma once

// ConnectionPool: the connections of one lane to one origin: warm ones on a stack, and a queue,
// first come first served, once connections_max are open. Lane's thread only; held by shared_ptr.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "net/client_connection.hpp"
#include "net/deadlines.hpp"
#include "net/host_addresses.hpp"
#include "net/http_client.hpp"

namespace idswitch::net {

class ConnectionPool : public std::enable_shared_from_this<ConnectionPool> {
 public:
  using Time = Deadlines::Time;

  // A connection that is lent out. Comes back with give_back(); otherwise it is closed, and its
  // place is free again.
  class Lease {
   public:
    Lease() = default;

    Lease(std::shared_ptr<ConnectionPool> pool, std::unique_ptr<ClientConnection> connection)
        : pool_(std::move(pool)), connection_(std::move(connection)) {}

    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&& other) noexcept;

    ~Lease() { drop(); }

    explicit operator bool() const { return connection_ != nullptr; }

    ClientConnection* operator->() const { return connection_.get(); }

    void give_back();
    void drop();

    // Closes the connection; its place is now the caller's.
    void surrender() { connection_.reset(); }

   private:
    std::shared_ptr<ConnectionPool> pool_;
    std::unique_ptr<ClientConnection> connection_;
  };

  ConnectionPool(boost::asio::io_context& lane, Deadlines& deadlines,
                 std::shared_ptr<const Origin> origin);

  // A warm connection that is alive, or none.
  Lease take_idle();
  // A fresh connection; or, when all are lent out, whichever is first to be free (fresh_only: its
  // place). None: detail says why.
  boost::asio::awaitable<Lease> open(Time deadline, bool fresh_only, Reply& reply);

  // Closes an idle connection, in its own on_deadline().
  void discard(ClientConnection& idle);

  // Nothing open, nobody waiting.
  bool empty() const { return open_ == 0 && waiters_.empty(); }

  // Closes what is idle and turns away who waits; what is lent out closes when it comes back.
  void close();

  Deadlines& deadlines() { return deadlines_; }

 private:
  struct Waiter {
    boost::asio::steady_timer timer;  // ends at the request's deadline, or when cancelled: served
    std::unique_ptr<ClientConnection> connection{};
    bool has_place = false;
  };

  class Place;

  Waiter* first_unserved();
  void receive(std::unique_ptr<ClientConnection> connection);
  void free_place();
  boost::asio::awaitable<std::unique_ptr<ClientConnection>> wait(Time deadline, Place& place);

  boost::asio::io_context& lane_;
  Deadlines& deadlines_;
  std::shared_ptr<const Origin> origin_;
  std::shared_ptr<HostAddresses> addresses_;
  std::vector<std::unique_ptr<ClientConnection>> idle_;  // the warmest last
  std::list<Waiter> waiters_;
  std::size_t open_ = 0;  // places taken: idle, lent out or connecting
  bool closed_ = false;
};

}  // namespace idswitch::net
