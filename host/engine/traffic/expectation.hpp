#pragma once

// Expectation: what an account is expected to charge, and whether a budget has room for it, by the
// counts as the last commit left them. A guess for routing: the price is made in the commit that
// writes it. Any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/setup/setup.hpp"
#include "routing/situation.hpp"
#include "store/ledger.hpp"

namespace idswitch::engine {

// Whose charges they would be.
struct Payer {
  std::string tenant;
  std::string_view person_id;  // borrowed; empty = nobody's
};

// Sets `budget` when one has no room for the dearest unit that may come next. ledger: nullptr =
// nothing was ever charged. Error: storage_failed.
Result<void> add_budget_room(const Setup& setup, store::Ledger* ledger,
                             const AccountRuntime& account, const Payer& payer,
                             std::int64_t now_unix_ms, routing::AccountNow& now);

// Sets what each SKU costs at each end.
Result<void> add_prices(const Setup& setup, store::Ledger* ledger, const AccountRuntime& account,
                        const Payer& payer, std::int64_t now_unix_ms, routing::AccountNow& now);

}  // namespace idswitch::engine
