#pragma once

// Pricer: prices the charges of one verification at one account by the counts as they stand in the
// commit, and moves those counts by each entry that is made. It stands between ChargeBook, which
// knows what happened, and the contract. Made for one booking and thrown away; one thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "billing/pricing.hpp"
#include "billing/terms.hpp"
#include "model/charge_fold.hpp"
#include "model/counts.hpp"

namespace idswitch::billing {

class Pricer {
 public:
  // terms and what they borrow, tenant and counts outlive it. person: whose verification it is; 0 =
  // nobody's.
  Pricer(const Terms& terms, std::string_view tenant, std::uint64_t person, Counts& counts)
      : terms_(terms), tenant_(tenant), person_(person), counts_(counts) {}

  std::string_view account() const { return terms_.account; }

  const std::string& currency() const { return terms_.contract.currency; }

  int utc_offset_min() const { return terms_.contract.utc_offset_min; }

  // Of entries that carry no price: the version at the instant.
  const std::string& version(std::int64_t at_unix_ms) const;

  // What a hold reserves: the worst case. session_charged: another call of the verification pays.
  Priced hold(const std::string& sku, std::int64_t at_unix_ms, bool session_charged = false) const;

  // What a capture costs. Of `seen`, what is known of the unit itself; the volume and whether the
  // person was charged are filled in here.
  Priced capture(const std::string& sku, Circumstances seen) const;

  // What a unit that was captured before its end was known costs now, at its own place in the
  // volume; see pricing.hpp.
  std::optional<Priced> capture_again(const std::string& sku, const Charged& charged,
                                      Circumstances seen) const;

  // What a person says that a unit costs.
  Priced by_hand(const std::string& sku, Money amount, std::int64_t at_unix_ms) const;

  // See pricing.hpp.
  std::optional<Reading> reading(const std::string& sku, const Circumstances& seen) const;
  KnownEnd end_of(const std::string& sku, const Charged& charged) const;
  Distinctions distinctions(const std::string& sku, std::int64_t at_unix_ms) const;
  bool is_by_session(const std::string& sku, std::int64_t at_unix_ms) const;

  // The budget that has no room for the hold.
  std::optional<Exhausted> refusal(const LedgerEntry& hold) const;

  // Moves every count that an entry of this account means; the next unit is priced after it. hold:
  // of its charge.
  void take(const LedgerEntry& entry, const Hold& hold);

  std::vector<BudgetWarning>& warnings() { return warnings_; }

 private:
  const config::SkuPrice* find_price(const std::string& sku, std::int64_t at_unix_ms) const;
  std::int64_t units_before(const std::string& sku, std::int64_t at_unix_ms) const;
  std::int64_t units_open(const std::string& sku) const;
  bool is_person_charged(const std::string& sku, std::int64_t at_unix_ms) const;
  Spender spender(const Hold& hold) const;

  Terms terms_;
  std::string_view tenant_;
  std::uint64_t person_;
  Counts& counts_;
  std::vector<BudgetWarning> warnings_;
};

}  // namespace idswitch::billing
