#pragma once

// From result_code 1000 to a pass. The code speaks of one comparison; everything else in the reply
// may only agree with it: the confidences, the reference pictures, the card and whose it is. Pure;
// any thread.

#include "idswitch/sdk.hpp"
#include "session.hpp"

namespace idswitch::aliyun_faceid {

// The members of idcard_result that tell whether a side of the card is genuine: front, back.
inline constexpr std::string_view k_card_sides[] = {"frontside_legality", "backside_legality"};

// claim: of the ID card that was read, as claim_of() makes it; empty when none was.
sdk::Result pass_unless_objected(const idsw_product& product, const sdk::Json& json,
                                 const Session& session, std::string_view claim);

}  // namespace idswitch::aliyun_faceid
