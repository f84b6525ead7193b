#pragma once

// The products aliyun-faceid/sdk_v1_2 and aliyun-faceid/lite_v1 as static data: slots, SKUs, codes,
// schemas. Sources: the vendor's documents "FaceID人脸身份验证接入文档" (SDK v1.2) and "H5接入流程"
// (Lite v1), and for the gateway in front of both the supplement to the vendor documents, part 3.
// Immutable; any thread.

#include "idswitch/sdk.hpp"

namespace idswitch::aliyun_faceid {

// The same for both products.
enum Slot : std::uint32_t { k_slot_app_code = 0, k_slot_app_key = 1, k_slot_app_secret = 2 };

inline constexpr std::string_view k_sdk_id = "aliyun-faceid/sdk_v1_2";
inline constexpr std::string_view k_lite_id = "aliyun-faceid/lite_v1";
inline constexpr std::string_view k_sdk_sku = "face_verify";
inline constexpr std::string_view k_lite_sku = "lite_verify";
// One charge per biz_token, however often its result is asked for.
inline constexpr std::string_view k_dedupe_key = "biz_token";
// Lite: "有效期为1小时". SDK v1.2 does not say: assumed the same.
inline constexpr std::int64_t k_token_lifetime_s = 3600;

extern const idsw_product k_sdk_v1_2;
extern const idsw_product k_lite_v1;

}  // namespace idswitch::aliyun_faceid
