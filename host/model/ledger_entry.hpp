#pragma once

// LedgerEntry: one line of the append-only ledger. Nothing is ever edited; a correction is a new
// entry. A charge is named by (verification, account, sku, event, call); it has at most one hold
// and at most one resolution (capture or void), and any number of adjustments. Plain value.

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/values/money.hpp"
#include "model/verification_id.hpp"

namespace idswitch {

enum class EntryKind : std::uint8_t {
  hold = 1,     // written before the request that may be billed leaves: the worst case
  capture = 2,  // the vendor charges it
  void_ = 3,    // it does not
  adjust = 4,   // a correction; with amount zero a remark, for example "nobody knows"
};

// What an adjust is. A capture or void is by_hand, or legacy.
enum class Adjust : std::uint8_t {
  legacy = 0,    // no adjust, or one from before this was written down: see adjust_of
  priced = 1,    // the charge is charged after all, or at another price
  released = 2,  // it is given back: evidence says that it is not charged
  freed = 3,     // the contract takes it away; nobody told us that it is not charged
  remark = 4,    // evidence that changes nothing and contradicts nothing: "nobody knows"
  dispute = 5,   // evidence that changes nothing and contradicts what the ledger says
  by_hand = 6,   // a person settled it: see actor and note
};

struct LedgerEntry {
  std::uint64_t sequence = 0;  // given by the store, strictly growing; 0 before that
  std::uint32_t lane = 0;      // of the writer; given by the store
  std::uint64_t epoch = 0;     // of the lane; given by the store
  VerificationId verification;
  std::uint32_t number = 0;  // within its verification, without a gap, from 1; 0 = not known
  std::string tenant;
  std::string account;
  std::string sku;
  std::string event;       // the adapter's dedupe key, as it said it
  std::uint32_t call = 1;  // of the event, the first is 1
  EntryKind kind = EntryKind::hold;
  Money amount;          // hold: reserved; capture: charged; void: 0; adjust: signed difference
  std::string currency;  // "CNY"
  std::int64_t at_unix_ms = 0;
  std::optional<int> utc_offset_min;  // of the contract's time; nothing = not written down
  std::uint32_t evidence = 0;         // IDSW_CHARGE_* that led to the entry; 0 = nobody knows
  std::uint32_t source = 0;           // IDSW_SOURCE_*
  std::string vendor_code;
  std::string vendor_reference;
  std::string contract_version;  // which version of the account's contract priced it
  std::string rule;              // which rule of the contract priced it; empty = none
  // capture, or an adjust that charges what was void: the units of its SKU that its period had
  // before it. -1 = it is no unit of the volume.
  std::int64_t place = -1;
  Adjust adjust = Adjust::legacy;
  std::string actor;  // by_hand: who
  std::string note;   // by_hand: why, and what it was read from
  // SHA-256 over the chain of the entry before and this entry; given by the store, see
  // store/ledger/ledger_chain.hpp.
  std::array<std::uint8_t, 32> chain{};
};

}  // namespace idswitch
