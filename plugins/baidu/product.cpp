#include "product.hpp"

#include <iterator>

#include "codes.hpp"

namespace idswitch::baidu {
namespace {

using sdk::to_abi;

constexpr idsw_origin k_origins[] = {{to_abi("api"), to_abi("https://aip.baidubce.com")}};

constexpr idsw_slot k_slots[] = {
    {to_abi("api_key"), to_abi("API Key of the Baidu Cloud application"), IDSW_SLOT_REQUIRED, 0},
    {to_abi("secret_key"), to_abi("Secret Key of the same application"), IDSW_SLOT_REQUIRED, 0},
    {to_abi("access_token"), to_abi("obtained from the two above"), IDSW_SLOT_DYNAMIC, 0},
};

constexpr idsw_str k_sessioncode_captured_on[] = {to_abi("0")};
constexpr idsw_str k_verify_captured_on[] = {to_abi("0"), to_abi("223120"), to_abi("216500")};
constexpr idsw_sku k_skus[] = {
    {to_abi(k_sessioncode), to_abi("one random check code"),
     to_abi("cloud.baidu.com/product-price/face.html"), IDSW_BILLABLE_ON_ACCEPT, 0,
     IDSW_CHARGE_UNKNOWN, 0, k_sessioncode_captured_on, std::size(k_sessioncode_captured_on),
     nullptr, 0},
    {to_abi(k_verify), to_abi("one video liveness check"),
     to_abi("cloud.baidu.com/product-price/face.html, which names the two billed failures"),
     IDSW_BILLABLE_ON_ACCEPT, 0, IDSW_CHARGE_UNKNOWN, 0, k_verify_captured_on,
     std::size(k_verify_captured_on), nullptr, 0},
};

// Settings are defaults for the same keys in a request's vendor options.
constexpr std::string_view k_schema = R"({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "type_identify": {
      "description": "voice: the digits are read aloud; action: each digit is a movement",
      "enum": ["voice", "action"]
    },
    "min_code_length": {
      "description": "digits of the code at least; voice 3 to 6, action 1 to 3",
      "type": "integer", "minimum": 1, "maximum": 6
    },
    "max_code_length": {
      "description": "digits of the code at most; voice 3 to 6, action 1 to 3",
      "type": "integer", "minimum": 1, "maximum": 6
    },
    "appid": {
      "description": "the application's id, which older documents ask for beside the token",
      "type": "string", "minLength": 1, "maxLength": 64
    },
    "lip_identify": {
      "description": "also compare the lips with the digits; voice only",
      "enum": ["OFF", "COMMON", "STRICT"]
    },
    "face_field": {"description": "extra scores in the reply", "enum": ["spoofing"]},
    "code_similarity_min": {
      "description": "how alike the spoken and the asked digits must be; default 0.75",
      "type": "number", "exclusiveMinimum": 0, "maximum": 1
    },
    "liveness_threshold": {
      "description": "which of the returned thresholds decides: real people it rejects; default frr_1e-2",
      "enum": ["frr_1e-4", "frr_1e-3", "frr_1e-2"]
    }
  }
})";

}  // namespace

const idsw_product voice_code = {
    sizeof(idsw_product),
    1u << IDSW_METHOD_VIDEO_CODE,
    IDSW_CHECK_LIVENESS,
    1u << IDSW_OP_START | 1u << IDSW_OP_SUBMIT | 1u << IDSW_OP_TOKEN,
    to_abi("baidu/voice_code"),
    to_abi("Baidu video liveness with a random code"),
    to_abi("swan.ai.faceLivenessSessioncode; Baidu AI faceliveness v1 sessioncode and verify"),
    k_session_lifetime_s,
    k_origins,
    std::size(k_origins),
    k_slots,
    std::size(k_slots),
    to_abi(k_schema),
    to_abi(k_schema),
    k_skus,
    std::size(k_skus),
    code_table::k_codes,
    std::size(code_table::k_codes),
};

}  // namespace idswitch::baidu
