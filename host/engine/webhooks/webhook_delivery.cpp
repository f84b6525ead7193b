#include "engine/webhooks/webhook_delivery.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <iterator>

#include "base/log.hpp"
#include "engine/verification/spawned.hpp"

namespace idswitch::engine {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// The ledger is looked at this often, and what is done is remembered.
constexpr milliseconds k_round{100};
constexpr std::size_t k_pages_at_once = 4;
// What passes before the store is asked again that refused to remember.
constexpr milliseconds k_keep_pause_min{200};
constexpr milliseconds k_keep_pause_max{30'000};

// While an endpoint only fails, an event it has not seen is tried this often.
std::int64_t slow_down_ms(const config::Webhook& webhook) {
  return webhook.retries[std::min<std::size_t>(1, webhook.retries.size() - 1)].count();
}

}  // namespace

WebhookDelivery::WebhookDelivery(Engine& engine, asio::io_context& lane, std::uint64_t seed)
    : engine_(engine), lane_(lane), seed_(seed), client_(lane), timer_(lane) {}

void WebhookDelivery::start() {
  is_started_ = true;
  spawn_logged(lane_.get_executor(), run(), "webhooks");
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
    try {
      co_await round();
    } catch (const std::exception& error) {  // the next one tries again
      log::write(log::Level::error, "work_failed",
                 {{"what", "webhooks"}, {"detail", std::string_view(error.what())}});
    }
    if (!is_stopping_) co_await rest(k_round);
  }
  while (in_flight_ > 0 && steady_clock::now() < stop_deadline_) {
    is_woken_ = false;
    co_await rest(std::chrono::ceil<milliseconds>(stop_deadline_ - steady_clock::now()));
  }
  try {
    static_cast<void>(co_await keep_changes());
  } catch (const std::exception& error) {  // it is sent again after the next start
    log::write(log::Level::error, "work_failed",
               {{"what", "webhooks"}, {"detail", std::string_view(error.what())}});
  }
  ended_.set_value();
}

asio::awaitable<void> WebhookDelivery::round() {
  adopt();
  for (const auto& [name, endpoint] : endpoints_) {
    endpoint->is_at_end = false;
    begin(endpoint, take(*endpoint));
  }
  co_await keep_round();
}

asio::awaitable<void> WebhookDelivery::rest(milliseconds at_most) {
  // Others have their turn in any case.
  timer_.expires_after(is_woken_ ? milliseconds(0) : at_most);
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
  std::erase_if(endpoints_, [&](const auto& one) {
    one.second->is_removed = !setup->webhooks.contains(one.first);
    return one.second->is_removed;
  });
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
    query.beyond = state == store::WebhookState::dead ? **cursor : 0;
    for (;;) {
      auto page = store.webhooks().pending(query);
      if (!page) return page.error();
      if (page->empty()) break;
      query.after = page->back().event;
      std::move(page->begin(), page->end(), std::back_inserter(rows));
    }
  }
  return std::make_shared<Endpoint>(WebhookQueue(name, **cursor, std::move(rows)));
}

std::vector<WebhookQueue::Taken> WebhookDelivery::take(Endpoint& endpoint) {
  if (is_stopping_ || endpoint.is_removed || endpoint.is_disabled) return {};
  const std::int64_t now = engine_.clock().now_unix_ms();
  if (now < endpoint.paused_until_unix_ms) return {};
  read_ledger(endpoint);
  const config::Webhook& webhook = endpoint.runtime->config;
  auto taken = endpoint.queue.take(now, webhook.in_flight, slow_down_ms(webhook));
  in_flight_ += taken.size();
  return taken;
}

void WebhookDelivery::begin(const EndpointPointer& endpoint,
                            std::vector<WebhookQueue::Taken> events) {
  for (WebhookQueue::Taken& event : events) {
    spawn_logged(lane_.get_executor(), attempts(endpoint, std::move(event)), "webhook");
  }
}

void WebhookDelivery::read_ledger(Endpoint& endpoint) {
  const std::int64_t now = engine_.clock().now_unix_ms();
  std::size_t room = endpoint.queue.room();
  for (std::size_t pages = 0; room > 0;) {
    if (endpoint.ahead.empty()) {
      // An endpoint that wants little must not keep the others waiting.
      if (++pages > k_pages_at_once) is_woken_ = true;
      if (pages > k_pages_at_once || !read_page(endpoint)) return;
    }
    const OutgoingEventPointer event = std::move(endpoint.ahead.front());
    endpoint.ahead.pop_front();
    const std::uint64_t sequence = event->entry().sequence;
    if (is_wanted(endpoint.runtime->config, event->entry())) {
      endpoint.queue.offer(sequence, event->name(), now, event);
      --room;
    } else {
      endpoint.queue.skip(sequence);
    }
  }
}

bool WebhookDelivery::read_page(Endpoint& endpoint) {
  const std::int64_t now = engine_.clock().now_unix_ms();
  if (endpoint.is_at_end || now < endpoint.read_again_unix_ms) return false;
  const auto page = window_.after(engine_.store().ledger(), endpoint.queue.read());
  if (!page) {
    endpoint.read_again_unix_ms = now + k_own_failure_ms;
    log::write(log::Level::error, "webhook_not_read", {{"detail", page.error().detail()}});
    return false;
  }
  endpoint.is_at_end = page->empty();
  endpoint.ahead.assign(page->begin(), page->end());
  return !page->empty();
}

asio::awaitable<void> WebhookDelivery::keep_round() {
  if (steady_clock::now() < keep_again_) co_return;
  const Result<void> kept = co_await keep_changes();
  if (kept) {
    keep_pause_ = milliseconds(0);
    co_return;
  }
  keep_pause_ = std::clamp(keep_pause_ * 2, k_keep_pause_min, k_keep_pause_max);
  keep_again_ = steady_clock::now() + keep_pause_;
  log::write(log::Level::error, "webhooks_not_kept", {{"detail", kept.error().detail()}});
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
  store::Written result;
  try {
    result = co_await engine_.store().write(std::move(change));
  } catch (const std::exception& error) {
    result = store::Written::failed(Error(Errc::storage_failed, error.what()));
  }
  is_keeping_ = false;
  for (const EndpointPointer& endpoint : written) endpoint->queue.kept(result.committed());
  if (result.has_failed()) co_return result.error;
  co_return Result<void>();
}

}  // namespace idswitch::engine
