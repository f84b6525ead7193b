#pragma once

// From our operation to Jumdata's forms, with their signature. Each function reads the clock once:
// the timestamp that is sent is the one that was signed.

#include <optional>
#include <string_view>

#include "idswitch/sdk.hpp"

namespace idswitch::jumdata {

// What the caller must change before init can be sent, or nothing.
std::optional<sdk::Result> wrong_with(const sdk::Operation& operation);

// 活体检测初始化. Precondition: nothing is wrong_with the operation.
sdk::Request init_request(sdk::Exchange& exchange);

// 获取活体检测结果
sdk::Request result_request(sdk::Exchange& exchange, std::string_view token);

}  // namespace idswitch::jumdata
