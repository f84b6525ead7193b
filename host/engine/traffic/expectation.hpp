#pragma once

// Expectation: what an account is expected to charge, and whether a budget has room for it, by the
// counts as they are in the store at this moment. A guess for routing: the price is made in the
// commit that writes it. Any thread.

#include <cstdint>
#include <string>

#include "engine/setup/setup.hpp"
#include "routing/situation.hpp"
#include "store/store.hpp"

namespace idswitch::engine {

// Whose charges they would be.
struct Payer {
  std::string tenant;
  std::uint64_t person = 0;  // person_number; 0 = none
};

// Fills in `budget` of those of the accounts whose next unit would find one without room, and with
// with_costs their prices. accounts: beside names. Error: storage_failed.
Result<void> add_expectations(const Setup& setup, store::Ledger& ledger,
                              const std::vector<std::string>& names, const Payer& payer,
                              std::int64_t now_unix_ms, bool with_costs,
                              std::vector<routing::AccountNow>& accounts);

}  // namespace idswitch::engine
