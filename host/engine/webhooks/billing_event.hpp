#pragma once

// BillingEvent: a ledger entry as a CloudEvents 1.0 event in JSON. The ledger is the outbox: an
// event is computed from its entry whenever somebody wants it, so it was made durable with the
// state that it tells of, and its id is the same for ever. Holds no personal data. Pure; any
// thread.
//
// A cursor is a place in the ledger. There is one writer, and it numbers entries in the order in
// which they are committed: no entry turns up later with a lower sequence than one that was read,
// so going on after the highest one skips nothing.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/charge_event.hpp"
#include "model/ledger_entry.hpp"

namespace idswitch::engine {

// "led_1234"
std::string event_id(std::uint64_t sequence);

// The sequence; nothing when text is not exactly what event_id writes.
std::optional<std::uint64_t> sequence_of_event(std::string_view id);

// "xyz.idswitch.charge.captured"
std::string event_type(ChargeEvent event);

// Of this switch, as a relative URI: "/idswitch/id.example.com" for its public_url
// "https://id.example.com".
std::string event_source(std::string_view public_url);

// One JSON object.
void append_event(std::string& out, const LedgerEntry& entry, std::string_view source);

// For callers to keep and give back, not to read.
std::string event_cursor(std::uint64_t sequence);

// Nothing when text is not exactly what event_cursor writes.
std::optional<std::uint64_t> sequence_of_cursor(std::string_view cursor);

}  // namespace idswitch::engine
