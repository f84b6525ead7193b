#include "reconcile/reconciliation_rows.hpp"

#include "reconcile/scratch_record.hpp"

namespace idswitch::engine {

using billing::LedgerCharge;
using billing::MatchItem;
using billing::StatementLine;

namespace {

void write(RecordWriter& out, const std::vector<std::string>& texts) {
  out.number(static_cast<std::int64_t>(texts.size()));
  for (const std::string& text : texts) out.text(text);
}

std::vector<std::string> read_texts(RecordReader& in) {
  std::vector<std::string> texts(static_cast<std::size_t>(in.number()));
  for (std::string& text : texts) text = in.text();
  return texts;
}

void write(RecordWriter& out, VerificationId id) {
  out.number(static_cast<std::int64_t>(id.high)).number(static_cast<std::int64_t>(id.low));
}

VerificationId read_id(RecordReader& in) {
  const auto high = static_cast<std::uint64_t>(in.number());
  return {high, static_cast<std::uint64_t>(in.number())};
}

}  // namespace

std::string bytes_of(const StatementLine& line) {
  RecordWriter out;
  out.number(line.line).number(line.at_unix_ms.has_value()).number(line.at_unix_ms.value_or(0));
  out.text(line.sku).number(line.is_known_sku).number(line.amount.micros).number(line.units);
  out.text(line.currency).number(line.is_ignored).text(line.fault).text(line.text);
  write(out, line.references);
  return out.bytes();
}

StatementLine line_of(std::string_view bytes) {
  RecordReader in(bytes);
  StatementLine line;
  line.line = in.number();
  const bool has_time = in.number() != 0;
  const std::int64_t at = in.number();
  if (has_time) line.at_unix_ms = at;
  line.sku = in.text();
  line.is_known_sku = in.number() != 0;
  line.amount.micros = in.number();
  line.units = in.number();
  line.currency = in.text();
  line.is_ignored = in.number() != 0;
  line.fault = in.text();
  line.text = in.text();
  line.references = read_texts(in);
  return line;
}

std::string bytes_of(const LedgerCharge& charge) {
  RecordWriter out;
  write(out, charge.verification);
  out.text(charge.sku).text(charge.event).number(charge.call).text(charge.currency);
  out.number(static_cast<std::int64_t>(charge.state)).number(charge.is_disputed);
  out.number(charge.held.micros).number(charge.balance.micros);
  out.number(charge.held_at_unix_ms).number(charge.charged_at_unix_ms);
  out.text(charge.contract_version).text(charge.rule);
  write(out, charge.references);
  return out.bytes();
}

LedgerCharge charge_of(std::string_view bytes) {
  RecordReader in(bytes);
  LedgerCharge charge;
  charge.verification = read_id(in);
  charge.sku = in.text();
  charge.event = in.text();
  charge.call = static_cast<std::uint32_t>(in.number());
  charge.currency = in.text();
  charge.state = static_cast<ChargeState>(in.number());
  charge.is_disputed = in.number() != 0;
  charge.held.micros = in.number();
  charge.balance.micros = in.number();
  charge.held_at_unix_ms = in.number();
  charge.charged_at_unix_ms = in.number();
  charge.contract_version = in.text();
  charge.rule = in.text();
  charge.references = read_texts(in);
  return charge;
}

std::string bytes_of(const MatchItem& item) {
  RecordWriter out;
  out.number(item.number).number(item.sku).number(item.currency);
  out.number(static_cast<std::int64_t>(item.standing)).number(item.is_line);
  out.number(item.amount_micros).number(item.at_unix_ms);
  return out.bytes();
}

MatchItem item_of(std::string_view bytes) {
  RecordReader in(bytes);
  MatchItem item;
  item.number = static_cast<std::uint32_t>(in.number());
  item.sku = static_cast<std::uint16_t>(in.number());
  item.currency = static_cast<std::uint16_t>(in.number());
  item.standing = static_cast<billing::Standing>(in.number());
  item.is_line = in.number() != 0;
  item.amount_micros = in.number();
  item.at_unix_ms = in.number();
  return item;
}

std::string bytes_of(const LedgerEntry& entry) {
  RecordWriter out;
  write(out, entry.verification);
  out.text(entry.sku).text(entry.event).number(entry.call);
  out.number(static_cast<std::int64_t>(entry.kind));
  out.number(entry.amount.micros).text(entry.currency).number(entry.at_unix_ms);
  out.number(entry.evidence).number(entry.source).number(static_cast<std::int64_t>(entry.adjust));
  out.text(entry.vendor_code).text(entry.vendor_reference);
  out.text(entry.contract_version).text(entry.rule);
  return out.bytes();
}

LedgerEntry entry_of(std::string_view bytes) {
  RecordReader in(bytes);
  LedgerEntry entry;
  entry.verification = read_id(in);
  entry.sku = in.text();
  entry.event = in.text();
  entry.call = static_cast<std::uint32_t>(in.number());
  entry.kind = static_cast<EntryKind>(in.number());
  entry.amount.micros = in.number();
  entry.currency = in.text();
  entry.at_unix_ms = in.number();
  entry.evidence = static_cast<std::uint32_t>(in.number());
  entry.source = static_cast<std::uint32_t>(in.number());
  entry.adjust = static_cast<Adjust>(in.number());
  entry.vendor_code = in.text();
  entry.vendor_reference = in.text();
  entry.contract_version = in.text();
  entry.rule = in.text();
  return entry;
}

std::string charge_key(const LedgerEntry& entry) {
  std::string key;
  append_sortable(key, static_cast<std::int64_t>(entry.verification.high));
  append_sortable(key, static_cast<std::int64_t>(entry.verification.low));
  key.append(entry.sku).append(1, '\0').append(entry.event).append(1, '\0');
  append_sortable(key, static_cast<std::int64_t>(entry.call));
  append_sortable(key, static_cast<std::int64_t>(entry.sequence));
  return key;
}

}  // namespace idswitch::engine
