#pragma once

// The product baidu/voice_code as static data: slots, SKUs, codes, schemas. Immutable; any thread.

#include <cstdint>
#include <string_view>

#include "idswitch/sdk.hpp"

namespace idswitch::baidu {

// Indices into the product's slots.
inline constexpr std::uint32_t k_api_key = 0;
inline constexpr std::uint32_t k_secret_key = 1;
inline constexpr std::uint32_t k_access_token = 2;

// A SKU, and the key of its one charge within a verification: both calls are billed, each once.
inline constexpr std::string_view k_sessioncode = "sessioncode";
inline constexpr std::string_view k_verify = "verify";

// "语音校验码会话 ID，有效期 5 分钟"
inline constexpr std::int64_t k_session_lifetime_s = 300;

// The body of verify: at most 20 MB of video.
inline constexpr std::uint64_t k_video_bytes_max = std::uint64_t{20} * 1024 * 1024;

extern const idsw_product voice_code;

}  // namespace idswitch::baidu
