#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <limits>

#include "engine/webhooks/billing_event.hpp"
#include "engine/webhooks/webhook_delivery.hpp"

// What operators ask of the delivery of events. The queues belong to its lane, so the answers are
// made there.

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

constexpr std::size_t k_page = 1000;

Error no_such_endpoint(std::string_view name) {
  return Error(Errc::not_found, "the configuration has no webhook '" +
                                    std::string(name.substr(0, 64)) +
                                    "'; GET /admin/webhooks lists them");
}

Result<std::size_t> count_dead(store::Store& store, const std::string& name) {
  store::WebhookQuery query;
  query.endpoint = name;
  query.state = store::WebhookState::dead;
  query.limit = k_page;
  std::size_t count = 0;
  for (;;) {
    const auto page = store.webhooks().pending(query);
    if (!page) return page.error();
    count += page->size();
    if (page->size() < k_page) return count;
    query.after = page->back().event;
  }
}

// The newest sequence.
Result<std::uint64_t> end_of_ledger(store::Store& store) {
  return store.ledger().sequence_at(std::numeric_limits<std::int64_t>::max());
}

}  // namespace

asio::awaitable<Result<std::vector<WebhookState>>> WebhookDelivery::states() {
  const auto work = [this]() -> asio::awaitable<Result<std::vector<WebhookState>>> {
    co_return read_states();
  };
  co_return co_await asio::co_spawn(lane_, work, asio::use_awaitable);
}

Result<std::vector<WebhookState>> WebhookDelivery::read_states() {
  store::Store& store = engine_.store();
  const auto end = end_of_ledger(store);
  if (!end) return end.error();
  const std::int64_t now = engine_.clock().now_unix_ms();
  std::vector<WebhookState> states;
  for (const auto& [name, endpoint] : endpoints_) {
    const auto dead = count_dead(store, name);
    if (!dead) return dead.error();
    WebhookState& state = states.emplace_back();
    state.name = name;
    state.tenant = endpoint->runtime->config.tenant;
    state.delivered = endpoint->queue.delivered();
    state.behind = *end > state.delivered ? *end - state.delivered : 0;
    state.waiting = endpoint->queue.waiting();
    state.dead = *dead;
    state.is_disabled = endpoint->is_disabled;
    if (endpoint->paused_until_unix_ms > now) {
      state.paused_until_unix_ms = endpoint->paused_until_unix_ms;
    }
    state.last_error = endpoint->last_error;
  }
  return states;
}

asio::awaitable<Result<std::vector<store::WebhookFailure>>> WebhookDelivery::dead(
    std::string name, EventName after, std::size_t limit) {
  const auto work = [&]() -> asio::awaitable<Result<std::vector<store::WebhookFailure>>> {
    co_return read_dead(name, after, limit);
  };
  co_return co_await asio::co_spawn(lane_, work, asio::use_awaitable);
}

Result<std::vector<store::WebhookFailure>> WebhookDelivery::read_dead(const std::string& name,
                                                                      const EventName& after,
                                                                      std::size_t limit) {
  if (!endpoints_.contains(name)) return no_such_endpoint(name);
  store::WebhookQuery query;
  query.endpoint = name;
  query.state = store::WebhookState::dead;
  query.after = after;
  query.limit = limit;
  return engine_.store().webhooks().pending(query);
}

asio::awaitable<Result<std::size_t>> WebhookDelivery::replay(std::string name, EventName event) {
  const auto work = [&]() -> asio::awaitable<Result<std::size_t>> {
    const Result<std::size_t> revived = revive(name, event);
    if (!revived) co_return revived.error();
    const Result<void> kept = co_await keep_changes();
    wake();
    if (!kept) co_return kept.error();
    co_return *revived;
  };
  co_return co_await asio::co_spawn(lane_, work, asio::use_awaitable);
}

Result<std::size_t> WebhookDelivery::revive(const std::string& name, const EventName& event) {
  const auto found = endpoints_.find(name);
  if (found == endpoints_.end()) return no_such_endpoint(name);
  WebhookQueue& queue = found->second->queue;
  const std::int64_t now = engine_.clock().now_unix_ms();
  if (event.number != 0) return revive_one(queue, name, event);
  std::size_t count = 0;
  for (EventName after;;) {
    const auto page = read_dead(name, after, k_page);
    if (!page) return page.error();
    for (const store::WebhookFailure& row : *page) queue.revive(row, now);
    count += page->size();
    if (page->size() < k_page) return count;
    after = page->back().event;
  }
}

Result<std::size_t> WebhookDelivery::revive_one(WebhookQueue& queue, const std::string& name,
                                                const EventName& event) {
  const std::int64_t now = engine_.clock().now_unix_ms();
  const auto pending = engine_.store().webhooks().pending_of(name, event.verification);
  if (!pending) return pending.error();
  for (const store::WebhookFailure& row : *pending) {
    if (row.event != event || row.state != store::WebhookState::dead) continue;
    queue.revive(row, now);
    return 1;
  }
  if (queue.hasten(event, now)) return 1;
  return Error(Errc::not_found,
               "the event " + event_id(event) + " neither waits for this webhook nor is it dead");
}

}  // namespace idswitch::engine
