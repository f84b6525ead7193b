#pragma once

// From Baidu's replies to our results and charge evidence, by the product's code table.

#include <cstdint>

#include "idswitch/sdk.hpp"
#include "session.hpp"

namespace idswitch::baidu {

// The reply is an error about the access token itself: 110, 111, or 100.
bool refuses_token(const sdk::Reply& reply);

// The reply to /oauth/2.0/token.
sdk::Result read_token(const sdk::Reply& reply);

// The reply to sessioncode, which was sent at sent_unix_ms.
sdk::Result read_code(sdk::Exchange& exchange, const sdk::Reply& reply, std::int64_t sent_unix_ms);

// The reply to verify.
sdk::Result read_verdict(sdk::Exchange& exchange, const sdk::Reply& reply, const Session& session);

}  // namespace idswitch::baidu
