#pragma once

// The signature of Standard Webhooks 1.0 (symmetric, "v1"): HMAC-SHA-256 over "ID.TIMESTAMP.BODY"
// in base64. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.hpp"

namespace idswitch::engine {

// The header webhook-signature: "v1,BASE64", and one more behind a blank for every further key, so
// that a receiver that knows any of them can verify. keys: decoded. id holds no dot.
std::string webhook_signature(const std::vector<Secret>& keys, std::string_view id,
                              std::int64_t timestamp_unix_s, std::string_view body);

}  // namespace idswitch::engine
