#pragma once

// Questions to the ledger that are answered with sums or lists, and their answers. Plain values.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/values/money.hpp"
#include "model/verification_id.hpp"

namespace idswitch::store {

enum class ReportPeriod : std::uint8_t { whole, day, month };

struct ReportQuery {
  std::string tenant;   // empty = any
  std::string account;  // empty = any
  std::int64_t from_unix_ms = 0;
  std::int64_t until_unix_ms = std::numeric_limits<std::int64_t>::max();  // excluded

  // What has rows of its own; a currency always has.
  ReportPeriod period = ReportPeriod::whole;
  bool by_tenant = false;
  bool by_account = false;
  bool by_sku = false;
  bool by_arm = false;

  // Whether a capture with this rule of its contract is one of the units that volumes count; null:
  // every one is.
  bool (*is_unit)(std::string_view rule, std::string_view sku) = nullptr;

  int utc_offset_min = 0;  // of days and months
  std::size_t rows_max = 100'000;
};

// What happened in a period. A capture, a void and a correction count when they were made, so that
// a period that is over keeps its sums; a hold that is open or unknown now counts when it was made.
struct ReportRow {
  std::string period;                 // "2026-11-03", "2026-11"; empty: the whole
  std::string tenant, account, sku;   // empty unless asked for
  std::string experiment, seed, arm;  // empty as well for verifications in no experiment
  std::string currency;

  std::int64_t open = 0;  // held, nothing known yet
  Money open_amount;
  std::int64_t unknown = 0;  // held, and nobody knows
  Money unknown_amount;
  std::int64_t captured = 0;
  std::int64_t units = 0;  // of these, what volumes count: not what was charged once for a person
  Money captured_amount;   // of captures alone
  std::int64_t voided = 0;
  std::int64_t adjusted = 0;  // corrections with an amount
  Money adjusted_amount;
  std::int64_t disputed = 0;  // charges that evidence contradicted for the first time

  Money charged() const { return captured_amount + adjusted_amount; }
};

struct AgedHold {
  std::uint64_t sequence = 0;  // of the hold
  VerificationId verification;
  std::string tenant, account, sku, event;
  std::uint32_t call = 1;
  Money amount;
  std::string currency;
  std::int64_t held_at_unix_ms = 0;
  bool is_unknown = false;  // a remark says that nobody knows

  std::int64_t age_ms(std::int64_t now_unix_ms) const { return now_unix_ms - held_at_unix_ms; }
};

struct AgedQuery {
  std::string tenant;                                                           // empty = any
  std::string account;                                                          // empty = any
  std::int64_t held_before_unix_ms = std::numeric_limits<std::int64_t>::max();  // excluded
  bool unknown_only = false;
  std::optional<AgedHold> after;  // the last one of the page before
  std::size_t limit = 1000;
};

}  // namespace idswitch::store
