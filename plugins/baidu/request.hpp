#pragma once

// From our operations to Baidu's requests.

#include <optional>

#include "idswitch/sdk.hpp"
#include "session.hpp"

namespace idswitch::baidu {

bool is_action(const sdk::Operation& operation);

// What the caller must change before the request can be sent, or nothing.
std::optional<sdk::Result> wrong_with_code(const sdk::Operation& operation);
std::optional<sdk::Result> wrong_with_video(const sdk::Operation& operation);

// /oauth/2.0/token
sdk::Request token_request();

// faceliveness/sessioncode
sdk::Request sessioncode_request(const sdk::Operation& operation);

// faceliveness/verify. Precondition: nothing is wrong_with_video.
sdk::Request verify_request(const sdk::Operation& operation, const Session& session);

}  // namespace idswitch::baidu
