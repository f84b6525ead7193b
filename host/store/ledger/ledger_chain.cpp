#include "store/ledger/ledger_chain.hpp"

#include <cstring>

#include "base/digest.hpp"

namespace idswitch::store {
namespace {

void put(std::string& out, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(bits >> (8 * i));
  out.append(bytes, sizeof bytes);
}

void put(std::string& out, std::string_view text) {
  put(out, static_cast<std::int64_t>(text.size()));
  out.append(text);
}

template <class... Values>
void put_all(std::string& out, const Values&... values) {
  (put(out, values), ...);
}

}  // namespace

LedgerLine line_of(const LedgerEntry& e, std::string_view dedupe_key, std::int64_t sequence,
                   std::int64_t slot) {
  return {sequence,
          static_cast<std::int64_t>(e.verification.high),
          static_cast<std::int64_t>(e.verification.low),
          e.tenant,
          e.account,
          e.sku,
          dedupe_key,
          slot,
          static_cast<std::int64_t>(e.kind),
          e.amount.micros,
          e.currency,
          e.at_unix_ms,
          e.evidence,
          e.source,
          e.vendor_code,
          e.vendor_reference,
          e.contract_version,
          e.rule};
}

LedgerLine line_of(const Statement& row) {
  return {row.integer(0), row.integer(1),  row.integer(2),  row.bytes(3),    row.bytes(4),
          row.bytes(5),   row.bytes(6),    row.integer(7),  row.integer(8),  row.integer(9),
          row.bytes(10),  row.integer(11), row.integer(12), row.integer(13), row.bytes(14),
          row.bytes(15),  row.bytes(16),   row.bytes(17)};
}

bool is_unit(const LedgerLine& line) {
  return line.kind == static_cast<std::int64_t>(EntryKind::capture) &&
         !line.rule.ends_with(".charged_once") && !line.rule.ends_with(".group");
}

Chain Chainer::next(const Chain& previous, const LedgerLine& line) {
  bytes_.assign(reinterpret_cast<const char*>(previous.data()), previous.size());
  put_all(bytes_, line.sequence, line.verification, line.verification_low, line.tenant,
          line.account, line.sku, line.dedupe_key, line.slot, line.kind, line.amount_micros,
          line.currency, line.at_unix_ms, line.evidence, line.source, line.vendor_code,
          line.vendor_reference, line.contract_version, line.rule);
  return sha256(bytes_);
}

Result<void> chain_ledger(Database& database) {
  Statement read(database, "SELECT " + std::string(k_line_columns) +
                               " FROM ledger_entry WHERE sequence > ?1 ORDER BY sequence LIMIT 1");
  Statement write(database, "UPDATE ledger_entry SET chain = ?2 WHERE sequence = ?1");
  if (const auto prepared = database.prepared(); !prepared) return prepared;
  Chainer chainer;
  Chain chain{};
  std::int64_t sequence = 0;
  while (true) {
    {
      Rows rows(read.bind(sequence));
      if (!rows.next()) return rows.failed() ? Result<void>(database.error()) : Result<void>();
      const LedgerLine line = line_of(read);
      sequence = line.sequence;
      chain = chainer.next(chain, line);
    }
    if (!write.bind(sequence, Blob(chain)).run()) return database.error();
  }
}

}  // namespace idswitch::store
