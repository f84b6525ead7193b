#pragma once

// LedgerEntry: one line of the append-only ledger. Nothing is ever edited; a correction is a new
// entry. A charge is named by (verification, account, sku, dedupe_key); it has at most one hold and
// at most one resolution (capture or void), and any number of adjustments. Plain value.

#include <array>
#include <cstdint>
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

struct LedgerEntry {
  std::uint64_t sequence = 0;  // given by the store, strictly growing; 0 before that
  VerificationId verification;
  std::string tenant;
  std::string account;
  std::string sku;
  std::string dedupe_key;
  EntryKind kind = EntryKind::hold;
  Money amount;          // hold: reserved; capture: charged; void: 0; adjust: signed difference
  std::string currency;  // "CNY"
  std::int64_t at_unix_ms = 0;
  std::uint32_t evidence = 0;  // IDSW_CHARGE_* that led to the entry; 0 = nobody knows
  std::uint32_t source = 0;    // IDSW_SOURCE_*
  std::string vendor_code;
  std::string vendor_reference;
  std::string contract_version;  // which version of the account's contract priced it
  std::string rule;              // which rule of the contract priced it; empty = none
  // SHA-256 over the chain of the entry before and this entry; given by the store, see
  // store/ledger/ledger_chain.hpp.
  std::array<std::uint8_t, 32> chain{};
};

}  // namespace idswitch
