#include "store/store.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "store/deliveries.hpp"

namespace idswitch::store {

bool Batch::empty() const {
  return !claim_ && inserts_.empty() && updates_.empty() && entries_.empty() && answers_.empty() &&
         releases_.empty() && images_.empty() && exposures_.empty() && pauses_.empty() &&
         resumptions_.empty() && admissions_.empty() && statistics_.empty() &&
         person_charges_.empty() && webhook_changes_.empty();
}

boost::asio::awaitable<Result<WriteResult>> Store::write(Batch batch) {
  namespace asio = boost::asio;
  const auto executor = co_await asio::this_coro::executor;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<WriteResult>)>(
      [this, executor](auto handler, Batch moved) {
        // Shared, because std::function wants to be copyable; it never is copied.
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        write(std::move(moved), [executor, shared](Result<WriteResult> result) {
          Deliveries::deliver(
              executor, [shared](Result<WriteResult> r) { std::move (*shared)(std::move(r)); },
              std::move(result));
        });
      },
      asio::use_awaitable, std::move(batch));
}

}  // namespace idswitch::store
