#include "store/store.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "store/sqlite/deliveries.hpp"

namespace idswitch::store {

boost::asio::awaitable<Written> Store::write(Change change) {
  namespace asio = boost::asio;
  const auto executor = co_await asio::this_coro::executor;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Written)>(
      [this, executor](auto handler, Change moved) {
        // Shared, because std::function wants to be copyable; it never is copied.
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto done = [executor, shared](Written written) {
          Deliveries::deliver(
              executor, [shared](Written&& w) { std::move (*shared)(std::move(w)); },
              std::move(written));
        };
        write_in_pass(std::move(moved), std::move(done), executor);
      },
      asio::use_awaitable, std::move(change));
}

}  // namespace idswitch::store
