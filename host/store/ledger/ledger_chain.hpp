#pragma once

// The hash chain over the ledger: each entry carries SHA-256(chain of the entry before || bytes of
// the entry), so that an entry that is changed, removed or put between others breaks it. The first
// follows 32 zero bytes. It does not show that somebody computed all of it anew: for that, note the
// last entry's chain elsewhere. That the newest entries are gone shows in the writer's row.
//
// Bytes of an entry: its members in the order of LedgerLine. An integer n is the number 2n, or
// -2n-1 when it is negative, in groups of seven bits, the lowest first; each byte but the last has
// its highest bit set (LEB128 of a zigzag number). A text is the integer of its length in bytes,
// and its bytes. So no two entries have the same bytes, and most members are one byte. Entries of
// epoch 0 are older than the members marked below: they have the first form, without them, the
// number of a later call behind the event ("verify#2"), and every integer as 8 bytes, the lowest
// first (two's complement).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/ledger_entry.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

using Chain = std::array<std::uint8_t, 32>;

// A row of ledger_entry; texts are borrowed.
struct LedgerLine {
  std::int64_t sequence = 0;
  std::int64_t lane = 0;   // not in the first form
  std::int64_t epoch = 0;  // not in the first form
  std::int64_t verification = 0;
  std::int64_t verification_low = 0;
  std::int64_t number = 0;  // not in the first form
  std::string_view tenant, account, sku, event;
  std::int64_t call = 1;
  std::int64_t slot = 0;
  std::int64_t kind = 0;
  std::int64_t amount_micros = 0;
  std::string_view currency;
  std::int64_t at_unix_ms = 0;
  std::int64_t evidence = 0;
  std::int64_t source = 0;
  std::string_view vendor_code, vendor_reference, contract_version, rule;
  // Not in the first form:
  std::int64_t place = -1;
  std::optional<int> utc_offset_min;  // as two integers: 1 and it, or 0 and 0
  std::int64_t adjust = 0;
  std::string_view actor, note;
};

// The columns of a LedgerLine, in its order.
inline constexpr std::string_view k_line_columns =
    "sequence, lane, epoch, verification, verification_low, number, tenant, account, sku, event,"
    " call, slot, kind, amount_micros, currency, at_unix_ms, evidence, source, vendor_code,"
    " vendor_reference, contract_version, rule, place, utc_offset_min, adjust, actor, note";
inline constexpr int k_line_column_count = 27;

// Charge by charge, each by slot; the index ledger_entry_once has them so.
inline constexpr std::string_view k_charge_order = "verification, account, sku, event, call, slot";

// entry must outlive the line.
LedgerLine line_of(const LedgerEntry& entry, std::int64_t slot);

// row: SELECTs k_line_columns first. The line lives until its next step.
LedgerLine line_of(const Statement& row);

// But for its chain.
LedgerEntry entry_of(const LedgerLine& line);

// One thread at a time.
class Chainer {
 public:
  Chain next(const Chain& previous, const LedgerLine& line);

 private:
  std::string bytes_;  // reused, never made shorter
};

}  // namespace idswitch::store
