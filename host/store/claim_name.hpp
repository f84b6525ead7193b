#pragma once

// ClaimName: what an Idempotency-Key is called in the store, so that the key itself is nowhere: the
// first 16 bytes of HMAC-SHA256(store key, tenant 0 key). Pure; any thread.

#include <array>
#include <cstdint>
#include <string_view>

#include "store/store_key.hpp"

namespace idswitch::store {

using ClaimName = std::array<std::uint8_t, 16>;

// caller_key: as the caller sent it, 1-255 bytes.
ClaimName claim_name(const StoreKey& key, std::string_view tenant, std::string_view caller_key);

}  // namespace idswitch::store
