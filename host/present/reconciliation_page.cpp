#include "present/reconciliation_page.hpp"

#include "base/values/duration.hpp"

namespace idswitch::engine {
namespace {

using billing::LedgerCharge;
using billing::Verdict;

constexpr std::array<std::string_view, billing::k_verdicts> k_explanations = {
    "Both sides have it, at the same amount.",
    "Both sides have it, at different amounts: a price or rule of the contract is not the one that "
    "was billed. Compare the line of the contract that is named with the vendor's.",
    "Both sides have it; theirs is the contract's price at another volume. The vendor counts units "
    "otherwise than we do, or by another day.",
    "The same reference stands in more lines than we have charges with it: the vendor billed it "
    "more "
    "than once.",
    "The vendor bills it, and with us it is not due. Where our state is held or unknown, the "
    "vendor "
    "did charge it. Where it is voided, a rule is wrong, ours or theirs. Where nothing of ours is "
    "known, somebody else uses the same contract, or our database was restored from a backup.",
    "We counted a charge, and no line has it: the vendor forgot it, counts it by another day, or "
    "its "
    "line is broken or ignored.",
};

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
}

void append_cell(std::string& out, std::string_view text, std::string_view style = "") {
  out += style.empty() ? "<td>" : "<td class=\"" + std::string(style) + "\">";
  append_escaped(out, text);
  out += "</td>";
}

constexpr std::string_view k_style =
    "body{font:14px/1.45 system-ui,sans-serif;color:#1b1f24;max-width:1100px;margin:2em auto;"
    "padding:0 1em}h1{font-size:1.5em;margin-bottom:0}h2{font-size:1.15em;margin:1.8em 0 .3em}"
    "p{margin:.3em 0 .7em}table{border-collapse:collapse;width:100%;font-size:.9em}"
    "th,td{border-bottom:1px solid #d0d7de;padding:.25em .5em;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}th{border-bottom:2px solid #57606a}"
    ".n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".good{color:#116329}.bad{color:#a40e26}.quiet{color:#57606a}tr.sum td{font-weight:600}"
    "@media print{body{margin:0;max-width:none;font-size:11px}thead{display:table-header-group}"
    "tr{break-inside:avoid}h2{break-after:avoid}@page{size:A4 landscape;margin:14mm}}";

void append_setting(std::string& out, std::string_view name, std::string_view value) {
  out += "<tr>";
  append_cell(out, name);
  append_cell(out, value);
  out += "</tr>\n";
}

void append_totals_table(std::string& out, const Reconciliation& done) {
  const auto rows = reconciliation_totals(done);
  out +=
      "<table><thead><tr><th>verdict</th><th class=\"n\">lines</th><th class=\"n\">ours</th>"
      "<th class=\"n\">theirs</th><th class=\"n\">theirs less ours</th><th></th></tr></thead>"
      "<tbody>\n";
  bool is_sum = false;
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    is_sum = is_sum || row->front() == "total";
    out += is_sum ? "<tr class=\"sum\">" : "<tr>";
    for (std::size_t i = 0; i < row->size(); ++i) {
      append_cell(out, (*row)[i], i > 0 && i < 5 ? "n" : "");
    }
    out += "</tr>\n";
  }
  out += "</tbody></table>\n";
}

void append_settings(std::string& out, const ReconciliationSettings& settings) {
  const billing::StatementMap& map = *settings.map;
  out += "<h2>How this was made</h2>\n<table><tbody>\n";
  append_setting(out, "account", settings.account + " (" + settings.product + ")");
  append_setting(out, "statement", settings.statement_file);
  append_setting(out, "map", settings.map_file);
  append_setting(out, "encoding",
                 map.encoding == billing::StatementEncoding::gb18030 ? "GB18030" : "UTF-8");
  std::string references;
  for (const billing::StatementColumn& one : map.references) {
    references += (references.empty() ? "" : ", ") + one.text();
  }
  append_setting(out, "reference", references.empty() ? "none" : references);
  append_setting(out, "found without a reference",
                 map.window_ms == 0 || !map.time.is_set()
                     ? "never"
                     : "same SKU and amount, at most " +
                           duration_text(std::chrono::milliseconds(map.window_ms)) +
                           " apart, the nearest first");
  std::string versions;
  for (const config::ContractVersion& one : settings.contract->versions) {
    versions += (versions.empty() ? "" : ", ") + one.version;
  }
  append_setting(out, "contract", settings.contract->currency + ", versions " + versions);
  out += "</tbody></table>\n";
}

}  // namespace

void ReconciliationPage::take(const ReconciledRow& row) {
  switch (row.kind) {
    case ReconciledRow::Kind::judged:
      if (row.verdict != Verdict::matched) {
        add(verdicts_[static_cast<std::size_t>(row.verdict)], row);
      }
      if (row.is_settling) add(settling_, row);
      break;
    case ReconciledRow::Kind::neither:
      if (!row.charge->is_resolved()) add(neither_, row);
      break;
    case ReconciledRow::Kind::broken: add(broken_, row); break;
    case ReconciledRow::Kind::ignored: break;
  }
}

void ReconciliationPage::add(Section& section, const ReconciledRow& row) const {
  if (++section.count > std::int64_t(k_rows_max)) return;
  const int offset = settings_.contract->utc_offset_min;
  std::string& out = section.rows;
  out += "<tr>";
  append_cell(out, row.line == nullptr ? "" : std::to_string(row.line->line), "n");
  if (row.kind == ReconciledRow::Kind::broken) {
    append_cell(out, row.line->text);
    append_cell(out, row.note);
    out += "</tr>\n";
    return;
  }
  if (row.line == nullptr) {
    out += "<td></td><td></td><td></td>";
  } else {
    append_cell(out, reconciliation_references(row.line->references));
    append_cell(out,
                row.line->at_unix_ms ? reconciliation_time(*row.line->at_unix_ms, offset) : "");
    append_cell(out, row.line->amount.text() + " " + row.line->currency, "n");
  }
  if (row.charge == nullptr) {
    out += "<td></td><td></td><td></td><td></td>";
  } else {
    const LedgerCharge& charge = *row.charge;
    append_cell(out, charge.verification.text() + " " + charge.event +
                         (charge.call == 1 ? "" : " call " + std::to_string(charge.call)));
    append_cell(out, reconciliation_time(charge.at_unix_ms(), offset));
    append_cell(out, billing::state_text(charge));
    append_cell(
        out, (charge.is_resolved() ? charge.balance : charge.held).text() + " " + charge.currency,
        "n");
  }
  append_cell(out, row.note);
  out += "</tr>\n";
}

void ReconciliationPage::append(std::string& out, const Section& section, std::string_view title,
                                std::string_view explanation) const {
  if (section.count == 0) return;
  out += "<h2>";
  append_escaped(out, title);
  out += " (" + std::to_string(section.count) + ")</h2>\n<p>";
  append_escaped(out, explanation);
  out += "</p>\n<table><thead><tr><th class=\"n\">line</th>";
  out += &section == &broken_
             ? "<th>how it begins</th><th>what is wrong</th>"
             : "<th>their reference</th><th>their time</th><th class=\"n\">theirs</th>"
               "<th>our verification and charge</th><th>our time</th><th>our state</th>"
               "<th class=\"n\">ours</th><th>note</th>";
  out += "</tr></thead><tbody>\n" + section.rows + "</tbody></table>\n";
  if (section.count > std::int64_t(k_rows_max)) {
    out += "<p class=\"quiet\">and " + std::to_string(section.count - std::int64_t(k_rows_max)) +
           " more; lines.csv has them all.</p>\n";
  }
}

std::string ReconciliationPage::html(const Reconciliation& done) const {
  std::string out = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<title>";
  append_escaped(out, "Reconciliation of " + settings_.account);
  out += "</title>\n<style>" + std::string(k_style) + "</style></head><body>\n<h1>";
  append_escaped(out, "Reconciliation of " + settings_.account);
  out += "</h1>\n<p>";
  append_escaped(out, reconciliation_period(done.period, settings_.contract->utc_offset_min));
  out += done.is_agreed() ? " &middot; <strong class=\"good\">all matched</strong></p>\n"
                          : " &middot; <strong class=\"bad\">there are differences</strong></p>\n";
  append_totals_table(out, done);
  std::string lines = reconciliation_remarks(done);
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    out += "<p class=\"quiet\">";
    append_escaped(out, lines.substr(0, end));
    out += "</p>\n";
    lines.erase(0, end + 1);
  }
  for (std::size_t i = 1; i < verdicts_.size(); ++i) {
    std::string title(billing::word(static_cast<Verdict>(i)));
    title.front() = char(title.front() - 'a' + 'A');
    append(out, verdicts_[i], title, k_explanations[i]);
  }
  append(out, broken_, "Broken lines",
         "These lines could not be read and are in no total. Correct them or the map, and run it "
         "again.");
  append(out, settling_, "Settled by the statement",
         "With us nobody knew, or two sources contradicted each other; the statement tells. The "
         "ledger was not changed: a person decides.");
  append(out, neither_, "Still open",
         "Held or unknown with us, and in no line: as far as the statement is complete, the vendor "
         "did not charge them. The amount is what we hold.");
  append_settings(out, settings_);
  out += "</body></html>\n";
  return out;
}

}  // namespace idswitch::engine
