#pragma once

// Pricer: prices the charges of one verification at one account, with what has been charged so far.
// It stands between ChargeBook, which knows what happened, and the contract. Made for one step and
// thrown away. It reads and writes the Usage: the caller holds the Usage's lock as long as it
// lives.

#include <optional>
#include <string>
#include <vector>

#include "billing/pricing.hpp"
#include "billing/usage.hpp"

namespace idswitch::billing {

class Pricer {
 public:
  // contract and usage outlive it. person_charged: the SKUs that the person was charged for within
  // their person_days (by an entry whose rule is not "...charged_once").
  Pricer(std::string account, const config::Contract& contract, Usage& usage,
         std::vector<std::string> person_charged = {});

  const std::string& account() const { return account_; }

  const std::string& currency() const { return contract_.currency; }

  // Of entries that carry no price: the version at the instant.
  const std::string& version(std::int64_t at_unix_ms) const;

  // What a hold reserves: the worst case. session_charged: another call of the verification pays.
  Priced hold(const std::string& sku, std::int64_t at_unix_ms, bool session_charged = false) const;

  // What a capture costs. Of `seen`, what is known of the unit itself; the volume and whether the
  // person was charged are filled in here.
  Priced capture(const std::string& sku, Circumstances seen) const;

  // What a unit that was captured before its end was known costs now; see pricing.hpp.
  std::optional<Priced> capture_again(const std::string& sku, const Charged& charged,
                                      Circumstances seen) const;

  // See pricing.hpp.
  std::optional<Reading> reading(const std::string& sku, const Circumstances& seen) const;
  KnownEnd end_of(const std::string& sku, const Charged& charged) const;
  Distinctions distinctions(const std::string& sku, std::int64_t at_unix_ms) const;
  bool is_by_session(const std::string& sku, std::int64_t at_unix_ms) const;

  // Counts an entry that was made with these prices, so that the next unit is priced after it.
  void take(const LedgerEntry& entry);

 private:
  std::int64_t units_before(const std::string& sku, std::int64_t at_unix_ms) const;
  bool is_person_charged(const std::string& sku) const;

  std::string account_;
  const config::Contract& contract_;
  Usage& usage_;
  std::vector<std::string> person_charged_;
};

}  // namespace idswitch::billing
