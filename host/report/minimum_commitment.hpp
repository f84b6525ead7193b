#pragma once

// MinimumCommitment: what is due to a vendor on top of a period that is over, because less was
// charged than its contract promises. It belongs to the account, not to a tenant, and no entry of
// the ledger says it. Blocks while it reads the ledger; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "base/values/money.hpp"
#include "config/config.hpp"
#include "store/store.hpp"

namespace idswitch::engine {

struct MinimumCommitment {
  std::string account;
  std::string period;  // by the contract's own time: "2026-11", "2026-11-21"
  std::string currency;
  Money minimum;
  Money charged;  // captures and adjustments of the period
  Money due;      // what is missing; may be 0
};

struct CommitmentQuery {
  std::string account;  // empty = every account of the configuration
  std::int64_t from_unix_ms = 0;
  std::int64_t until_unix_ms = 0;  // excluded
  std::int64_t now_unix_ms = 0;
};

// By account and period: the periods that are over and lie in the asked time as a whole. An account
// begins with the date of its first contract version, without one with its first entry; nothing is
// said of periods that ended before the ledger began. Error: storage_failed.
Result<std::vector<MinimumCommitment>> minimum_commitments(const config::Config& config,
                                                           store::Store& store,
                                                           const CommitmentQuery& query);

}  // namespace idswitch::engine
