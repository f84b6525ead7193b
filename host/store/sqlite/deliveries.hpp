#pragma once

// Deliveries: the results of one group on their way to the coroutines that wait for them. Collected
// by executor and posted once each, so that a lane is woken once a group and not once a request.
// Lives on the writer thread's stack while it completes a group.

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "store/change.hpp"

namespace idswitch::store {

class Deliveries {
 public:
  using Waiter = std::function<void(Written&&)>;

  // Makes itself current() of this thread; the destructor posts.
  Deliveries();
  ~Deliveries();

  Deliveries(const Deliveries&) = delete;
  Deliveries& operator=(const Deliveries&) = delete;

  // Of the calling thread; null outside a group.
  static Deliveries* current();

  // Calls waiter(written) on the executor: with the rest of the group, or at once when there is
  // none.
  static void deliver(const boost::asio::any_io_executor& executor, Waiter waiter,
                      Written&& written);

 private:
  struct Delivery {
    Delivery(Waiter called, Written&& with) : waiter(std::move(called)), written(std::move(with)) {}

    Waiter waiter;
    Written written;
  };

  struct Lane {
    boost::asio::any_io_executor executor;
    std::vector<Delivery> deliveries;
  };

  static void post(Lane lane);

  std::vector<Lane> lanes_;
};

}  // namespace idswitch::store
