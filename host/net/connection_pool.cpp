#include "net/connection_pool.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/origin.hpp"

namespace idswitch::net {

namespace asio = boost::asio;

// One of the connections_max places, held while connecting.
class ConnectionPool::Place {
 public:
  explicit Place(ConnectionPool& pool) : pool_(pool) {}

  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  ~Place() {
    if (held_) pool_.free_place();
  }

  bool held() const { return held_; }

  void take() { held_ = true; }

  // Goes on to a connection's Lease.
  void hand_on() { held_ = false; }

 private:
  ConnectionPool& pool_;
  bool held_ = false;
};

ConnectionPool::Lease& ConnectionPool::Lease::operator=(Lease&& other) noexcept {
  drop();
  pool_ = std::move(other.pool_);
  connection_ = std::move(other.connection_);
  return *this;
}

void ConnectionPool::Lease::give_back() {
  pool_->receive(std::move(connection_));
}

void ConnectionPool::Lease::drop() {
  if (!connection_) return;
  connection_.reset();
  pool_->free_place();
}

ConnectionPool::ConnectionPool(asio::io_context& lane, Deadlines& deadlines,
                               std::shared_ptr<const Origin> origin)
    : lane_(lane),
      deadlines_(deadlines),
      origin_(std::move(origin)),
      addresses_(std::make_shared<HostAddresses>(lane, origin_->host(), origin_->port())) {}

ConnectionPool::Lease ConnectionPool::take_idle() {
  while (!idle_.empty()) {
    Lease lease(shared_from_this(), std::move(idle_.back()));
    idle_.pop_back();
    if (lease->quiet()) return lease;
  }
  return {};
}

asio::awaitable<ConnectionPool::Lease> ConnectionPool::open(Time deadline, bool fresh_only,
                                                            Reply& reply) {
  // A fresh one is wanted where warm ones have just proved dead: the oldest makes room.
  if (fresh_only && open_ >= origin_->config().connections_max && !idle_.empty()) {
    idle_.erase(idle_.begin());
    free_place();
  }
  Place place(*this);
  if (closed_) {
    reply.detail = "the client is closed";
    reply.is_our_shortage = true;
    co_return Lease();
  }
  if (open_ < origin_->config().connections_max) {
    ++open_;
    place.take();
  } else {
    auto connection = co_await wait(deadline, place);
    if (connection) {
      Lease lease(shared_from_this(), std::move(connection));
      if (!fresh_only && lease->quiet()) co_return lease;
      place.take();
      lease.surrender();
    }
    if (!place.held()) {
      reply.is_our_shortage = true;
      reply.detail = closed_ ? "the client is closed"
                             : "no connection became free before the deadline; see connections_max";
      co_return Lease();
    }
  }
  const Time connect_deadline =
      std::min(deadline, std::chrono::steady_clock::now() + origin_->config().connect_timeout);
  auto connection = std::make_unique<ClientConnection>(deadlines_, *this, *origin_);
  if (!co_await connection->open(lane_, *addresses_, connect_deadline, reply)) co_return Lease();
  place.hand_on();
  co_return Lease(shared_from_this(), std::move(connection));
}

asio::awaitable<std::unique_ptr<ClientConnection>> ConnectionPool::wait(Time deadline,
                                                                        Place& place) {
  // Leaves the queue also when the coroutine is destroyed; what it was served goes on to the next.
  struct Turn {
    ConnectionPool& pool;
    std::list<Waiter>::iterator waiter;

    ~Turn() {
      Waiter left = std::move(*waiter);
      pool.waiters_.erase(waiter);
      if (left.connection) pool.receive(std::move(left.connection));
      if (left.has_place) pool.free_place();
    }
  };

  const Turn turn{*this,
                  waiters_.insert(waiters_.end(), Waiter{asio::steady_timer(lane_, deadline)})};
  co_await turn.waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (turn.waiter->has_place) {
    turn.waiter->has_place = false;
    place.take();
  }
  co_return std::move(turn.waiter->connection);
}

ConnectionPool::Waiter* ConnectionPool::first_unserved() {
  const auto found = std::find_if(waiters_.begin(), waiters_.end(), [](const Waiter& waiter) {
    return !waiter.connection && !waiter.has_place;
  });
  return found == waiters_.end() ? nullptr : &*found;
}

void ConnectionPool::receive(std::unique_ptr<ClientConnection> connection) {
  connection->set_warm();
  if (closed_) {
    connection.reset();
    free_place();
  } else if (Waiter* const waiter = first_unserved()) {
    waiter->connection = std::move(connection);
    waiter->timer.cancel();
  } else {
    connection->begin_idle();
    idle_.push_back(std::move(connection));
  }
}

void ConnectionPool::free_place() {
  Waiter* const waiter = closed_ ? nullptr : first_unserved();
  if (waiter == nullptr) {
    --open_;
    return;
  }
  waiter->has_place = true;  // passed on, still taken
  waiter->timer.cancel();
}

void ConnectionPool::discard(ClientConnection& idle) {
  const auto found = std::find_if(idle_.begin(), idle_.end(), [&](const auto& connection) {
    return connection.get() == &idle;
  });
  if (found == idle_.end()) return;
  idle_.erase(found);
  free_place();
}

void ConnectionPool::close() {
  closed_ = true;
  open_ -= idle_.size();
  idle_.clear();
  for (Waiter& waiter : waiters_) waiter.timer.cancel();
  addresses_->cancel();
}

}  // namespace idswitch::net
