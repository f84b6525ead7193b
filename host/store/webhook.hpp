#pragma once

// What is kept of the delivery of events to webhook endpoints. An event is a ledger entry, named by
// its verification and its number in it. In which order a verification's events go out is the
// sender's business. Plain values.

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/event_name.hpp"

namespace idswitch::store {

enum class WebhookState : std::uint8_t {
  waiting = 0,  // tried again when its time comes
  dead = 1,     // not tried again unless somebody replays it
};

// An event that could not be delivered so far.
struct WebhookFailure {
  std::string endpoint;
  EventName event;
  std::uint64_t sequence = 0;  // where its entry stands in the ledger
  std::uint32_t attempts = 0;  // so far
  std::int64_t next_try_unix_ms = 0;
  WebhookState state = WebhookState::waiting;
  std::string last_error;  // one sentence, without what the endpoint said about persons
};

// Pending events of one endpoint in the order of their names.
struct WebhookQuery {
  std::string endpoint;
  WebhookState state = WebhookState::waiting;
  EventName after;
  std::uint64_t beyond = 0;  // only those whose entries stand after this sequence
  std::size_t limit = 1000;
};

}  // namespace idswitch::store
