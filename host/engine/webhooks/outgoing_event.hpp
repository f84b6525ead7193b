#pragma once

// OutgoingEvent: an entry of the ledger that goes to endpoints, and its JSON, made once however
// many want it. One thread at a time.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "model/event_name.hpp"
#include "model/ledger_entry.hpp"

namespace idswitch::engine {

class OutgoingEvent {
 public:
  explicit OutgoingEvent(LedgerEntry entry) : entry_(std::move(entry)) {}

  const LedgerEntry& entry() const { return entry_; }

  EventName name() const { return {entry_.verification, entry_.number}; }

  // The event as it is sent; see append_event. Good until it is asked for with another source.
  const std::string& body(std::string_view source);

 private:
  LedgerEntry entry_;
  std::string source_;
  std::string body_;
};

using OutgoingEventPointer = std::shared_ptr<OutgoingEvent>;

}  // namespace idswitch::engine
