#pragma once

// From Megvii's replies to our results, with their charge evidence. What a document does not list
// is never a pass.

#include "idswitch/sdk.hpp"
#include "session.hpp"

namespace idswitch::megvii {

// The reply to get_biz_token.
sdk::Result read_biz_token(sdk::Exchange& x, const sdk::Reply& reply);

// The reply to verify or liveness. Undocumented for v5; read as v3's.
sdk::Result read_result(sdk::Exchange& x, const sdk::Reply& reply, const Session& session);

// No reply came to verify or liveness: the charge that get_biz_token opened stays open.
sdk::Result read_silence(sdk::Exchange& x, const sdk::Reply& reply, const Session& session);

// The token is dead and nothing was compared.
sdk::Result expired(sdk::Exchange& x, const Session& session);

}  // namespace idswitch::megvii
