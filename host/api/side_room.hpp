#pragma once

// SideRoom: threads beside the lanes for what blocks: reports, a new configuration. It has a fixed
// number of places; who finds none is refused at once, so nobody waits in a queue without end. Any
// lane.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <type_traits>

#include "base/result.hpp"

namespace idswitch::api {

class SideRoom {
 public:
  struct Size {
    std::size_t threads = 1;
    std::size_t places = 1;       // at work or waiting for a thread, in all
    std::size_t places_each = 1;  // of them, for one caller
  };

  explicit SideRoom(Size size) : places_(std::make_shared<Places>(size)), threads_(size.threads) {}

  // What work() returns, a Result. It runs on a thread of the room; the caller goes on where it
  // was. Error besides the work's own: too_many_requests, when this caller has all its places in
  // use; overloaded, when all places are.
  template <class Work>
  boost::asio::awaitable<std::invoke_result_t<Work>> run(std::string caller, Work work) {
    const Result<Place> place = Place::take(places_, std::move(caller));
    if (!place) co_return place.error();
    const auto inside = [&work]() -> boost::asio::awaitable<std::invoke_result_t<Work>> {
      co_return work();
    };
    co_return co_await boost::asio::co_spawn(threads_, inside, boost::asio::use_awaitable);
  }

 private:
  struct Places {
    explicit Places(Size given) : size(given) {}

    const Size size;
    std::mutex mutex;
    std::map<std::string, std::size_t, std::less<>> inside;  // by caller
    std::size_t taken = 0;
  };

  // Given back when it dies. It may outlive the room: in a request that the end of the process cut
  // off.
  class Place {
   public:
    static Result<Place> take(std::shared_ptr<Places> places, std::string caller);

    Place() = default;
    Place(Place&&) = default;
    Place& operator=(Place&&) = default;
    ~Place();

   private:
    std::shared_ptr<Places> places_;
    std::string caller_;
  };

  std::shared_ptr<Places> places_;
  boost::asio::thread_pool threads_;
};

}  // namespace idswitch::api
