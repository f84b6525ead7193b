#pragma once

// The product jumdata/life_check_v2 as static data: slots, SKU, codes, schemas. The document is
// "炫光静默 活体检测", API v2-1. Immutable; any thread.

#include <cstdint>
#include <string_view>

#include "idswitch/sdk.hpp"

namespace idswitch::jumdata {

// Indices into the product's slots.
inline constexpr std::uint32_t k_app_id = 0;
inline constexpr std::uint32_t k_app_secret = 1;

// The one thing Jumdata charges for, and the key of that charge within a verification.
inline constexpr std::string_view k_sku = "life_check";
inline constexpr std::string_view k_dedupe_key = "init";

// "本次检测的token,有效期为2小时"
inline constexpr std::int64_t k_token_lifetime_s = 7200;

extern const idsw_product life_check_v2;

}  // namespace idswitch::jumdata
