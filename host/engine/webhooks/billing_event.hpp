#pragma once

// BillingEvent: a ledger entry as a CloudEvents 1.0 event in JSON. The ledger is the outbox: an
// event is computed from its entry whenever somebody wants it, so it was made durable with the
// state that it tells of, and its id, of the verification and the entry's number in it, is the same
// for ever. Holds no personal data. Pure; any thread.
//
// A cursor is a place in the ledger, and as a text nothing to calculate with. What a lane of the
// ledger commits stands behind what it had committed before, so going on after the last place that
// was read skips nothing.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/charge_event.hpp"
#include "model/event_name.hpp"
#include "model/ledger_entry.hpp"

namespace idswitch::engine {

// "evt_ver_0t401nag0g00089y9t0bq6a34n_2": the second event of that verification.
std::string event_id(const EventName& name);

// Nothing when text is not exactly what event_id writes.
std::optional<EventName> event_of_id(std::string_view id);

// "xyz.idswitch.charge.captured"
std::string event_type(ChargeEvent event);

// Of this switch, as a relative URI: "/idswitch/id.example.com" for its public_url
// "https://id.example.com".
std::string event_source(std::string_view public_url);

// One JSON object. The entry must have its number: see entry_numbers.hpp.
void append_event(std::string& out, const LedgerEntry& entry, std::string_view source);

// For callers to keep and give back, not to read.
std::string event_cursor(std::uint64_t sequence);

// Nothing when text is not exactly what event_cursor writes, or wrote before there were lanes: what
// was handed out stays good.
std::optional<std::uint64_t> sequence_of_cursor(std::string_view cursor);

}  // namespace idswitch::engine
