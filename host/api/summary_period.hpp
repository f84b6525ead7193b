#pragma once

// The period of GET /v1/billing/summary: never more than a year, so that what one tenant asks for
// has a bound. Pure; any thread.

#include <cstdint>

#include "present/ledger_report_json.hpp"

namespace idswitch::api {

// A year, also one with a leap day.
inline constexpr std::int64_t k_summary_days_max = 366;

// Without `from` the report begins so many days before its end, and says so in its words. Error:
// invalid_field `from`, when it was asked to begin earlier.
Result<void> keep_period(LedgerReport& report, std::int64_t now_unix_ms);

}  // namespace idswitch::api
