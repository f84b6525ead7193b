#include "present/ledger_report_json.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>

#include "base/text/hex.hpp"
#include "base/text/json_text.hpp"
#include "base/values/calendar.hpp"
#include "billing/rule.hpp"

namespace idswitch::api {
namespace {

using json_text::Object;
using store::ReportPeriod;
using store::ReportQuery;
using store::ReportRow;

constexpr std::int64_t k_day_ms = 86'400'000;

Error wrong(std::string_view field, std::string detail) {
  return Error(Errc::invalid_field, std::move(detail), std::string(field));
}

Result<void> add_group(std::string_view group, bool may_ask_by_tenant, ReportQuery& query) {
  if (group == "account") {
    query.by_account = true;
  } else if (group == "sku") {
    query.by_sku = true;
  } else if (group == "arm") {
    query.by_arm = true;
  } else if (group == "tenant" && may_ask_by_tenant) {
    query.by_tenant = true;
  } else if (group == "day" || group == "month") {
    const ReportPeriod period = group == "day" ? ReportPeriod::day : ReportPeriod::month;
    if (query.period != ReportPeriod::whole && query.period != period)
      return wrong("by", "takes day or month, not both");
    query.period = period;
  } else {
    return wrong("by", "takes a list of " + std::string(may_ask_by_tenant ? "tenant, " : "") +
                           "account, sku, arm, and day or month, with commas; '" +
                           std::string(group.substr(0, 64)) + "' is none of them");
  }
  return {};
}

Result<void> add_groups(std::string_view by, bool may_ask_by_tenant, ReportQuery& query) {
  if (by.empty()) by = "account,sku";
  for (;;) {
    const std::size_t comma = by.find(',');
    const auto added = add_group(by.substr(0, comma), may_ask_by_tenant, query);
    if (!added) return added.error();
    if (comma == std::string_view::npos) return {};
    by.remove_prefix(comma + 1);
  }
}

// The time that all accounts of this name (empty = all) agree on; UTC when they do not.
int common_offset(const config::Config& config, const std::string& name) {
  std::optional<int> common;
  for (const auto& [key, account] : config.accounts) {
    if (!name.empty() && key != name) continue;
    const int offset = account.contract.utc_offset_min;
    if (common.value_or(offset) != offset) return 0;
    common = offset;
  }
  return common.value_or(0);
}

Result<std::int64_t> midnight(std::string_view field, const std::string& date, int offset) {
  const auto found = midnight_unix_ms(date, offset);
  if (!found) return wrong(field, "must be a date like 2026-11-01");
  return *found;
}

void append_figures(Object& object, const ReportRow& row) {
  object.text("currency", row.currency)
      .number("units", row.units)
      .number("captured", row.captured)
      .text("captured_amount", row.captured_amount.text())
      .number("adjusted", row.adjusted)
      .text("adjusted_amount", row.adjusted_amount.text())
      .text("charged_amount", row.charged().text())
      .number("held", row.open)
      .text("held_amount", row.open_amount.text())
      .number("unknown", row.unknown)
      .text("unknown_amount", row.unknown_amount.text())
      .number("voided", row.voided)
      .number("disputed", row.disputed);
}

void append_row(std::string& out, const ReportQuery& query, const ReportRow& row) {
  Object object(out);
  if (query.period != ReportPeriod::whole) object.text("period", row.period);
  if (query.by_tenant) object.text("tenant", row.tenant);
  if (query.by_account) object.text("account", row.account);
  if (query.by_sku) object.text("sku", row.sku);
  if (query.by_arm) {
    object.text("experiment", row.experiment).text("seed", row.seed).text("arm", row.arm);
  }
  append_figures(object, row);
}

void append_commitment(std::string& out, const engine::MinimumCommitment& commitment) {
  Object(out)
      .text("account", commitment.account)
      .text("period", commitment.period)
      .text("currency", commitment.currency)
      .text("minimum", commitment.minimum.text())
      .text("charged_amount", commitment.charged.text())
      .text("due", commitment.due.text());
}

void append_fault(std::string& out, const store::LedgerFault& fault) {
  Object one(out);
  one.text("fault", store::name_of(fault.kind))
      .number("sequence", static_cast<std::int64_t>(fault.sequence));
  if (!fault.account.empty())
    one.text("verification", fault.verification.text())
        .text("account", fault.account)
        .text("sku", fault.sku)
        .text("key", fault.event)
        .number("call", fault.call);
  one.text("detail", store::meaning_of(fault.kind));
}

}  // namespace

Result<ReportQuery> report_query(const ReportWords& words, const config::Config& config) {
  ReportQuery query;
  query.tenant = words.tenant;
  query.account = words.account;
  query.is_unit = billing::is_unit;
  if (const auto added = add_groups(words.by, words.may_ask_by_tenant, query); !added)
    return added.error();
  query.utc_offset_min = common_offset(config, words.account);
  if (!words.time.empty()) {
    const auto offset = parse_utc_offset(words.time);
    if (!offset) return wrong("time", "must be an offset from UTC like +08:00, or UTC");
    query.utc_offset_min = *offset;
  }
  if (!words.from.empty()) {
    const auto from = midnight("from", words.from, query.utc_offset_min);
    if (!from) return from.error();
    query.from_unix_ms = *from;
  }
  if (!words.to.empty()) {
    const auto last_day = midnight("to", words.to, query.utc_offset_min);
    if (!last_day) return last_day.error();
    query.until_unix_ms = *last_day + k_day_ms;
    if (query.until_unix_ms <= query.from_unix_ms)
      return wrong("to",
                   "must not be before `from`: the report begins with the day `from` and "
                   "ends with the day `to`");
  }
  return query;
}

std::vector<ReportRow> totals_of(const std::vector<ReportRow>& rows) {
  std::map<std::string, ReportRow> sums;
  for (const ReportRow& row : rows) {
    ReportRow& sum = sums[row.currency];
    sum.currency = row.currency;
    sum.open += row.open;
    sum.open_amount = sum.open_amount + row.open_amount;
    sum.unknown += row.unknown;
    sum.unknown_amount = sum.unknown_amount + row.unknown_amount;
    sum.captured += row.captured;
    sum.units += row.units;
    sum.captured_amount = sum.captured_amount + row.captured_amount;
    sum.voided += row.voided;
    sum.adjusted += row.adjusted;
    sum.adjusted_amount = sum.adjusted_amount + row.adjusted_amount;
    sum.disputed += row.disputed;
  }
  std::vector<ReportRow> totals;
  totals.reserve(sums.size());
  for (auto& [currency, sum] : sums) totals.push_back(std::move(sum));
  return totals;
}

std::string report_json(const LedgerReport& report) {
  std::string out;
  Object object(out);
  object.text("time", offset_text(report.query.utc_offset_min))
      .text_if("from", report.words.from)
      .text_if("to", report.words.to);
  object.list("rows", report.rows, [&](std::string& list, const ReportRow& row) {
    append_row(list, report.query, row);
  });
  object.list("totals", totals_of(report.rows), [](std::string& list, const auto& row) {
    Object total(list);
    append_figures(total, row);
  });
  if (report.has_commitments) object.list("minimums", report.commitments, append_commitment);
  object.close();
  return out;
}

std::string offset_text(int utc_offset_min) {
  const int minutes = std::abs(utc_offset_min);
  char text[32];
  std::snprintf(text, sizeof text, "%c%02d:%02d", utc_offset_min < 0 ? '-' : '+', minutes / 60,
                minutes % 60);
  return text;
}

void append_faults(std::string& out, const store::LedgerFaults& faults,
                   std::string_view verified_at) {
  Object object(out);
  object.number("entries", static_cast<std::int64_t>(faults.entries))
      .number("charges", static_cast<std::int64_t>(faults.charges))
      .number("faults", static_cast<std::int64_t>(faults.total()))
      .number("last_sequence", static_cast<std::int64_t>(faults.last_sequence));
  object.text("last_chain", hex_text(faults.last_chain))
      .list("listed", faults.listed, append_fault);
  object.text("verified_at", verified_at);
}

}  // namespace idswitch::api
