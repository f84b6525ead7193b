#pragma once

// Pricing: what one unit costs under a contract, and which line of the contract says so. The one
// place that computes with prices: the ledger, the budgets and routing's expected cost all ask
// here. Pure functions; any thread.
//
// The rules of a SKU are asked in this order, and the first that applies sets the price:
//   1. charged once a person: it was paid already, so neither volume nor end matters;
//   2. free units: the first so many of a period cost nothing, however they end, and each uses one;
//   3. outcomes: an end that has a price of its own has it at every volume;
//   4. tiers: the volume price of everything else;
//   5. the price.
// A minimum commitment changes no unit's price: what is missing is due when its period ends.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/money.hpp"
#include "billing/period.hpp"
#include "config/contract.hpp"

namespace idswitch::billing {

// The version that is valid at the instant. Before the first one's date, the first; of a contract
// without versions (an account that is not in the configuration any more), one without prices.
const config::ContractVersion& version_at(const config::Contract& contract,
                                          std::int64_t at_unix_ms);

// What is known of one unit besides its SKU.
struct Circumstances {
  std::int64_t at_unix_ms = 0;
  std::uint32_t verdict = 0;  // IDSW_VERDICT_*; 0 = none (abandoned, or not known yet)
  std::uint32_t reason = 0;   // IDSW_REASON_*
  std::string_view vendor_code;
  std::int64_t units_before = 0;  // of this SKU, charged in its period before this one
  bool person_charged = false;    // this person was charged for the SKU within its person_days
};

struct Priced {
  Money amount;
  std::string version;  // of the contract
  std::string rule;     // "prices.verify", "prices.verify.outcomes[0]", "prices.verify.tiers[1]",
                     // "prices.verify.free_units", "prices.verify.charged_once"; empty = no price
};

// A SKU that the contract does not price costs nothing (config is checked for that).
Priced price(const config::Contract& contract, std::string_view sku,
             const Circumstances& circumstances);

// The highest price of any end that is possible: what a hold reserves. units_open other units are
// held and may be charged before this one, so every count from units_before to units_before +
// units_open is possible too. Exact: some end has this price. A capture can still cost more than
// its hold: when units that were held later take the last free ones before it, or when a period, a
// version or the person's days end in between.
Priced worst_case(const config::Contract& contract, std::string_view sku, std::int64_t at_unix_ms,
                  std::int64_t units_before, bool person_charged, std::int64_t units_open = 0);

// The price at an end of which only the verdict is known (0 = none): lines of the contract that ask
// for a reason or a vendor's code do not match.
Money price_at_end(const config::Contract& contract, std::string_view sku, std::int64_t at_unix_ms,
                   std::uint32_t verdict, std::int64_t units_before, bool person_charged);

// A unit as it was priced when it was charged.
struct Charged {
  std::int64_t at_unix_ms = 0;
  std::string_view version;
  std::string_view rule;
};

// What a unit that was charged before its end was known costs now that it is. Nothing when that is
// not to be told: it was not priced by a rule, or by a version that the contract does not have at
// that time (any more). The end cannot change a unit's place in the volume: free units, units
// charged once, and tiers keep their price unless an outcome matches. circumstances.units_before
// counts only for a unit whose outcome does not match any more.
std::optional<Priced> priced_again(const config::Contract& contract, std::string_view sku,
                                   const Charged& charged, Circumstances circumstances);

// The person had paid for this SKU before: the unit costs nothing, and is none of the volume.
bool is_charged_once(std::string_view rule, std::string_view sku);

// The version has a minimum that is not reached and, at the pace of the period so far, will not be:
// one more unit costs nothing on top of it. For routing's expected cost, never for the ledger. In
// the period's first instant there is no pace, and the answer is no.
bool minimum_swallows(const config::ContractVersion& version, Money charged_in_period,
                      Period period, std::int64_t now_unix_ms);

}  // namespace idswitch::billing
