#pragma once

// SideRoom: threads beside the lanes for what blocks: reports, a new configuration. It has a fixed
// number of places; who finds none is refused at once, so nobody waits in a queue without end. Any
// lane.

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <exception>
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
    using Outcome = std::invoke_result_t<Work>;
    // Not co_spawn: that would queue the outcome behind the works that wait for a thread.
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&,
                                                   void(std::exception_ptr, Outcome)>(
        [this, &work](auto handler) {
          auto lane = boost::asio::make_work_guard(handler);
          boost::asio::post(
              threads_, [&work, handler = std::move(handler), lane = std::move(lane)]() mutable {
                std::exception_ptr thrown;
                Outcome outcome = outcome_of(work, thrown);
                boost::asio::post(lane.get_executor(), [handler = std::move(handler), thrown,
                                                        outcome = std::move(outcome)]() mutable {
                  std::move(handler)(thrown, std::move(outcome));
                });
              });
        },
        boost::asio::use_awaitable);
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

  template <class Work>
  static std::invoke_result_t<Work> outcome_of(Work& work, std::exception_ptr& thrown) {
    try {
      return work();
    } catch (...) {
      thrown = std::current_exception();
    }
    return Error(Errc::internal);
  }

  std::shared_ptr<Places> places_;
  boost::asio::thread_pool threads_;
};

}  // namespace idswitch::api
