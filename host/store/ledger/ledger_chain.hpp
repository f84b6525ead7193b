#pragma once

// The hash chain over the ledger: each entry carries SHA-256(chain of the entry before || bytes of
// the entry), so that an entry that is changed, removed or put between others breaks it. The first
// follows 32 zero bytes. It does not show that the newest entries are gone, or that somebody
// computed all of it anew: for that, note the last entry's chain elsewhere.
//
// Bytes of an entry: its columns in the order of LedgerLine; an integer as 8 bytes, the lowest
// first (two's complement); a text as the integer of its length in bytes, and its bytes.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/ledger_entry.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

using Chain = std::array<std::uint8_t, 32>;

// A row of ledger_entry; texts are borrowed.
struct LedgerLine {
  std::int64_t sequence = 0;
  std::int64_t verification = 0;
  std::int64_t verification_low = 0;
  std::string_view tenant, account, sku, dedupe_key;
  std::int64_t slot = 0;
  std::int64_t kind = 0;
  std::int64_t amount_micros = 0;
  std::string_view currency;
  std::int64_t at_unix_ms = 0;
  std::int64_t evidence = 0;
  std::int64_t source = 0;
  std::string_view vendor_code, vendor_reference, contract_version, rule;
};

// The columns of a LedgerLine, in its order.
inline constexpr std::string_view k_line_columns =
    "sequence, verification, verification_low, tenant, account, sku, dedupe_key, slot, kind,"
    " amount_micros, currency, at_unix_ms, evidence, source, vendor_code, vendor_reference,"
    " contract_version, rule";
inline constexpr int k_line_column_count = 18;

// Charge by charge, each by slot; the index ledger_entry_once has them so.
inline constexpr std::string_view k_charge_order = "verification, account, sku, dedupe_key, slot";

// A capture counts in its volume: it was charged neither once for a person nor by its session.
bool is_unit(const LedgerLine& line);

// entry must outlive the line.
LedgerLine line_of(const LedgerEntry& entry, std::int64_t sequence, std::int64_t slot);

// row: SELECTs k_line_columns first. The line lives until its next step.
LedgerLine line_of(const Statement& row);

// One thread at a time.
class Chainer {
 public:
  Chain next(const Chain& previous, const LedgerLine& line);

 private:
  std::string bytes_;  // reused
};

// Gives every entry its chain, in the ledger's order: for a file that is older than the chain. In a
// transaction, without the trigger that forbids it.
Result<void> chain_ledger(Database& database);

}  // namespace idswitch::store
