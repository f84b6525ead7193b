#pragma once

// From the vendor's replies to our results, with their charge evidence. What a document does not
// list is never a pass.

#include "idswitch/sdk.hpp"
#include "session.hpp"

namespace idswitch::aliyun_faceid {

// The reply to get_biz_token, read into the session that START has begun: nothing when the session
// is open, else what it failed with.
std::optional<sdk::Result> read_biz_token(sdk::Exchange& x, const idsw_product& product,
                                          const sdk::Reply& reply, Session& session);

// The reply to get_result. claim: of the ID card that was read, see claim_in(); empty when none
// was.
sdk::Result read_result(sdk::Exchange& x, const idsw_product& product, const sdk::Reply& reply,
                        const Session& session, std::string_view claim);

// The ID number that Lite read from the card; empty when there is none.
std::string id_number_in(const sdk::Reply& reply);

// What the vendor posted to notify_url: a hint when it is about this session. It is never a
// verdict.
sdk::Result read_notice(const sdk::Operation& operation, const Session& session);

}  // namespace idswitch::aliyun_faceid
