#pragma once

// The chain of entries that are older than it: what the third step of the schema makes. It knows
// the table as it was then.

#include "base/result.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

// Gives every entry its chain, in the ledger's order. In a transaction, without the trigger that
// forbids it.
Result<void> chain_first_entries(Database& database);

}  // namespace idswitch::store
