#pragma once

// WebhookDelivery: sends the events of the ledger to the configured endpoints, signed after
// Standard Webhooks. Each event arrives at least once, the events of one verification in order;
// what is done is remembered in the store. Runs on a lane of its own, so that it never holds a
// request up. Where it connects to is said by the configuration alone, never by a request. Calls:
// any thread, unless said otherwise.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/verification/engine.hpp"
#include "engine/webhooks/webhook_queue.hpp"

namespace idswitch::engine {

// An endpoint as operators see it.
struct WebhookState {
  std::string name;
  std::string tenant;           // empty = all
  std::uint64_t delivered = 0;  // every event up to this sequence is delivered, waiting or dead
  std::uint64_t behind = 0;     // entries of the ledger after it, wanted by the endpoint or not
  std::size_t waiting = 0;      // under way, or tried again later
  std::size_t dead = 0;
  bool is_disabled = false;               // it answered 410 Gone; until the next reload or start
  std::int64_t paused_until_unix_ms = 0;  // it said Retry-After; 0 = not paused
  std::string last_error;                 // of the newest attempt that failed since the start
};

class WebhookDelivery {
 public:
  // lane: runs in one thread and outlives the store. seed: of the jitter.
  WebhookDelivery(Engine& engine, boost::asio::io_context& lane, std::uint64_t seed);

  WebhookDelivery(const WebhookDelivery&) = delete;
  WebhookDelivery& operator=(const WebhookDelivery&) = delete;

  // Once, after the engine has recovered.
  void start();

  // Begins no attempt, lets those under way finish for so long, and remembers what came of them.
  // Idempotent. [blocking]
  void stop(std::chrono::milliseconds grace);

  // From a coroutine of any lane, between start() and stop().
  boost::asio::awaitable<Result<std::vector<WebhookState>>> states();

  // The dead events of an endpoint in the order of the ledger. Error: not_found.
  boost::asio::awaitable<Result<std::vector<store::WebhookFailure>>> dead(std::string name,
                                                                          std::uint64_t after,
                                                                          std::size_t limit);

  // Tries dead events again, and at once: that of the sequence, or all of them (0). One that waits
  // may be named too. Durable when it answers; how many. Error: not_found.
  boost::asio::awaitable<Result<std::size_t>> replay(std::string name, std::uint64_t sequence);

 private:
  struct Endpoint {
    std::shared_ptr<const Setup> setup;  // that runtime is of
    const WebhookRuntime* runtime = nullptr;
    WebhookQueue queue;
    bool is_disabled = false;
    std::int64_t paused_until_unix_ms = 0;
    std::string last_error;
  };

  using EndpointPointer = std::shared_ptr<Endpoint>;

  // Everything below runs on the lane.
  boost::asio::awaitable<void> run();
  void adopt();
  Result<EndpointPointer> open(const std::string& name);
  void pump(const EndpointPointer& endpoint);
  void read_ledger(Endpoint& endpoint);
  boost::asio::awaitable<void> attempt(EndpointPointer endpoint, store::WebhookFailure event);
  void judge(Endpoint& endpoint, const store::WebhookFailure& event, const net::Reply& reply);
  // Makes what the queues have to remember durable, in one commit.
  boost::asio::awaitable<Result<void>> keep_changes();
  boost::asio::awaitable<void> rest(std::chrono::milliseconds at_most);
  void wake();
  Result<std::vector<WebhookState>> read_states();
  Result<std::vector<store::WebhookFailure>> read_dead(const std::string& name, std::uint64_t after,
                                                       std::size_t limit);
  Result<std::size_t> revive(const std::string& name, std::uint64_t sequence);

  Engine& engine_;
  boost::asio::io_context& lane_;
  const std::uint64_t seed_;
  net::HttpClient client_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<const Setup> setup_;
  std::map<std::string, EndpointPointer> endpoints_;
  std::size_t in_flight_ = 0;
  bool is_woken_ = false;
  bool is_stopping_ = false;
  bool is_keeping_ = false;  // a write is under way
  std::chrono::steady_clock::time_point stop_deadline_;
  std::promise<void> ended_;
  bool is_started_ = false;
  bool is_stopped_ = false;
};

}  // namespace idswitch::engine
