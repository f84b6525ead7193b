#include "net/host_addresses.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/stream.hpp"

namespace idswitch::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto k_fresh = std::chrono::seconds(30);
constexpr auto k_try_again = std::chrono::seconds(2);

}  // namespace

HostAddresses::HostAddresses(asio::io_context& lane, std::string host, std::uint16_t port)
    : resolver_(lane), host_(std::move(host)), port_(port) {
  boost::system::error_code not_an_ip;
  const auto address = asio::ip::make_address(host_, not_an_ip);
  if (not_an_ip) return;
  endpoints_.emplace_back(address, port_);
  fresh_until_ = Time::max();
}

asio::awaitable<HostAddresses::Endpoints> HostAddresses::get(Time deadline, std::string& detail) {
  if (std::chrono::steady_clock::now() >= fresh_until_) {
    if (!resolving_) resolve();
    const auto waiter = waiters_.emplace(waiters_.end(), resolver_.get_executor(), deadline);

    // Removed also when the coroutine is destroyed while it waits.
    struct Removal {
      std::list<asio::steady_timer>& list;
      std::list<asio::steady_timer>::iterator item;

      ~Removal() { list.erase(item); }
    } const removal{waiters_, waiter};

    co_await waiter->async_wait(asio::as_tuple(asio::use_awaitable));
    if (resolving_ && endpoints_.empty()) {
      detail = "the host name did not resolve in time";
      co_return Endpoints();
    }
  }
  if (endpoints_.empty()) detail = failure_;
  co_return endpoints_;
}

void HostAddresses::prefer(const tcp::endpoint& endpoint) {
  const auto found = std::find(endpoints_.begin(), endpoints_.end(), endpoint);
  if (found != endpoints_.end()) std::rotate(endpoints_.begin(), found, found + 1);
}

void HostAddresses::cancel() {
  resolver_.cancel();
  for (auto& waiter : waiters_) waiter.cancel();
}

void HostAddresses::resolve() {
  resolving_ = true;
  resolver_.async_resolve(host_, std::to_string(port_), tcp::resolver::numeric_service,
                          [self = shared_from_this()](const auto& error, const auto& results) {
                            self->resolved(error, results);
                          });
}

void HostAddresses::resolved(const boost::system::error_code& error,
                             const tcp::resolver::results_type& results) {
  resolving_ = false;
  const auto now = std::chrono::steady_clock::now();
  if (error || results.empty()) {
    failure_ = "the host name does not resolve: " + clause(error);
    // With nothing to serve on from, the next request asks again.
    if (!endpoints_.empty()) fresh_until_ = now + k_try_again;
  } else {
    endpoints_.assign(results.begin(), results.end());
    fresh_until_ = now + k_fresh;
  }
  for (auto& waiter : waiters_) waiter.cancel();
}

}  // namespace idswitch::net
