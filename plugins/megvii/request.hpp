#pragma once

// From our operation to Megvii's requests: multipart/form-data, signed. Parameters:
// "get_biz_token 5.0.0" and supplement 2.2. Pure; any thread.

#include <optional>

#include "idswitch/sdk.hpp"
#include "session.hpp"

namespace idswitch::megvii {

inline constexpr std::size_t k_uuid_bytes_max = 128;

// Why START cannot be done for this operation; nothing when it can.
std::optional<sdk::Result> start_refusal(const sdk::Operation& operation);

// What RESULT needs and was not given with it; nothing when all is there.
std::optional<sdk::Result> result_refusal(const sdk::Operation& operation);

sdk::Request biz_token_request(const sdk::Operation& operation, const sdk::Rope& sign);

// verify when something is to be compared, liveness when not.
sdk::Request result_request(const sdk::Operation& operation, const Session& session,
                            const sdk::Rope& sign);

}  // namespace idswitch::megvii
