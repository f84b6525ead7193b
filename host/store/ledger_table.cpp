#include "store/ledger_table.hpp"

namespace idswitch::store {
namespace {

constexpr std::string_view k_columns =
    "verification, verification_low, tenant, account, sku, dedupe_key, kind, amount_micros, "
    "currency,"
    " at_unix_ms, evidence, source, vendor_code, vendor_reference, contract_version, rule";

constexpr int k_hold_slot = 0;
constexpr int k_resolution_slot = 1;

LedgerEntry read(const Statement& row) {
  LedgerEntry entry;
  entry.verification = {static_cast<std::uint64_t>(row.integer(0)),
                        static_cast<std::uint64_t>(row.integer(1))};
  entry.tenant = row.text(2);
  entry.account = row.text(3);
  entry.sku = row.text(4);
  entry.dedupe_key = row.text(5);
  entry.kind = static_cast<EntryKind>(row.integer(6));
  entry.amount.micros = row.integer(7);
  entry.currency = row.text(8);
  entry.at_unix_ms = row.integer(9);
  entry.evidence = static_cast<std::uint32_t>(row.integer(10));
  entry.source = static_cast<std::uint32_t>(row.integer(11));
  entry.vendor_code = row.text(12);
  entry.vendor_reference = row.text(13);
  entry.contract_version = row.text(14);
  entry.rule = row.text(15);
  entry.sequence = static_cast<std::uint64_t>(row.integer(16));
  return entry;
}

}  // namespace

LedgerWriter::LedgerWriter(Database& database)
    : database_(&database),
      once_(database,
            "INSERT INTO ledger_entry (" + std::string(k_columns) +
                ", slot) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)"
                " ON CONFLICT (verification, account, sku, dedupe_key, slot) DO NOTHING"),
      adjust_(database,
              "INSERT INTO ledger_entry (" + std::string(k_columns) +
                  ", slot) SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,"
                  " (SELECT ifnull(max(slot), 1) + 1 FROM ledger_entry WHERE verification = ?1"
                  "  AND account = ?4 AND sku = ?5 AND dedupe_key = ?6 AND slot >= 2)"
                  " WHERE NOT EXISTS (SELECT 1 FROM ledger_entry WHERE verification = ?1"
                  "  AND account = ?4 AND sku = ?5 AND dedupe_key = ?6 AND slot >= 2"
                  "  AND evidence = ?11 AND source = ?12 AND amount_micros = ?8"
                  "  AND vendor_code = ?13)") {}

Result<Appended> LedgerWriter::append(const LedgerEntry& e) {
  const bool adjust = e.kind == EntryKind::adjust;
  Statement& statement = adjust ? adjust_ : once_;
  if (adjust) {
    statement.bind(e.verification.high, e.verification.low, e.tenant, e.account, e.sku,
                   e.dedupe_key, e.kind, e.amount.micros, e.currency, e.at_unix_ms, e.evidence,
                   e.source, e.vendor_code, e.vendor_reference, e.contract_version, e.rule);
  } else {
    statement.bind(e.verification.high, e.verification.low, e.tenant, e.account, e.sku,
                   e.dedupe_key, e.kind, e.amount.micros, e.currency, e.at_unix_ms, e.evidence,
                   e.source, e.vendor_code, e.vendor_reference, e.contract_version, e.rule,
                   e.kind == EntryKind::hold ? k_hold_slot : k_resolution_slot);
  }
  if (!statement.run()) return database_->error();
  if (database_->changed() != 0) return Appended::added;
  return adjust || e.kind == EntryKind::hold ? Appended::already_there : Appended::refused;
}

LedgerReader::LedgerReader(Database& database)
    : database_(&database),
      of_(database, "SELECT " + std::string(k_columns) +
                        ", sequence FROM ledger_entry WHERE verification = ?1"
                        " AND verification_low = ?2 ORDER BY sequence"),
      entries_(database, "SELECT " + std::string(k_columns) +
                             ", sequence FROM ledger_entry WHERE sequence > ?1"
                             " AND (?2 = '' OR tenant = ?2) AND (?3 = '' OR account = ?3)"
                             " ORDER BY sequence LIMIT ?4"),
      times_(database,
             "SELECT sequence, at_unix_ms FROM ledger_entry WHERE sequence >= ?1"
             " ORDER BY sequence LIMIT 1",
             "SELECT max(sequence) FROM ledger_entry") {}

Result<std::vector<LedgerEntry>> LedgerReader::of(VerificationId id) {
  return read_all(of_.bind(id.high, id.low));
}

Result<std::vector<LedgerEntry>> LedgerReader::entries(const EntryQuery& query) {
  return read_all(entries_.bind(query.after, query.tenant, query.account, query.limit));
}

Result<std::uint64_t> LedgerReader::sequence_at(std::int64_t unix_ms) {
  const auto before = times_.key_before(unix_ms);
  if (!before) return before.error();
  return static_cast<std::uint64_t>(*before);
}

Result<std::vector<LedgerEntry>> LedgerReader::read_all(Statement& statement) {
  std::vector<LedgerEntry> entries;
  Rows rows(statement);
  while (rows.next()) entries.push_back(read(statement));
  if (rows.failed()) return database_->error();
  return entries;
}

}  // namespace idswitch::store
