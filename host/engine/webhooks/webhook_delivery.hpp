#pragma once

// WebhookDelivery: sends the events of the ledger to the configured endpoints, signed after
// Standard Webhooks. Each event arrives at least once, the events of one verification in order;
// what is done is remembered in the store, in one commit a round for all endpoints. Each endpoint
// has its own requests under way, so that one that is slow holds up nobody else. Runs on a lane of
// its own, so that it never holds a request up. Where it connects to is said by the configuration
// alone, never by a request. Calls: any thread, unless said otherwise.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/verification/engine.hpp"
#include "engine/webhooks/ledger_window.hpp"
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

  // The dead events of an endpoint in the order of their names. Error: not_found.
  boost::asio::awaitable<Result<std::vector<store::WebhookFailure>>> dead(std::string name,
                                                                          EventName after,
                                                                          std::size_t limit);

  // Tries dead events again, and at once: that of the name, or all of them (number 0). One that
  // waits may be named too. Durable when it answers; how many. Error: not_found.
  boost::asio::awaitable<Result<std::size_t>> replay(std::string name, EventName event);

 private:
  struct Endpoint {
    explicit Endpoint(WebhookQueue opened) : queue(std::move(opened)) {}

    std::shared_ptr<const Setup> setup;  // that runtime is of
    const WebhookRuntime* runtime = nullptr;
    WebhookQueue queue;
    std::deque<OutgoingEventPointer> ahead;  // read, and for the queue when it has room
    bool is_at_end = false;                  // of the ledger, until the next round
    std::int64_t read_again_unix_ms = 0;     // after a failure
    bool is_removed = false;                 // from the configuration
    bool is_disabled = false;
    std::int64_t paused_until_unix_ms = 0;
    std::string last_error;
  };

  using EndpointPointer = std::shared_ptr<Endpoint>;

  // What passes before something is tried again that failed on our side.
  static constexpr std::int64_t k_own_failure_ms = 5'000;

  static bool is_wanted(const config::Webhook& webhook, const LedgerEntry& entry);

  // Everything below runs on the lane.
  boost::asio::awaitable<void> run();
  // Reads what is new, begins what is due, and remembers what is done.
  boost::asio::awaitable<void> round();
  void adopt();
  Result<EndpointPointer> open(const std::string& name);
  // What may be sent now; each counts as under way.
  std::vector<WebhookQueue::Taken> take(Endpoint& endpoint);
  void begin(const EndpointPointer& endpoint, std::vector<WebhookQueue::Taken> events);
  void read_ledger(Endpoint& endpoint);
  bool read_page(Endpoint& endpoint);
  // One after the other, as long as there are any.
  boost::asio::awaitable<void> attempts(EndpointPointer endpoint, WebhookQueue::Taken event);
  boost::asio::awaitable<void> attempt(Endpoint& endpoint, const WebhookQueue::Taken& event);
  boost::asio::awaitable<net::Reply> send(std::shared_ptr<const Setup> setup,
                                          const WebhookRuntime& runtime,
                                          OutgoingEventPointer event);
  void judge(Endpoint& endpoint, const store::WebhookFailure& event, const net::Reply& reply);
  // Makes what the queues have to remember durable, in one commit.
  boost::asio::awaitable<Result<void>> keep_changes();
  // The same, unless the store has just refused.
  boost::asio::awaitable<void> keep_round();
  boost::asio::awaitable<void> rest(std::chrono::milliseconds at_most);
  void wake();
  Result<std::vector<WebhookState>> read_states();
  Result<std::vector<store::WebhookFailure>> read_dead(const std::string& name,
                                                       const EventName& after, std::size_t limit);
  Result<std::size_t> revive(const std::string& name, const EventName& event);
  Result<std::size_t> revive_one(WebhookQueue& queue, const std::string& name,
                                 const EventName& event);

  Engine& engine_;
  boost::asio::io_context& lane_;
  const std::uint64_t seed_;
  net::HttpClient client_;
  boost::asio::steady_timer timer_;
  LedgerWindow window_;
  std::shared_ptr<const Setup> setup_;
  std::map<std::string, EndpointPointer> endpoints_;
  std::size_t in_flight_ = 0;
  bool is_woken_ = false;
  bool is_stopping_ = false;
  bool is_keeping_ = false;  // a write is under way
  std::chrono::steady_clock::time_point keep_again_;
  std::chrono::milliseconds keep_pause_{0};  // since the store refuses
  std::chrono::steady_clock::time_point stop_deadline_;
  std::promise<void> ended_;
  bool is_started_ = false;
  bool is_stopped_ = false;
};

}  // namespace idswitch::engine
