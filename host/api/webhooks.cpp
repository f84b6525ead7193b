#include "api/handlers.hpp"
#include "api/query.hpp"
#include "base/text/json_text.hpp"
#include "engine/webhooks/billing_event.hpp"
#include "present/verification_json.hpp"

// /admin/webhooks: how the delivery of events goes.

namespace idswitch::api::webhooks {

namespace asio = boost::asio;

namespace {

constexpr std::size_t k_events = 100;

// The parameter `name` as an event; none (number 0) when it is not there.
Result<EventName> event_of_query(std::string_view query, std::string_view name) {
  const auto id = query_value(query, name);
  if (!id) return EventName();
  if (const auto event = engine::event_of_id(*id)) return *event;
  return Error(Errc::invalid_field, "must be the id of an event, as it came with the event",
               std::string(name));
}

void append_state(std::string& out, const engine::WebhookState& state) {
  json_text::Object one(out);
  one.text("name", state.name)
      .text_if("tenant", state.tenant)
      .text("delivered", engine::event_cursor(state.delivered))
      .number("behind", static_cast<std::int64_t>(state.behind))
      .number("waiting", static_cast<std::int64_t>(state.waiting))
      .number("dead", static_cast<std::int64_t>(state.dead))
      .boolean("disabled", state.is_disabled);
  if (state.paused_until_unix_ms != 0) {
    one.text("paused_until", timestamp(state.paused_until_unix_ms));
  }
  one.text_if("last_error", state.last_error);
}

void append_dead(std::string& out, const store::WebhookFailure& failure) {
  json_text::Object(out)
      .text("event", engine::event_id(failure.event))
      .text("verification", failure.event.verification.text())
      .number("attempts", failure.attempts)
      .text("last_error", failure.last_error);
}

}  // namespace

asio::awaitable<Result<Answer>> list(const Services& services, const Call&) {
  const auto states = co_await services.webhooks.states();
  if (!states) co_return states.error();
  std::string out;
  json_text::Object(out).list("webhooks", *states, append_state);
  co_return json_answer(std::move(out));
}

asio::awaitable<Result<Answer>> dead(const Services& services, const Call& call) {
  const auto after = event_of_query(call.request.query, "after");
  if (!after) co_return after.error();
  const auto limit = limit_of(call.request.query, k_events);
  if (!limit) co_return limit.error();
  const auto failures = co_await services.webhooks.dead(std::string(call.parts[0]), *after, *limit);
  if (!failures) co_return failures.error();
  std::string out;
  json_text::Object page(out);
  page.list("dead", *failures, append_dead);
  if (failures->size() == *limit) page.text("next", engine::event_id(failures->back().event));
  page.close();
  co_return json_answer(std::move(out));
}

asio::awaitable<Result<Answer>> replay(const Services& services, const Call& call) {
  const auto event = event_of_query(call.request.query, "event");
  if (!event) co_return event.error();
  const std::string name(call.parts[0]);
  const Result<std::size_t> replayed = co_await services.webhooks.replay(name, *event);
  if (!replayed) co_return replayed.error();
  std::string out;
  json_text::Object(out)
      .text("webhook", name)
      .number("replayed", static_cast<std::int64_t>(*replayed));
  co_return json_answer(std::move(out));
}

}  // namespace idswitch::api::webhooks
