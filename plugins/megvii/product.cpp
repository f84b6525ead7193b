#include "product.hpp"

#include <iterator>

#include "codes.hpp"

namespace idswitch::megvii {
namespace {

using sdk::to_abi;

constexpr idsw_origin k_origins[] = {{to_abi("api"), to_abi("https://api.megvii.com")}};

constexpr idsw_slot k_slots[] = {
    {to_abi("api_key"), to_abi("the API key of the FaceID console"), IDSW_SLOT_REQUIRED, 0},
    {to_abi("api_secret"), to_abi("its secret, with which requests are signed"), IDSW_SLOT_REQUIRED,
     0},
};

// ---- SKU and schemas -------------------------------------------------------------------------

constexpr idsw_str k_captured_on[] = {to_abi("1000"), to_abi("2000"), to_abi("3000")};
constexpr idsw_str k_released_on[] = {to_abi("31xx"), to_abi("4100"), to_abi("4200"),
                                      to_abi("9000")};

constexpr idsw_sku k_skus[] = {
    {to_abi(k_sku), to_abi("one finished identity verification of a biz_token"),
     to_abi(
         "no v5 document states it; taken from the v3 verify page and from Aliyun FaceID SDK v1.2"),
     IDSW_BILLABLE_ON_RESULT, IDSW_RULE_ASSUMED, IDSW_CHARGE_RELEASED, 0, k_captured_on,
     std::size(k_captured_on), k_released_on, std::size(k_released_on)},
};

constexpr std::string_view k_settings_schema = R"({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "Account settings of megvii/faceid_v5",
  "type": "object",
  "additionalProperties": false,
  "required": ["liveness_id", "verify_id"],
  "properties": {
    "liveness_id": {"type": "string", "minLength": 1, "maxLength": 128,
      "description": "liveness scene set up in the FaceID console"},
    "verify_id": {"type": "string", "minLength": 1, "maxLength": 128,
      "description": "verification scene set up in the FaceID console"},
    "encryption_type": {"type": "integer", "enum": [0, 1, 2], "default": 0,
      "description": "0 = none; 1 (SM2) and 2 (RSA) are not implemented"},
    "sign_validity_s": {"type": "integer", "minimum": 0, "maximum": 86400, "default": 3600,
      "description": "how long a signature is good, in seconds; 0 = for one request only"}
  }
})";

constexpr std::string_view k_options_schema = R"({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "vendor_options of megvii/faceid_v5",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "liveness_id": {"type": "string", "minLength": 1, "maxLength": 128,
      "description": "another liveness scene for this verification"},
    "verify_id": {"type": "string", "minLength": 1, "maxLength": 128,
      "description": "another verification scene for this verification"}
  }
})";

}  // namespace

constexpr idsw_product k_faceid_v5 = {
    sizeof(idsw_product),
    1u << IDSW_METHOD_SDK,
    IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH | IDSW_CHECK_FACE_MATCH,
    k_start | k_result,
    to_abi(k_product_id),
    to_abi("Megvii FaceID, native SDK, v5"),
    to_abi("Megvii FaceID get_biz_token 5.0.0; verify and liveness by public pages, their replies "
           "by v3"),
    k_token_lifetime_s,
    k_origins,
    std::size(k_origins),
    k_slots,
    std::size(k_slots),
    to_abi(k_settings_schema),
    to_abi(k_options_schema),
    k_skus,
    std::size(k_skus),
    k_codes,
    std::size(k_codes),
};

}  // namespace idswitch::megvii
