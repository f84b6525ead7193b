#pragma once

// ReconciliationText: a reconciliation for people: a table for the terminal, every line as CSV. The
// page to send on is ReconciliationPage. Times are in the contract's own. Pure; any thread.

#include <string>
#include <vector>

#include "reconcile/reconciliation_run.hpp"

namespace idswitch::engine {

// What the page says about how it was made.
struct ReconciliationSettings {
  std::string account;
  std::string product;
  std::string statement_file;
  std::string map_file;
  const billing::StatementMap* map = nullptr;
  const config::Contract* contract = nullptr;
};

// Totals by verdict, and what else there is to know.
std::string summary_text(const ReconciliationSettings& settings, const Reconciliation& done);

// The first line of lines.csv, and one line of it. Texts that a spreadsheet would take for a
// formula begin with an apostrophe.
std::string csv_header();
std::string csv_line(const ReconciledRow& row, int utc_offset_min);

// Pieces of it, for the page too.
std::string reconciliation_time(std::int64_t at_unix_ms, int utc_offset_min);
std::string reconciliation_references(const std::vector<std::string>& references);
std::string reconciliation_period(const std::optional<billing::Period>& period, int utc_offset_min);

// Rows of verdict, lines, ours, theirs, difference, currency; the first one names them.
std::vector<std::vector<std::string>> reconciliation_totals(const Reconciliation& done);

// Sentences, each on a line.
std::string reconciliation_remarks(const Reconciliation& done);

}  // namespace idswitch::engine
