#pragma once

// A report of the ledger: what was asked for, in the words of the command line and of the HTTP API,
// and its JSON. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "report/minimum_commitment.hpp"
#include "store/ledger_faults.hpp"
#include "store/ledger_report.hpp"

namespace idswitch::api {

// All may be empty.
struct ReportWords {
  std::string tenant;
  std::string account;
  std::string by;    // "account,sku,month"
  std::string from;  // "2026-11-01", with all of that day
  std::string to;    // likewise
  std::string time;  // "+08:00"
  bool may_ask_by_tenant = true;
};

// Without `by` it is account and SKU. Without `time` days begin as in the contracts of all accounts
// that are asked for, or by UTC when those differ. Error: invalid_field, its field one of the
// words' names.
Result<store::ReportQuery> report_query(const ReportWords& words, const config::Config& config);

struct LedgerReport {
  ReportWords words;
  store::ReportQuery query;
  std::vector<store::ReportRow> rows;
  std::vector<engine::MinimumCommitment> commitments;
  bool has_commitments = false;  // they were asked for
};

// The sums of all rows by currency; their groups are empty.
std::vector<store::ReportRow> totals_of(const std::vector<store::ReportRow>& rows);

std::string report_json(const LedgerReport& report);

// "+08:00"
std::string offset_text(int utc_offset_min);

// {"entries": 12, "charges": 5, "faults": 0}, with what else a check has found.
void append_faults(std::string& out, const store::LedgerFaults& faults,
                   std::string_view verified_at);

}  // namespace idswitch::api
