#include "present/reconciliation_text.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "base/text/csv_text.hpp"
#include "present/text_table.hpp"

namespace idswitch::engine {
namespace {

using billing::LedgerCharge;
using billing::StatementLine;
using billing::Tally;
using billing::Verdict;
using Row = std::vector<std::string>;

constexpr std::string_view k_beyond = "beyond counting";

std::string_view kind_text(const ReconciledRow& row) {
  switch (row.kind) {
    case ReconciledRow::Kind::judged: return billing::word(row.verdict);
    case ReconciledRow::Kind::neither: return "neither";
    case ReconciledRow::Kind::ignored: return "ignored";
    case ReconciledRow::Kind::broken: return "broken";
  }
  return "";
}

std::string difference(Money theirs, Money ours) {
  Money by;
  if (__builtin_sub_overflow(theirs.micros, ours.micros, &by.micros)) return std::string(k_beyond);
  return by.text();
}

// Theirs less ours; empty when they have not the same currency.
std::string difference(const ReconciledRow& row) {
  if (row.kind != ReconciledRow::Kind::judged) return {};
  const bool has_ours = row.charge != nullptr && row.is_counted;
  if (row.line != nullptr && has_ours && row.line->currency != row.charge->currency) return {};
  return difference(row.line == nullptr ? Money{} : row.line->amount,
                    has_ours ? row.charge->balance : Money{});
}

// ---- tables of totals, for both the terminal and the page

void append_totals(std::vector<Row>& rows, std::string_view name, const Tally& tally) {
  if (tally.sums.empty()) {
    rows.push_back({std::string(name), std::to_string(tally.count), "0.00", "0.00", "0.00", ""});
  }
  bool is_first = true;
  for (const auto& [currency, sums] : tally.sums) {
    rows.push_back({is_first ? std::string(name) : "", is_first ? std::to_string(tally.count) : "",
                    sums.ours.text(), sums.theirs.text(), difference(sums.theirs, sums.ours),
                    currency});
    is_first = false;
  }
}

}  // namespace

std::string reconciliation_time(std::int64_t at_unix_ms, int utc_offset_min) {
  using namespace std::chrono;
  const auto local = sys_time<milliseconds>(milliseconds(at_unix_ms)) + minutes(utc_offset_min);
  const auto day = floor<days>(local);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(local - day));
  const int offset = std::abs(utc_offset_min);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d %c%02d:%02d",
                int(date.year()), unsigned(date.month()), unsigned(date.day()),
                int(clock.hours().count()), int(clock.minutes().count()),
                int(clock.seconds().count()), utc_offset_min < 0 ? '-' : '+', offset / 60,
                offset % 60);
  return text.data();
}

std::string reconciliation_references(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : " ") + text;
  return out;
}

std::string reconciliation_period(const std::optional<billing::Period>& period,
                                  int utc_offset_min) {
  if (!period) return "all of the ledger";
  return billing::local_time(period->begin_unix_ms, utc_offset_min) + " to " +
         billing::local_time(period->end_unix_ms, utc_offset_min);
}

std::vector<Row> reconciliation_totals(const Reconciliation& done) {
  std::vector<Row> rows{{"", "lines", "ours", "theirs", "difference", ""}};
  for (std::size_t i = 0; i < done.tallies.size(); ++i) {
    append_totals(rows, billing::word(static_cast<Verdict>(i)), done.tallies[i]);
  }
  append_totals(rows, "total", done.total);
  return rows;
}

std::string reconciliation_remarks(const Reconciliation& done) {
  std::string text = "statement: " + std::to_string(done.records) + " lines, " +
                     std::to_string(done.ignored) + " ignored by the map, " +
                     std::to_string(done.broken) + " broken\n";
  const auto say = [&](std::int64_t count, std::string_view what) {
    if (count > 0) text += std::to_string(count) + " " + std::string(what) + "\n";
  };
  say(done.by_time, "lines were found by SKU, amount and time instead of a reference");
  say(done.settling, "lines tell about charges that are held, unknown or disputed with us");
  say(done.open_unlisted, "charges are held or unknown with us, and in no line");
  say(done.free_unlisted, "charges cost nothing with us, and are in no line");
  return text;
}

std::string summary_text(const ReconciliationSettings& settings, const Reconciliation& done) {
  std::string text = "account " + settings.account + ", " +
                     reconciliation_period(done.period, settings.contract->utc_offset_min) + "\n\n";
  const std::vector<Row> rows = reconciliation_totals(done);
  text += table_text(rows, [](std::size_t column) { return column != 0 && column != 5; });
  text += "\n" + reconciliation_remarks(done);
  text += done.is_agreed() ? "all matched\n" : "there are differences\n";
  return text;
}

std::string csv_header() {
  return "verdict,statement_line,their_reference,their_time,their_sku,their_units,their_amount,"
         "their_currency,verification,charge_key,charge_call,our_reference,our_state,our_time,our_"
         "sku,our_held,"
         "our_amount,our_currency,difference,found_by,contract_version,rule,note\n";
}

std::string csv_line(const ReconciledRow& row, int utc_offset_min) {
  std::string out;
  const StatementLine* line = row.line;
  const bool is_read = line != nullptr && (row.kind == ReconciledRow::Kind::judged);
  append_csv(out, kind_text(row));
  append_csv(out, line == nullptr ? "" : std::to_string(line->line));
  append_csv(out, is_read ? no_formula(reconciliation_references(line->references)) : "");
  append_csv(out, is_read && line->at_unix_ms
                      ? reconciliation_time(*line->at_unix_ms, utc_offset_min)
                      : "");
  append_csv(out, is_read ? no_formula(line->sku) : "");
  append_csv(out, is_read ? std::to_string(line->units) : "");
  append_csv(out, is_read ? line->amount.text() : "");
  append_csv(out, is_read ? line->currency : "");
  const LedgerCharge* charge = row.charge;
  const bool has = charge != nullptr;
  append_csv(out, has ? charge->verification.text() : "");
  append_csv(out, has ? no_formula(charge->event) : "");
  append_csv(out, has ? std::to_string(charge->call) : "");
  append_csv(out, has ? no_formula(reconciliation_references(charge->references)) : "");
  append_csv(out, has ? billing::state_text(*charge) : "");
  append_csv(out, has ? reconciliation_time(charge->at_unix_ms(), utc_offset_min) : "");
  append_csv(out, has ? charge->sku : "");
  append_csv(out, has ? charge->held.text() : "");
  append_csv(out, has ? charge->balance.text() : "");
  append_csv(out, has ? charge->currency : "");
  append_csv(out, difference(row));
  append_csv(out, !has || line == nullptr ? "" : row.is_by_time ? "time" : "reference");
  append_csv(out, has ? charge->contract_version : "");
  append_csv(out, has ? charge->rule : "");
  const std::string note =
      row.note + (line == nullptr || line->text.empty() ? "" : ": " + line->text);
  append_csv(out, no_formula(row.kind == ReconciledRow::Kind::ignored ? line->text : note));
  return out + "\n";
}

}  // namespace idswitch::engine
