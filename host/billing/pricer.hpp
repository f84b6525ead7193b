#pragma once

// Pricer: prices the charges of one verification at one account, with what has been charged so far.
// It stands between ChargeBook, which knows what happened, and the contract. Made for one step and
// thrown away. It reads and writes the Usage: the caller holds the Usage's lock as long as it
// lives.

#include <optional>
#include <string>
#include <vector>

#include "billing/evidence.hpp"
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

  // What a hold reserves: the worst case.
  Priced hold(const std::string& sku, std::int64_t at_unix_ms) const;

  // What a capture costs.
  Priced capture(const Evidence& evidence, std::int64_t at_unix_ms) const;

  // What a unit that was captured before its end was known costs now; see pricing.hpp.
  std::optional<Priced> capture_again(const std::string& sku, const Charged& charged,
                                      const Ending& ending) const;

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
