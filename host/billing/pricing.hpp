#pragma once

// Pricing: what one unit costs under a contract, and which line of the contract says so. The one
// place that computes with prices: the ledger, the budgets and routing's expected cost all ask
// here. Pure functions; any thread.
//
// The rules of a SKU are asked in this order, and the first that applies sets the price:
//   1. charged once a person: it was paid already, so neither volume nor end matters;
//   2. its session paid: of a SKU that is grouped by session, one call of a verification pays;
//   3. free units: the first so many of a period cost nothing, however they end, and each uses one;
//   4. outcomes: an end that has a price of its own has it at every volume;
//   5. tiers: the volume price of everything else;
//   6. the price.
// Whether a unit is charged at all is the evidence's to say, but an outcome may say so instead: see
// reading(). A minimum commitment changes no unit's price: what is missing is due when its period
// ends.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/values/money.hpp"
#include "billing/period.hpp"
#include "billing/rule.hpp"
#include "config/contract.hpp"

namespace idswitch::billing {

// The version that is valid at the instant. Before the first one's date, the first; of a contract
// without versions (an account that is not in the configuration any more), one without prices.
const config::ContractVersion& version_at(const config::Contract& contract,
                                          std::int64_t at_unix_ms);

// Some version charges a SKU once a person: who it is matters then.
bool charges_persons(const config::Contract& contract);

// What is known of one unit besides its SKU.
struct Circumstances {
  std::int64_t at_unix_ms = 0;
  std::uint32_t verdict = 0;  // IDSW_VERDICT_*; 0 = none (abandoned, or not known yet)
  std::uint32_t reason = 0;   // IDSW_REASON_*
  std::string_view vendor_code;
  std::int64_t units_before = 0;  // of this SKU, charged in its period before this one
  bool person_charged = false;    // this person was charged for the SKU within its person_days
  // The code that the verification ended with, when evidence told vendor_code before. A line that
  // asks for a code matches either.
  std::string_view end_code = {};
  bool session_charged = false;  // another call of its verification pays; for Group::session
  // The vendor's own flag says that it charges: lines that say it does not do not count.
  bool charged_anyway = false;
};

struct Priced {
  Money amount;
  std::string version;      // of the contract
  Rule rule;                // none = no price
  std::int64_t place = -1;  // the units before it that the price was found with; -1 = it is no unit
                            // of the volume
};

// A SKU that the contract does not price costs nothing (config is checked for that).
Priced price(const config::Contract& contract, std::string_view sku,
             const Circumstances& circumstances);

// What the contract says of whether an end is charged, and the line that says it.
struct Reading {
  bool charged = false;
  Rule rule;  // an outcome
};

// How evidence that is not the vendor's own flag is to be read: by the first outcome that matches
// and says. Nothing: as it stands. What more becomes known of an end can lead to an earlier line,
// never back to none.
std::optional<Reading> reading(const config::Contract& contract, std::string_view sku,
                               const Circumstances& circumstances);

// A unit as it was priced when it was charged.
struct Charged {
  std::int64_t at_unix_ms = 0;
  std::string_view version;
  Rule rule;
  std::int64_t place = -1;  // as in Priced
};

// What of an end the rule that priced a unit tells: verdict and reason of its outcome. Zeros when
// it tells nothing, or the contract does not have that version (any more).
struct KnownEnd {
  std::uint32_t verdict = 0;
  std::uint32_t reason = 0;
};

KnownEnd end_of_rule(const config::Contract& contract, std::string_view sku,
                     const Charged& charged);

// Which differences between two pieces of evidence for one charge can matter under the contract.
struct Distinctions {
  bool codes = false;     // some outcome asks for a code
  bool readings = false;  // some outcome says whether it is charged
};

Distinctions distinctions(const config::Contract& contract, std::string_view sku,
                          std::int64_t at_unix_ms);

// How the SKU's calls are grouped.
config::Group group_at(const config::Contract& contract, std::string_view sku,
                       std::int64_t at_unix_ms);

// The highest price of any end that is possible: what a hold reserves. units_open other units are
// held and may be charged before this one, so every count from units_before to units_before +
// units_open is possible too. Exact: some end has this price. A capture can still cost more than
// its hold: when units that were held later take the last free ones before it, or when a period, a
// version or the person's days end in between.
Priced worst_case(const config::Contract& contract, std::string_view sku, std::int64_t at_unix_ms,
                  std::int64_t units_before, bool person_charged, std::int64_t units_open = 0,
                  bool session_charged = false);

// The price at an end of which only the verdict is known (0 = none): lines of the contract that ask
// for a reason or a vendor's code do not match.
Money price_at_end(const config::Contract& contract, std::string_view sku, std::int64_t at_unix_ms,
                   std::uint32_t verdict, std::int64_t units_before, bool person_charged);

// What a unit that was charged before its end was known costs now that it is. Nothing when that is
// not to be told: it was not priced by a rule, or by a version that the contract does not have at
// that time (any more). The end cannot change a unit's place in the volume: free units, units
// charged once or within a session, and tiers keep their price unless an outcome matches.
// circumstances.units_before counts only for a unit whose outcome does not match any more: its own
// place.
std::optional<Priced> priced_again(const config::Contract& contract, std::string_view sku,
                                   const Charged& charged, Circumstances circumstances);

// The version has a minimum that is not reached and, at the pace of the period so far, will not be:
// one more unit costs nothing on top of it. For routing's expected cost, never for the ledger. In
// the period's first instant there is no pace, and the answer is no.
bool minimum_swallows(const config::ContractVersion& version, Money charged_in_period,
                      Period period, std::int64_t now_unix_ms);

// What is due on top of a period that has ended: what its charges and corrections are short of the
// minimum. version: the one that is valid at the period's end. Zero when it has no minimum.
Money minimum_due(const config::ContractVersion& version, Money charged_in_period);

}  // namespace idswitch::billing
