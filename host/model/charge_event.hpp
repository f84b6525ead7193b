#pragma once

// ChargeEvent: what a ledger entry tells those who follow a tenant's charges. Derived from the
// entry alone, so that the same entry is the same event for ever. Pure; any thread.

#include <array>
#include <cstdint>
#include <string_view>

#include "idswitch/abi/vocabulary.h"
#include "model/ledger_entry.hpp"

namespace idswitch {

enum class ChargeEvent : std::uint8_t {
  held,      // it may be charged: the worst case
  captured,  // the vendor charges it
  voided,    // it does not
  adjusted,  // what it comes to has changed; the event has the difference
  unknown,   // nobody knows whether it is charged; the hold stands
  disputed,  // evidence beside what the ledger says, mostly against it; the ledger stands
};

// By the enum's number; the last word of an event's type, and the words of the configuration.
inline constexpr std::array<std::string_view, 6> k_charge_event_words = {
    "held", "captured", "voided", "adjusted", "unknown", "disputed"};

inline constexpr std::uint32_t k_all_charge_events = (1U << k_charge_event_words.size()) - 1;

constexpr std::string_view word(ChargeEvent event) {
  return k_charge_event_words[static_cast<std::size_t>(event)];
}

constexpr std::uint32_t mask_of(ChargeEvent event) {
  return 1U << static_cast<unsigned>(event);
}

inline ChargeEvent event_of(const LedgerEntry& entry) {
  switch (entry.kind) {
    case EntryKind::hold: return ChargeEvent::held;
    case EntryKind::capture: return ChargeEvent::captured;
    case EntryKind::void_: return ChargeEvent::voided;
    case EntryKind::adjust: break;
  }
  switch (entry.adjust) {
    case Adjust::priced:
    case Adjust::released:
    case Adjust::freed:
    case Adjust::by_hand: return ChargeEvent::adjusted;
    case Adjust::remark:
    case Adjust::dispute: break;
    case Adjust::legacy:
      // A correction names a rule, also where the price is 0; a remark has none.
      if (entry.amount != Money{} || !entry.rule.empty()) return ChargeEvent::adjusted;
  }
  return entry.evidence == IDSW_CHARGE_UNKNOWN ? ChargeEvent::unknown : ChargeEvent::disputed;
}

}  // namespace idswitch
