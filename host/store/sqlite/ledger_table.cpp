#include "store/sqlite/ledger_table.hpp"

#include <algorithm>
#include <limits>

namespace idswitch::store {
namespace {

// Some tens of milliseconds.
constexpr std::uint64_t k_looked_at_max = 100'000;

constexpr int k_hold_slot = 0;
constexpr int k_resolution_slot = 1;
constexpr int k_first_adjust_slot = 2;

LedgerEntry read(const Statement& row) {
  LedgerEntry entry = entry_of(line_of(row));
  const std::string_view chain = row.bytes(k_line_column_count);
  std::copy_n(chain.begin(), std::min(chain.size(), entry.chain.size()), entry.chain.begin());
  return entry;
}

std::string select(std::string_view rest) {
  std::string sql = "SELECT ";
  return sql.append(k_line_columns).append(", chain FROM ledger_entry ").append(rest);
}

}  // namespace

LedgerWriter::LedgerWriter(Database& database, LaneWriter& lane)
    : database_(&database),
      lane_(&lane),
      insert_(database,
              "INSERT INTO ledger_entry (" + std::string(k_line_columns) +
                  ", chain) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,"
                  "?19,?20,?21,?22,?23,?24,?25,?26,?27,?28)"
                  " ON CONFLICT (verification, account, sku, event, call, slot) DO NOTHING"),
      adjusted_(database,
                "SELECT slot + 1, evidence = ?6 AND source = ?7 AND amount_micros = ?8"
                " AND vendor_code = ?9 AND rule = ?10 AND note = ?11 FROM ledger_entry"
                " WHERE verification = ?1 AND account = ?2 AND sku = ?3 AND event = ?4"
                " AND call = ?5 AND slot >= 2 ORDER BY slot DESC LIMIT 1"),
      hold_(database, select("WHERE verification = ?1 AND account = ?2 AND sku = ?3 AND event = ?4"
                             " AND call = ?5 AND slot = 0")) {}

Result<Appended> LedgerWriter::append(LedgerEntry& e) {
  if (e.kind == EntryKind::adjust) {
    const auto slot = free_slot(e);
    if (!slot) return slot.error();
    return *slot ? insert(e, **slot, Appended::already_there) : Appended::already_there;
  }
  if (e.kind == EntryKind::hold) return insert(e, k_hold_slot, Appended::already_there);
  return insert(e, k_resolution_slot, Appended::refused);
}

Result<std::optional<std::int64_t>> LedgerWriter::free_slot(const LedgerEntry& e) {
  Rows rows(adjusted_.bind(e.verification.high, e.account, e.sku, e.event, e.call, e.evidence,
                           e.source, e.amount.micros, e.vendor_code, e.rule, e.note));
  if (!rows.next()) {
    if (rows.failed()) return database_->error();
    return std::optional<std::int64_t>(k_first_adjust_slot);
  }
  if (adjusted_.integer(1) != 0) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(adjusted_.integer(0));
}

Result<std::optional<LedgerEntry>> LedgerWriter::hold_of(const LedgerEntry& e) {
  Rows rows(hold_.bind(e.verification.high, e.account, e.sku, e.event, e.call));
  if (rows.next()) return std::optional<LedgerEntry>(read(hold_));
  if (rows.failed()) return database_->error();
  return std::optional<LedgerEntry>();
}

Result<Appended> LedgerWriter::insert(LedgerEntry& e, std::int64_t slot, Appended otherwise) {
  const Tip& tip = lane_->tip();
  e.sequence = static_cast<std::uint64_t>(tip.position) + 1;
  e.lane = 0;
  e.epoch = lane_->epoch();
  const LedgerLine line = line_of(e, slot);
  const Chain chain = chainer_.next(tip.chain, line);
  insert_.bind(line.sequence, line.lane, line.epoch, line.verification, line.verification_low,
               line.number, line.tenant, line.account, line.sku, line.event, line.call, line.slot,
               line.kind, line.amount_micros, line.currency, line.at_unix_ms, line.evidence,
               line.source, line.vendor_code, line.vendor_reference, line.contract_version,
               line.rule, line.place, line.utc_offset_min, line.adjust, line.actor, line.note,
               Blob(chain));
  if (!insert_.run()) return database_->error();
  if (database_->changed() == 0) return otherwise;
  lane_->move({line.sequence, chain});
  e.chain = chain;
  return Appended::added;
}

LedgerReader::LedgerReader(Database& database)
    : database_(&database),
      of_(database, select("WHERE verification = ?1 AND verification_low = ?2 ORDER BY sequence")),
      entries_(database, select("WHERE sequence > ?1 AND (?2 = '' OR tenant = ?2)"
                                " AND (?3 = '' OR account = ?3) AND sequence <= ?5"
                                " ORDER BY sequence LIMIT ?4")),
      last_(database, "SELECT max(sequence) FROM ledger_entry"),
      times_(database,
             "SELECT sequence, at_unix_ms FROM ledger_entry WHERE sequence >= ?1"
             " ORDER BY sequence LIMIT 1",
             "SELECT max(sequence) FROM ledger_entry") {}

Result<std::vector<LedgerEntry>> LedgerReader::of(VerificationId id) {
  return read_all(of_.bind(id.high, id.low));
}

Result<std::vector<LedgerEntry>> LedgerReader::entries(const EntryQuery& query) {
  return read_all(entries_.bind(query.after, query.tenant, query.account, query.limit,
                                std::numeric_limits<std::int64_t>::max()));
}

Result<EntryPage> LedgerReader::page(const EntryQuery& query) {
  const auto last = this->last();
  if (!last) return last.error();
  // Every sequence is taken: this many rows are looked at.
  const std::uint64_t until = std::min(*last, query.after + k_looked_at_max);
  auto entries =
      read_all(entries_.bind(query.after, query.tenant, query.account, query.limit, until));
  if (!entries) return entries.error();
  EntryPage page;
  page.entries = std::move(*entries);
  const bool is_full = page.entries.size() == query.limit && !page.entries.empty();
  page.next = is_full ? page.entries.back().sequence : std::max(query.after, until);
  page.is_last = page.next >= *last;
  return page;
}

Result<std::uint64_t> LedgerReader::last() {
  Rows rows(last_.bind());
  if (!rows.next()) return database_->error();
  return static_cast<std::uint64_t>(last_.integer(0));  // NULL is 0
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
