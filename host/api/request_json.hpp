#pragma once

// Reads the bodies of the HTTP API, strictly: an unknown member or a wrong type is an error that
// names the member. Pure; any thread.

#include <string_view>

#include "base/result.hpp"
#include "idswitch/switch.hpp"

namespace idswitch::api {

// POST /v1/verifications; tenant and idempotency_key are left empty.
Result<StartRequest> parse_start(std::string_view body);

// POST /v1/verifications/{id}:refresh; an empty body is fine.
Result<ResultRequest> parse_refresh(std::string_view body);

}  // namespace idswitch::api
