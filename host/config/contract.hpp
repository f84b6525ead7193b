#pragma once

// Contract: what one vendor product's charges cost us, by dated versions. Only data:
// billing/pricing computes with it. Plain values; any thread.

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/values/money.hpp"
#include "config/position.hpp"

namespace idswitch::config {

// Calendar periods, in the contract's own time.
enum class Per : std::uint8_t { day, month };

// Which calls of one verification are one charge.
enum class Group : std::uint8_t {
  call,     // each that the adapter names as an event of its own
  session,  // all of one SKU: one of them pays, the others cost nothing
};

// A price that holds for some ends of a verification instead of the SKU's own. The first that
// matches counts; a member that is 0 or empty matches everything.
struct OutcomePrice {
  std::uint32_t verdict = 0;  // IDSW_VERDICT_*
  std::uint32_t reason = 0;   // IDSW_REASON_*
  std::string vendor_code;
  Money price;  // 0 when charged is false
  Position where;
  // Whether this end is charged at all under this contract, whatever result codes, the documented
  // rule and guesses say; only the vendor's own flag stands above it. Empty = as the evidence says.
  std::optional<bool> charged = {};
};

// From this many charged units in the period on, a unit costs `price`.
struct Tier {
  std::int64_t from_units = 0;  // > 0
  Money price;
};

// What one unit of a SKU costs.
struct SkuPrice {
  Money price;                         // from the first unit on
  std::vector<OutcomePrice> outcomes;  // asked before tiers
  std::vector<Tier> tiers;             // ascending from_units
  std::int64_t free_units = 0;         // the first so many units of each period cost nothing
  Per per = Per::month;                // the period that tiers and free_units count in
  // Charged once a person in so many days (of 24 hours, from the first charge on); 0 = every time.
  int person_days = 0;
  Group group = Group::call;
  Position where;
};

struct ContractVersion {
  std::string version = "1";
  // Valid from this instant (midnight of the date in the contract's time) until the next version's.
  std::int64_t from_unix_ms = std::numeric_limits<std::int64_t>::min();
  std::map<std::string, SkuPrice> prices;  // by SKU
  Money minimum;                           // the least we pay in a period; 0 = none
  Per minimum_per = Per::month;
  Position where;
};

struct Contract {
  std::string currency;                   // "CNY"
  int utc_offset_min = 0;                 // the contract's time: "+08:00" is 480
  std::vector<ContractVersion> versions;  // ascending from_unix_ms; at least one
  Position where;
};

}  // namespace idswitch::config
