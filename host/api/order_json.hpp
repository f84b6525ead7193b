#pragma once

// Reads the bodies of what operators order, strictly; see request_json.hpp. Pure; any thread.

#include <string_view>

#include "base/result.hpp"
#include "engine/verification/forget.hpp"
#include "engine/verification/settle.hpp"

namespace idswitch::api {

// POST /admin/charges:settle. who: whose word it is.
Result<engine::SettleOrder> parse_settlement(std::string_view body, std::string_view who);

// POST /admin/persons:forget. who: orders it.
Result<engine::ForgetOrder> parse_forget(std::string_view body, std::string_view who);

}  // namespace idswitch::api
