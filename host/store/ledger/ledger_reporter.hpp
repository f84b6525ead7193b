#pragma once

// LedgerReporter: sums over the entries of a period, read once in the order of their sequences.
// Memory for the rows that come out. One thread at a time; the database must outlive it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/ledger/ledger_chain.hpp"
#include "store/ledger_report.hpp"
#include "store/sqlite/sqlite.hpp"
#include "store/sqlite/time_search.hpp"

namespace idswitch::store {

class LedgerReporter {
 public:
  explicit LedgerReporter(Database& database);

  // The state of the charges is that of the newest entry when the report began. Rows are ordered by
  // period, tenant, account, SKU, experiment, seed, arm, currency. Error: storage_failed;
  // invalid_field.
  Result<std::vector<ReportRow>> report(const ReportQuery& query);

 private:
  enum class HoldState : std::uint8_t { open, unknown, resolved };

  struct Arm {
    std::int64_t verification = -1;  // that the rest is of
    std::string experiment, seed, arm;
  };

  // Sequences: after the first, up to the second.
  Result<std::pair<std::int64_t, std::int64_t>> range(const ReportQuery& query);
  // The sequence of the last one read; nothing when there are no more.
  Result<std::optional<std::int64_t>> add_page(const ReportQuery& query, std::int64_t after,
                                               std::int64_t until);
  Result<void> add(const ReportQuery& query, const LedgerLine& line);
  Result<ReportRow*> row_of(const ReportQuery& query, const LedgerLine& line);
  Result<void> find_arm(std::int64_t verification);
  Result<HoldState> state_of(const LedgerLine& hold);
  // Whether this contradicts the charge's resolution and no earlier entry did.
  Result<bool> is_first_dispute(const LedgerLine& remark);

  Database* database_;
  Statement last_;
  Statement entries_;
  Statement state_;
  Statement disputes_;
  Statement arm_statement_;
  TimeSearch times_;

  std::int64_t as_of_ = 0;  // later entries count for nothing
  Arm arm_;
  std::string key_;  // reused
  std::map<std::string, ReportRow, std::less<>> rows_;
};

}  // namespace idswitch::store
