#include "engine/webhooks/webhook_delivery.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>

#include "base/log.hpp"
#include "engine/webhooks/billing_event.hpp"
#include "engine/webhooks/webhook_schedule.hpp"
#include "engine/webhooks/webhook_signature.hpp"

namespace idswitch::engine {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// The ledger is looked at this often.
constexpr milliseconds k_round{250};
constexpr std::size_t k_page = 500;
// What passes before something is tried again that failed on our side.
constexpr std::int64_t k_own_failure_ms = 5'000;
constexpr int k_gone = 410;

bool is_wanted(const config::Webhook& webhook, const LedgerEntry& entry) {
  return (webhook.tenant.empty() || webhook.tenant == entry.tenant) &&
         (webhook.types & mask_of(event_of(entry))) != 0;
}

// While an endpoint only fails, an event it has not seen is tried this often.
std::int64_t slow_down_ms(const config::Webhook& webhook) {
  return webhook.retries[std::min<std::size_t>(1, webhook.retries.size() - 1)].count();
}

std::string error_of(const net::Reply& reply) {
  if (reply.transport == net::Transport::replied) return "HTTP " + std::to_string(reply.status);
  return reply.detail.empty() ? "no reply" : reply.detail;
}

}  // namespace

WebhookDelivery::WebhookDelivery(Engine& engine, asio::io_context& lane, std::uint64_t seed)
    : engine_(engine), lane_(lane), seed_(seed), client_(lane), timer_(lane) {}

void WebhookDelivery::start() {
  is_started_ = true;
  asio::co_spawn(
      lane_, [this]() -> asio::awaitable<void> { co_await run(); }, asio::detached);
}

void WebhookDelivery::stop(milliseconds grace) {
  if (!is_started_ || is_stopped_) return;
  is_stopped_ = true;
  asio::post(lane_, [this, grace] {
    is_stopping_ = true;
    stop_deadline_ = steady_clock::now() + grace;
    if (in_flight_ > 0) {
      log::write(log::Level::info, "webhooks_stopping",
                 {{"under_way", static_cast<std::int64_t>(in_flight_)}});
    }
    wake();
  });
  ended_.get_future().wait();
}

asio::awaitable<void> WebhookDelivery::run() {
  while (!is_stopping_) {
    is_woken_ = false;
    adopt();
    for (const auto& [name, endpoint] : endpoints_) pump(endpoint);
    const Result<void> kept = co_await keep_changes();
    if (!kept) {
      log::write(log::Level::error, "webhooks_not_kept", {{"detail", kept.error().detail()}});
      is_woken_ = false;  // not again before the round is over
    }
    if (!is_stopping_) co_await rest(k_round);
  }
  while (in_flight_ > 0 && steady_clock::now() < stop_deadline_) {
    is_woken_ = false;
    co_await rest(std::chrono::ceil<milliseconds>(stop_deadline_ - steady_clock::now()));
  }
  static_cast<void>(co_await keep_changes());
  ended_.set_value();
}

asio::awaitable<void> WebhookDelivery::rest(milliseconds at_most) {
  if (is_woken_) co_return;
  timer_.expires_after(at_most);
  static_cast<void>(co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable)));
}

void WebhookDelivery::wake() {
  is_woken_ = true;
  timer_.cancel();
}

void WebhookDelivery::adopt() {
  std::shared_ptr<const Setup> setup = engine_.setup();
  const bool is_new = setup != setup_;
  if (!is_new && endpoints_.size() == setup->webhooks.size()) return;
  setup_ = setup;
  std::erase_if(endpoints_, [&](const auto& one) { return !setup->webhooks.contains(one.first); });
  for (const auto& [name, runtime] : setup->webhooks) {
    auto found = endpoints_.find(name);
    if (found == endpoints_.end()) {
      Result<EndpointPointer> opened = open(name);
      if (!opened) {  // the next round tries again
        log::write(log::Level::error, "webhook_not_opened",
                   {{"endpoint", name}, {"detail", opened.error().detail()}});
        continue;
      }
      found = endpoints_.emplace(name, std::move(*opened)).first;
    } else if (is_new) {
      found->second->is_disabled = false;
      found->second->paused_until_unix_ms = 0;
    }
    found->second->setup = setup;
    found->second->runtime = &runtime;
  }
}

Result<WebhookDelivery::EndpointPointer> WebhookDelivery::open(const std::string& name) {
  store::Store& store = engine_.store();
  auto cursor = store.webhooks().cursor(name);
  if (!cursor) return cursor.error();
  if (!*cursor) {
    // Never heard of before: it gets what happens from now on, and a little of what was before.
    const auto begin = store.ledger().sequence_at(engine_.clock().now_unix_ms());
    if (!begin) return begin.error();
    *cursor = *begin;
  }
  std::vector<store::WebhookFailure> rows;
  for (const auto state : {store::WebhookState::waiting, store::WebhookState::dead}) {
    store::WebhookQuery query;
    query.endpoint = name;
    query.state = state;
    query.after = state == store::WebhookState::dead ? **cursor : 0;
    for (;;) {
      auto page = store.webhooks().pending(query);
      if (!page) return page.error();
      if (page->empty()) break;
      query.after = page->back().sequence;
      std::move(page->begin(), page->end(), std::back_inserter(rows));
    }
  }
  return std::make_shared<Endpoint>(
      Endpoint{nullptr, nullptr, WebhookQueue(name, **cursor, std::move(rows)), false, 0, {}});
}

void WebhookDelivery::pump(const EndpointPointer& endpoint) {
  if (endpoint->is_disabled) return;
  const std::int64_t now = engine_.clock().now_unix_ms();
  if (now < endpoint->paused_until_unix_ms) return;
  read_ledger(*endpoint);
  for (store::WebhookFailure& event : endpoint->queue.take(now, k_webhook_attempts_max)) {
    ++in_flight_;
    asio::co_spawn(lane_, attempt(endpoint, std::move(event)), asio::detached);
  }
}

void WebhookDelivery::read_ledger(Endpoint& endpoint) {
  const config::Webhook& webhook = endpoint.runtime->config;
  const std::int64_t now = engine_.clock().now_unix_ms();
  std::size_t room = endpoint.queue.room(now, slow_down_ms(webhook));
  if (room == 0) return;
  store::EntryQuery query;
  query.after = endpoint.queue.read();
  query.limit = k_page;
  const auto entries = engine_.store().ledger().entries(query);
  if (!entries) {
    log::write(log::Level::error, "webhook_not_read", {{"detail", entries.error().detail()}});
    return;
  }
  for (const LedgerEntry& entry : *entries) {
    if (!is_wanted(webhook, entry)) {
      endpoint.queue.skip(entry.sequence);
      continue;
    }
    if (room == 0) break;
    endpoint.queue.offer(entry.sequence, entry.verification, now);
    --room;
  }
  if (entries->size() == k_page && room > 0) is_woken_ = true;  // there is more
}

asio::awaitable<void> WebhookDelivery::attempt(EndpointPointer endpoint,
                                               store::WebhookFailure event) {
  // Held on to: a reload may come while it waits.
  const std::shared_ptr<const Setup> setup = endpoint->setup;
  const WebhookRuntime& runtime = *endpoint->runtime;
  store::EntryQuery query;
  query.after = event.sequence - 1;
  query.limit = 1;
  const auto found = engine_.store().ledger().entries(query);
  const std::int64_t now = engine_.clock().now_unix_ms();
  if (!found || found->empty() || found->front().sequence != event.sequence) {
    log::write(log::Level::error, "webhook_not_read",
               {{"endpoint", runtime.config.name}, {"event", event_id(event.sequence)}});
    endpoint->queue.postpone(event.sequence, now + k_own_failure_ms);
  } else if (!is_wanted(runtime.config, found->front())) {
    // The configuration has changed since: it may belong to somebody else now.
    endpoint->queue.drop(event.sequence);
  } else {
    std::string body;
    append_event(body, found->front(), event_source(setup->config.server.public_url));
    const std::string id = event_id(event.sequence);
    const std::int64_t seconds = now / 1000;
    const std::string headers =
        "Content-Type: application/cloudevents+json; charset=utf-8\r\nUser-Agent: idswitch\r\n"
        "webhook-id: " +
        id + "\r\nwebhook-timestamp: " + std::to_string(seconds) +
        "\r\nwebhook-signature: " + webhook_signature(runtime.config.keys, id, seconds, body) +
        "\r\n";
    net::OutgoingRequest request;
    request.method = "POST";
    request.target = runtime.target;
    request.headers = headers;
    request.body = body;
    request.resend_safe = true;
    const net::Reply reply = co_await client_.exchange(
        runtime.origin, request, steady_clock::now() + runtime.config.timeout);
    judge(*endpoint, event, reply);
  }
  --in_flight_;
  wake();
}

void WebhookDelivery::judge(Endpoint& endpoint, const store::WebhookFailure& event,
                            const net::Reply& reply) {
  const bool replied = reply.transport == net::Transport::replied;
  if (replied && reply.status / 100 == 2) return endpoint.queue.delivered(event.sequence);
  const config::Webhook& webhook = endpoint.runtime->config;
  const std::int64_t now = engine_.clock().now_unix_ms();
  endpoint.last_error = error_of(reply);
  if (replied && reply.status == k_gone) {
    if (!endpoint.is_disabled) {
      log::write(log::Level::error, "webhook_disabled",
                 {{"endpoint", webhook.name},
                  {"detail", "it answered 410 Gone; a reload of the configuration enables it"}});
    }
    endpoint.is_disabled = true;
    return endpoint.queue.postpone(event.sequence, now);
  }
  const auto asked = replied ? retry_after(net::find_header(reply.headers, "Retry-After"), now)
                             : std::optional<milliseconds>();
  if (asked) {
    endpoint.paused_until_unix_ms = std::max(endpoint.paused_until_unix_ms, now + asked->count());
  }
  const std::uint32_t attempts = event.attempts + 1;
  const auto delay = retry_delay(webhook.retries, attempts, seed_ ^ event.sequence);
  log::write(delay ? log::Level::warn : log::Level::error,
             delay ? "webhook_failed" : "webhook_dead",
             {{"endpoint", webhook.name},
              {"event", event_id(event.sequence)},
              {"attempts", static_cast<std::int64_t>(attempts)},
              {"detail", endpoint.last_error}});
  if (!delay) return endpoint.queue.died(event.sequence, endpoint.last_error);
  const std::int64_t next = std::max(now + delay->count(), endpoint.paused_until_unix_ms);
  endpoint.queue.failed(event.sequence, next, endpoint.last_error);
}

asio::awaitable<Result<void>> WebhookDelivery::keep_changes() {
  while (is_keeping_) {
    // Another coroutine writes: what it takes along is not known any more.
    asio::steady_timer turn(lane_, milliseconds(1));
    co_await turn.async_wait(asio::use_awaitable);
  }
  store::Change change;
  std::vector<EndpointPointer> written;
  for (const auto& [name, endpoint] : endpoints_) {
    if (endpoint->queue.add_changes(change)) written.push_back(endpoint);
  }
  if (written.empty()) co_return Result<void>();
  is_keeping_ = true;
  const store::Written result = co_await engine_.store().write(std::move(change));
  is_keeping_ = false;
  for (const EndpointPointer& endpoint : written) endpoint->queue.kept(result.committed());
  if (result.has_failed()) co_return result.error;
  co_return Result<void>();
}

}  // namespace idswitch::engine
