#pragma once

// Charges that a vendor takes once a person: who was charged already, and who is now. Only accounts
// whose contract has such a price are looked at. Any thread.

#include <string>
#include <string_view>
#include <vector>

#include "engine/traffic/traffic.hpp"

namespace idswitch::engine {

// A number that stands for a person in tables: nobody can be found by it, and it is the same for
// ever. 0 for an empty id.
std::uint64_t person_number(std::string_view tenant, std::string_view person_id);

// Adds to payer the SKUs that the account has charged this person for within the days that such a
// charge lasts. person 0: none. [blocking, a read of the store for each SKU]
Result<void> add_charged_once(const AccountRuntime& account, store::Store& store,
                              std::uint64_t person, std::int64_t now_unix_ms, Payer& payer);

// Writes down which of the entries charged this person for the first time.
void note_charged(const AccountRuntime& account, const std::vector<LedgerEntry>& entries,
                  std::uint64_t person, store::Change& change);

}  // namespace idswitch::engine
