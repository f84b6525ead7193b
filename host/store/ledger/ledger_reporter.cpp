#include "store/ledger/ledger_reporter.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>

namespace idswitch::store {
namespace {

constexpr int k_page = 20'000;  // entries in one read

// How far times may be out of order, on both sides of what TimeSearch allows for.
constexpr std::int64_t k_disorder_ms = 3'600'000;

constexpr std::string_view k_of_charge =
    " WHERE verification = ?1 AND account = ?2 AND sku = ?3 AND event = ?4 AND call = ?5 ";

std::string period_of(const ReportQuery& query, std::int64_t at_unix_ms) {
  namespace chrono = std::chrono;
  if (query.period == ReportPeriod::whole) return {};
  const auto local = chrono::milliseconds(at_unix_ms) + chrono::minutes(query.utc_offset_min);
  const chrono::year_month_day date(chrono::sys_days(chrono::floor<chrono::days>(local)));
  char text[48];
  const int year = static_cast<int>(date.year());
  const auto month = static_cast<unsigned>(date.month());
  if (query.period == ReportPeriod::month) {
    std::snprintf(text, sizeof text, "%04d-%02u", year, month);
  } else {
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", year, month,
                  static_cast<unsigned>(date.day()));
  }
  return text;
}

// No text has a zero byte in it that could be taken for the end of a part: names come from the
// configuration.
void put(std::string& key, std::string_view part) {
  key.append(part).push_back('\0');
}

}  // namespace

LedgerReporter::LedgerReporter(Database& database)
    : database_(&database),
      last_(database, "SELECT max(sequence) FROM ledger_entry"),
      entries_(database, "SELECT " + std::string(k_line_columns) +
                             " FROM ledger_entry WHERE sequence > ?1 AND sequence <= ?2"
                             " ORDER BY sequence LIMIT ?3"),
      state_(database, "SELECT max(slot = 1), max(slot >= 2 AND evidence = 0) FROM ledger_entry" +
                           std::string(k_of_charge) + "AND slot > 0 AND sequence <= ?6"),
      disputes_(database, "SELECT max(slot = 1), sum(slot >= 2) FROM ledger_entry" +
                              std::string(k_of_charge) +
                              "AND sequence < ?6 AND (slot = 1 OR (slot >= 2 AND"
                              " amount_micros = 0 AND evidence != 0))"),
      arm_statement_(database,
                     "SELECT experiment, seed, arm FROM exposure WHERE verification = ?1"),
      times_(database,
             "SELECT sequence, at_unix_ms FROM ledger_entry WHERE sequence >= ?1"
             " ORDER BY sequence LIMIT 1",
             "SELECT max(sequence) FROM ledger_entry") {}

Result<std::vector<ReportRow>> LedgerReporter::report(const ReportQuery& query) {
  rows_.clear();
  const auto sequences = range(query);
  if (!sequences) return sequences.error();
  std::optional<std::int64_t> after = sequences->first;
  while (after) {
    auto read = add_page(query, *after, sequences->second);
    if (!read) return read.error();
    after = *read;
  }
  std::vector<ReportRow> rows;
  rows.reserve(rows_.size());
  for (auto& [key, row] : rows_) {
    const bool is_empty =
        row.open + row.unknown + row.captured + row.voided + row.adjusted + row.disputed == 0;
    if (!is_empty) rows.push_back(std::move(row));
  }
  rows_.clear();
  return rows;
}

Result<std::pair<std::int64_t, std::int64_t>> LedgerReporter::range(const ReportQuery& query) {
  {
    Rows rows(last_.bind());
    if (!rows.next()) return database_->error();
    as_of_ = last_.integer(0);  // NULL is 0
  }
  const auto from = times_.key_before(query.from_unix_ms);
  if (!from) return from.error();
  std::int64_t until = as_of_;
  if (query.until_unix_ms < std::numeric_limits<std::int64_t>::max() - 2 * k_disorder_ms) {
    const auto found = times_.key_before(query.until_unix_ms + 2 * k_disorder_ms);
    if (!found) return found.error();
    until = std::min(*found, as_of_);
  }
  return std::pair(*from, until);
}

Result<std::optional<std::int64_t>> LedgerReporter::add_page(const ReportQuery& query,
                                                             std::int64_t after,
                                                             std::int64_t until) {
  Rows rows(entries_.bind(after, until, k_page));
  int read = 0;
  while (rows.next()) {
    ++read;
    const LedgerLine line = line_of(entries_);
    after = line.sequence;
    if (line.at_unix_ms < query.from_unix_ms || line.at_unix_ms >= query.until_unix_ms) continue;
    if (!query.tenant.empty() && line.tenant != query.tenant) continue;
    if (!query.account.empty() && line.account != query.account) continue;
    if (const auto added = add(query, line); !added) return added.error();
  }
  if (rows.failed()) return database_->error();
  return read == k_page ? std::optional(after) : std::nullopt;
}

Result<void> LedgerReporter::add(const ReportQuery& query, const LedgerLine& line) {
  auto state = HoldState::resolved;
  bool disputes = false;
  switch (static_cast<EntryKind>(line.kind)) {
    case EntryKind::hold: {
      const auto found = state_of(line);
      if (!found) return found.error();
      state = *found;
      if (state == HoldState::resolved) return {};
      break;
    }
    case EntryKind::adjust: {
      if (line.amount_micros != 0) break;
      const auto found = is_first_dispute(line);
      if (!found) return found.error();
      disputes = *found;
      if (!disputes) return {};
      break;
    }
    default: break;
  }
  const auto found = row_of(query, line);
  if (!found) return found.error();
  ReportRow& row = **found;
  const Money amount{line.amount_micros};
  switch (static_cast<EntryKind>(line.kind)) {
    case EntryKind::hold:
      ++(state == HoldState::open ? row.open : row.unknown);
      (state == HoldState::open ? row.open_amount : row.unknown_amount).micros += amount.micros;
      break;
    case EntryKind::capture:
      ++row.captured;
      row.units += query.is_unit == nullptr || query.is_unit(line.rule, line.sku) ? 1 : 0;
      row.captured_amount = row.captured_amount + amount;
      break;
    case EntryKind::void_: ++row.voided; break;
    case EntryKind::adjust:
      if (disputes) {
        ++row.disputed;
      } else {
        ++row.adjusted;
        row.adjusted_amount = row.adjusted_amount + amount;
      }
      break;
  }
  return {};
}

Result<ReportRow*> LedgerReporter::row_of(const ReportQuery& query, const LedgerLine& line) {
  if (query.by_arm) {
    if (const auto found = find_arm(line.verification); !found) return found.error();
  }
  const std::string period = period_of(query, line.at_unix_ms);
  key_.clear();
  put(key_, period);
  put(key_, query.by_tenant ? line.tenant : "");
  put(key_, query.by_account ? line.account : "");
  put(key_, query.by_sku ? line.sku : "");
  for (const auto* part : {&arm_.experiment, &arm_.seed, &arm_.arm})
    put(key_, query.by_arm ? std::string_view(*part) : "");
  put(key_, line.currency);
  const auto found = rows_.find(key_);
  if (found != rows_.end()) return &found->second;
  if (rows_.size() >= query.rows_max) {
    return Error(Errc::invalid_field, "the report would have more than " +
                                          std::to_string(query.rows_max) +
                                          " rows: ask for a shorter time or for fewer groups");
  }
  ReportRow& row = rows_[key_];
  row.period = period;
  if (query.by_tenant) row.tenant = line.tenant;
  if (query.by_account) row.account = line.account;
  if (query.by_sku) row.sku = line.sku;
  if (query.by_arm) {
    row.experiment = arm_.experiment;
    row.seed = arm_.seed;
    row.arm = arm_.arm;
  }
  row.currency = line.currency;
  return &row;
}

Result<void> LedgerReporter::find_arm(std::int64_t verification) {
  if (arm_.verification == verification) return {};
  Rows rows(arm_statement_.bind(verification));
  arm_ = {verification, {}, {}, {}};
  if (rows.next()) {
    arm_ = {verification, arm_statement_.text(0), arm_statement_.text(1), arm_statement_.text(2)};
  } else if (rows.failed()) {
    return database_->error();
  }
  return {};
}

Result<LedgerReporter::HoldState> LedgerReporter::state_of(const LedgerLine& hold) {
  Rows rows(state_.bind(hold.verification, hold.account, hold.sku, hold.event, hold.call, as_of_));
  if (!rows.next()) return database_->error();
  if (state_.integer(0) != 0) return HoldState::resolved;
  return state_.integer(1) != 0 ? HoldState::unknown : HoldState::open;
}

Result<bool> LedgerReporter::is_first_dispute(const LedgerLine& remark) {
  if (remark.evidence == 0) return false;
  Rows rows(disputes_.bind(remark.verification, remark.account, remark.sku, remark.event,
                           remark.call, remark.sequence));
  if (!rows.next()) return database_->error();
  return disputes_.integer(0) != 0 && disputes_.integer(1) == 0;
}

}  // namespace idswitch::store
