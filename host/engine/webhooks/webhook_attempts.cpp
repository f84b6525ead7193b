#include "base/log.hpp"
#include "engine/webhooks/billing_event.hpp"
#include "engine/webhooks/webhook_delivery.hpp"
#include "engine/webhooks/webhook_schedule.hpp"
#include "engine/webhooks/webhook_signature.hpp"

// One request after the other to an endpoint, and what each one comes to.

namespace idswitch::engine {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr int k_gone = 410;

std::uint64_t seed_of(const EventName& name) {
  return name.verification.high ^ name.verification.low ^ name.number;
}

std::string error_of(const net::Reply& reply) {
  if (reply.transport == net::Transport::replied) return "HTTP " + std::to_string(reply.status);
  return reply.detail.empty() ? "no reply" : reply.detail;
}

}  // namespace

bool WebhookDelivery::is_wanted(const config::Webhook& webhook, const LedgerEntry& entry) {
  return (webhook.tenant.empty() || webhook.tenant == entry.tenant) &&
         (webhook.types & mask_of(event_of(entry))) != 0;
}

asio::awaitable<void> WebhookDelivery::attempts(EndpointPointer endpoint,
                                                WebhookQueue::Taken event) {
  for (;;) {
    try {
      co_await attempt(*endpoint, event);
    } catch (const std::exception& error) {
      log::write(log::Level::error, "work_failed",
                 {{"what", "webhook"}, {"detail", std::string_view(error.what())}});
      const std::int64_t now = engine_.clock().now_unix_ms();
      endpoint->queue.postpone(event.row.event, now + k_own_failure_ms);
    }
    --in_flight_;
    std::vector<WebhookQueue::Taken> next = take(*endpoint);
    if (next.empty()) break;
    event = std::move(next.back());
    next.pop_back();
    begin(endpoint, std::move(next));
  }
  if (is_stopping_) wake();
}

asio::awaitable<void> WebhookDelivery::attempt(Endpoint& endpoint,
                                               const WebhookQueue::Taken& taken) {
  // Held on to: a reload may come while it waits.
  const std::shared_ptr<const Setup> setup = endpoint.setup;
  const WebhookRuntime& runtime = *endpoint.runtime;
  const EventName& name = taken.row.event;
  OutgoingEventPointer event = taken.event;
  if (!event) {
    const auto found = LedgerWindow::at(engine_.store().ledger(), taken.row.sequence, name);
    if (!found || !*found) {
      log::write(log::Level::error, "webhook_not_read",
                 {{"endpoint", runtime.config.name}, {"event", event_id(name)}});
      endpoint.queue.postpone(name, engine_.clock().now_unix_ms() + k_own_failure_ms);
      co_return;
    }
    event = *found;
  }
  if (!is_wanted(runtime.config, event->entry())) {
    // The configuration has changed since: it may belong to somebody else now.
    endpoint.queue.drop(name);
    co_return;
  }
  const net::Reply reply = co_await send(setup, runtime, std::move(event));
  judge(endpoint, taken.row, reply);
}

asio::awaitable<net::Reply> WebhookDelivery::send(std::shared_ptr<const Setup> setup,
                                                  const WebhookRuntime& runtime,
                                                  OutgoingEventPointer event) {
  const std::string body = event->body(event_source(setup->config.server.public_url));
  const std::string id = event_id(event->name());
  const std::int64_t seconds = engine_.clock().now_unix_ms() / 1000;
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
  co_return co_await client_.exchange(runtime.origin, request,
                                      steady_clock::now() + runtime.config.timeout);
}

void WebhookDelivery::judge(Endpoint& endpoint, const store::WebhookFailure& event,
                            const net::Reply& reply) {
  const bool replied = reply.transport == net::Transport::replied;
  if (replied && reply.status / 100 == 2) return endpoint.queue.delivered(event.event);
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
    return endpoint.queue.postpone(event.event, now);
  }
  const auto asked = replied ? retry_after(net::find_header(reply.headers, "Retry-After"), now)
                             : std::optional<milliseconds>();
  if (asked) {
    endpoint.paused_until_unix_ms = std::max(endpoint.paused_until_unix_ms, now + asked->count());
  }
  const std::uint32_t attempts = event.attempts + 1;
  const auto delay = retry_delay(webhook.retries, attempts, seed_ ^ seed_of(event.event));
  log::write(delay ? log::Level::warn : log::Level::error,
             delay ? "webhook_failed" : "webhook_dead",
             {{"endpoint", webhook.name},
              {"event", event_id(event.event)},
              {"attempts", static_cast<std::int64_t>(attempts)},
              {"detail", endpoint.last_error}});
  if (!delay) return endpoint.queue.died(event.event, endpoint.last_error);
  const std::int64_t next = std::max(now + delay->count(), endpoint.paused_until_unix_ms);
  endpoint.queue.failed(event.event, next, endpoint.last_error);
}

}  // namespace idswitch::engine
