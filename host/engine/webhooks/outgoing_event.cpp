#include "engine/webhooks/outgoing_event.hpp"

#include "engine/webhooks/billing_event.hpp"

namespace idswitch::engine {

const std::string& OutgoingEvent::body(std::string_view source) {
  if (body_.empty() || source_ != source) {
    source_ = source;
    body_.clear();
    append_event(body_, entry_, source_);
  }
  return body_;
}

}  // namespace idswitch::engine
