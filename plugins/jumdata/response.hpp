#pragma once

// From Jumdata's replies to our results and charge evidence, by the product's code table.

#include <cstdint>

#include "idswitch/sdk.hpp"
#include "session.hpp"

namespace idswitch::jumdata {

// The reply to init, which was sent at sent_unix_ms.
sdk::Result read_init(sdk::Exchange& exchange, const sdk::Reply& reply, std::int64_t sent_unix_ms);

// The reply to result.
sdk::Result read_result(sdk::Exchange& exchange, const sdk::Reply& reply, const Session& session);

}  // namespace idswitch::jumdata
