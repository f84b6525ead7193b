#pragma once

// The product megvii/faceid_v5 as static data: slots, SKU, codes, schemas. Sources: the vendor's
// page "get_biz_token 5.0.0" and, for what that page leaves out (signature, verify, liveness), the
// supplement to the vendor documents, 2.1 to 2.3. Immutable; any thread.

#include "idswitch/sdk.hpp"

namespace idswitch::megvii {

enum Slot : std::uint32_t { k_slot_api_key = 0, k_slot_api_secret = 1 };

inline constexpr std::string_view k_product_id = "megvii/faceid_v5";
inline constexpr std::string_view k_sku = "verify";
// One charge per biz_token, however often its result is asked for.
inline constexpr std::string_view k_dedupe_key = "biz_token";
inline constexpr std::int64_t k_token_lifetime_s = 3600;  // "biz_token有效期默认1小时"

extern const idsw_product k_faceid_v5;

}  // namespace idswitch::megvii
