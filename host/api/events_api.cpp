#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/answers.hpp"
#include "api/http_api.hpp"
#include "api/query.hpp"
#include "base/text/json_text.hpp"
#include "engine/webhooks/billing_event.hpp"
#include "present/verification_json.hpp"

// /v1/billing/events, and /admin/webhooks: the events of charges, and how their delivery goes.

namespace idswitch::api {

namespace asio = boost::asio;

namespace {

constexpr std::string_view k_dead = "/dead";
constexpr std::string_view k_replay = ":replay";
constexpr std::size_t k_events = 100;

Result<store::EntryQuery> entry_query(std::string_view query, std::string_view tenant) {
  store::EntryQuery wanted;
  wanted.tenant = tenant;
  wanted.account = query_value(query, "account").value_or("");
  const auto limit = limit_of(query, k_events);
  if (!limit) return limit.error();
  wanted.limit = *limit;
  if (const auto cursor = query_value(query, "cursor")) {
    const auto sequence = engine::sequence_of_cursor(*cursor);
    if (!sequence) {
      return Error(Errc::invalid_field,
                   "must be a cursor, as `next` gave it; leave it out to begin", "cursor");
    }
    wanted.after = *sequence;
  }
  return wanted;
}

// The parameter `name` as the sequence of an event; 0 when there is none.
Result<std::uint64_t> event_of_query(std::string_view query, std::string_view name) {
  const auto id = query_value(query, name);
  if (!id) return std::uint64_t{0};
  const auto sequence = engine::sequence_of_event(*id);
  if (sequence && *sequence > 0) return *sequence;
  return Error(Errc::invalid_field, "must be the id of an event, like led_1234", std::string(name));
}

void write_page(const store::EntryPage& page, std::string_view source, net::OutgoingReply& reply) {
  json_text::Object object(reply.body);
  std::string& events = object.member("events");
  events += '[';
  for (const LedgerEntry& entry : page.entries) {
    if (events.back() != '[') events += ',';
    engine::append_event(events, entry, source);
  }
  events += ']';
  object.text("next", engine::event_cursor(page.next)).boolean("more", !page.is_last);
}

void write_states(const std::vector<engine::WebhookState>& states, net::OutgoingReply& reply) {
  json_text::Object object(reply.body);
  std::string& list = object.member("webhooks");
  list += '[';
  for (const engine::WebhookState& state : states) {
    if (list.back() != '[') list += ',';
    json_text::Object one(list);
    one.text("name", state.name)
        .text_if("tenant", state.tenant)
        .text("delivered", engine::event_id(state.delivered))
        .number("behind", static_cast<std::int64_t>(state.behind))
        .number("waiting", static_cast<std::int64_t>(state.waiting))
        .number("dead", static_cast<std::int64_t>(state.dead))
        .boolean("disabled", state.is_disabled);
    if (state.paused_until_unix_ms != 0) {
      one.text("paused_until", timestamp(state.paused_until_unix_ms));
    }
    one.text_if("last_error", state.last_error);
  }
  list += ']';
}

void write_dead(const std::vector<store::WebhookFailure>& dead, std::size_t limit,
                net::OutgoingReply& reply) {
  json_text::Object object(reply.body);
  std::string& list = object.member("dead");
  list += '[';
  for (const store::WebhookFailure& one : dead) {
    if (list.back() != '[') list += ',';
    json_text::Object(list)
        .text("event", engine::event_id(one.sequence))
        .text("verification", one.verification.text())
        .number("attempts", one.attempts)
        .text("last_error", one.last_error);
  }
  list += ']';
  if (dead.size() == limit) object.text("next", engine::event_id(dead.back().sequence));
}

}  // namespace

asio::awaitable<void> HttpApi::events(const Request& request, std::string_view tenant,
                                      Reply& reply) {
  const auto query = entry_query(request.query, tenant);
  if (!query) {
    api::write_error(query.error(), reply);
    co_return;
  }
  // It may have to look at many entries of others.
  const auto work = [&]() -> asio::awaitable<Result<store::EntryPage>> {
    co_return engine_.store().ledger().page(*query);
  };
  const Result<store::EntryPage> page = co_await asio::co_spawn(slow_, work, asio::use_awaitable);
  if (!page) {
    api::write_error(page.error(), reply);
    co_return;
  }
  write_page(*page, engine::event_source(engine_.setup()->config.server.public_url), reply);
}

asio::awaitable<void> HttpApi::admin_webhooks(const Request& request, std::string_view rest,
                                              Reply& reply) {
  const bool replays = rest.ends_with(k_replay);
  if (!rest.empty() && !replays && !rest.ends_with(k_dead)) {
    api::write_error(no_such_path(), reply);
    co_return;
  }
  const std::string_view method = replays ? "POST" : "GET";
  if (request.method != method) {
    write_wrong_method(method, reply);
    co_return;
  }
  if (rest.empty()) {
    const auto states = co_await webhooks_.states();
    if (states)
      write_states(*states, reply);
    else
      api::write_error(states.error(), reply);
    co_return;
  }
  // "/NAME/dead", "/NAME:replay"
  const std::size_t action = replays ? k_replay.size() : k_dead.size();
  const std::string name(rest.substr(1, std::max(rest.size(), action + 1) - action - 1));
  if (replays) {
    co_await replay(name, request, reply);
  } else {
    co_await dead_events(name, request, reply);
  }
}

asio::awaitable<void> HttpApi::replay(const std::string& name, const Request& request,
                                      Reply& reply) {
  const auto event = event_of_query(request.query, "event");
  if (!event) {
    api::write_error(event.error(), reply);
    co_return;
  }
  const Result<std::size_t> replayed = co_await webhooks_.replay(name, *event);
  if (replayed) {
    json_text::Object(reply.body)
        .text("webhook", name)
        .number("replayed", static_cast<std::int64_t>(*replayed));
  } else {
    api::write_error(replayed.error(), reply);
  }
}

asio::awaitable<void> HttpApi::dead_events(const std::string& name, const Request& request,
                                           Reply& reply) {
  const auto after = event_of_query(request.query, "after");
  const auto limit = limit_of(request.query, k_events);
  if (!after || !limit) {
    api::write_error(after ? limit.error() : after.error(), reply);
    co_return;
  }
  const auto dead = co_await webhooks_.dead(name, *after, *limit);
  if (dead)
    write_dead(*dead, *limit, reply);
  else
    api::write_error(dead.error(), reply);
}

}  // namespace idswitch::api
