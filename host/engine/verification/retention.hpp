#pragma once

// Retention: what the configuration does not keep for ever, worked off in bounded steps, each one
// durable; a stop in between loses nothing. What is still open or has an unresolved charge waits,
// and the ledger is never touched. On the calling thread, which waits.

#include <chrono>
#include <cstdint>
#include <functional>

#include "config/config.hpp"
#include "store/store.hpp"

namespace idswitch::engine {

// Ends soon when goes_on says no. Errors: storage_failed, overloaded, shutting_down; what was done
// until then is done. [blocking]
Result<void> retain(store::Store& store, const config::Retention& retention,
                    std::int64_t now_unix_ms, const std::function<bool()>& goes_on);

}  // namespace idswitch::engine
