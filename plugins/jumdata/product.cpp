#include "product.hpp"

#include <iterator>

namespace idswitch::jumdata {
namespace {

using sdk::to_abi;

constexpr std::uint32_t k_start = 1u << IDSW_OP_START;
constexpr std::uint32_t k_result = 1u << IDSW_OP_RESULT;
constexpr std::uint32_t k_both = k_start | k_result;

constexpr idsw_origin k_origins[] = {{to_abi("api"), to_abi("https://api.jumdata.com")}};

constexpr idsw_slot k_slots[] = {
    {to_abi("app_id"), to_abi("the appId that Jumdata assigned"), IDSW_SLOT_REQUIRED, 0},
    {to_abi("app_secret"), to_abi("the appSecret that Jumdata assigned"), IDSW_SLOT_REQUIRED, 0},
};

// "调用初始化接口时预扣费用,当检测通过(200)或不通过(202)时实扣费用,其余情况系统会自动退回费用".
// That a token nobody ever asks about is refunded too is assumed: the sentence speaks of what the
// query returned.
constexpr idsw_str k_captured_on[] = {to_abi("200"), to_abi("202")};
constexpr idsw_str k_released_on[] = {to_abi("203"), to_abi("301")};
constexpr idsw_sku k_skus[] = {
    {to_abi(k_sku), to_abi("one liveness check: pre-charged at init, settled by its result"),
     to_abi("计费说明 of the life_check_v2 document"), IDSW_BILLABLE_ON_ACCEPT, 0,
     IDSW_CHARGE_RELEASED, 0, k_captured_on, std::size(k_captured_on), k_released_on,
     std::size(k_released_on)},
};

constexpr idsw_code accepted(std::string_view code) {
  return {to_abi(code), {}, k_start, IDSW_CODE_OK, 0, 0, 0, IDSW_CHARGE_HELD};
}

constexpr idsw_code ended(std::string_view code, std::uint32_t verdict, std::uint32_t reason,
                          std::uint32_t charge) {
  return {to_abi(code), {}, k_result, 0, verdict, reason, 0, charge};
}

constexpr idsw_code state(std::string_view code, std::uint32_t flags, std::uint32_t charge) {
  return {to_abi(code), {}, k_result, flags, 0, 0, 0, charge};
}

// A refused init costs nothing; a refused query leaves the hold as it was.
constexpr idsw_code refused(std::string_view code, std::uint32_t operations,
                            std::uint32_t error_class, std::uint32_t flags = 0) {
  const std::uint32_t charge = operations == k_start ? IDSW_CHARGE_NOT_CHARGED : IDSW_CHARGE_HELD;
  return {to_abi(code), {}, operations, flags, 0, 0, error_class, charge};
}

constexpr idsw_code k_codes[] = {
    // 公共code返回码说明, at init
    accepted("200"),
    refused("400", k_start, IDSW_ERROR_INVALID_REQUEST),
    refused("404", k_start, IDSW_ERROR_UNSUPPORTED, IDSW_CODE_ASSUMED),
    refused("500", k_start, IDSW_ERROR_UNAVAILABLE),
    refused("601", k_start, IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("602", k_start, IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("604", k_start, IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("606", k_start, IDSW_ERROR_THROTTLED, IDSW_CODE_ASSUMED),
    refused("607", k_start, IDSW_ERROR_CREDENTIALS),
    refused("609", k_start, IDSW_ERROR_THROTTLED),
    refused("610", k_start, IDSW_ERROR_UNAVAILABLE),
    refused("999", k_start, IDSW_ERROR_UNAVAILABLE, IDSW_CODE_ASSUMED),

    // 获取活体检测结果
    ended("200", IDSW_VERDICT_PASS, 0, IDSW_CHARGE_CAPTURED),
    ended("202", IDSW_VERDICT_FAIL, IDSW_REASON_LIVENESS_NOT_PASSED, IDSW_CHARGE_CAPTURED),
    state("201", IDSW_CODE_PENDING, IDSW_CHARGE_HELD),
    ended("203", IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_CAPTURE_FAILED, IDSW_CHARGE_RELEASED),
    state("301", IDSW_CODE_EXPIRED, IDSW_CHARGE_RELEASED),
    // A token that init gave us and the query calls a wrong parameter is nothing the caller did.
    refused("400", k_result, IDSW_ERROR_PROTOCOL, IDSW_CODE_ASSUMED),
    refused("404", k_result, IDSW_ERROR_UNSUPPORTED, IDSW_CODE_ASSUMED),
    refused("500", k_result, IDSW_ERROR_UNAVAILABLE),
    refused("601", k_result, IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("602", k_result, IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("604", k_result, IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("606", k_result, IDSW_ERROR_THROTTLED, IDSW_CODE_ASSUMED),
    refused("607", k_result, IDSW_ERROR_CREDENTIALS),
    refused("609", k_result, IDSW_ERROR_THROTTLED),
    refused("610", k_result, IDSW_ERROR_UNAVAILABLE),
    refused("999", k_result, IDSW_ERROR_UNAVAILABLE, IDSW_CODE_ASSUMED),
};

// Settings are defaults for the same keys in a request's vendor options.
constexpr std::string_view k_schema = R"({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "return_mode": {
      "description": "how the capture page leads back; default redirect, for mini_program wx.history",
      "enum": ["redirect", "replace", "wx.redirect", "wx.history", "app", "scheme"]
    },
    "return_target": {
      "description": "wx.redirect: the page; app: the JavaScript function; scheme: the address",
      "type": "string", "minLength": 1, "maxLength": 256
    },
    "action_style": {
      "description": "1 one head and one face movement, 2 one face movement, 3 see actions, -1 silent",
      "enum": [1, 2, 3, -1]
    },
    "actions": {
      "description": "the movements in their order; with action_style 3",
      "type": "array", "minItems": 1, "maxItems": 16,
      "items": {"enum": ["LookLeft", "LookRight", "OpenMouth", "BlinkEye", "ShakeHead", "NodHead"]}
    },
    "action_mutex": {"description": "1 stop at a wrong movement, 0 go on", "enum": [0, 1]},
    "anti_camera_hack": {"description": "1 colour flashes against camera hijacking", "enum": [0, 1]},
    "title": {"description": "heading of the capture page", "type": "string", "maxLength": 32}
  }
})";

}  // namespace

const idsw_product life_check_v2 = {
    sizeof(idsw_product),
    1u << IDSW_METHOD_H5 | 1u << IDSW_METHOD_MINI_PROGRAM,
    IDSW_CHECK_LIVENESS,
    k_both,
    to_abi("jumdata/life_check_v2"),
    to_abi("Jumdata liveness H5, silent, action and flash"),
    to_abi("聚美智数 炫光静默活体检测, life_check_v2, API v2-1"),
    k_token_lifetime_s,
    k_origins,
    std::size(k_origins),
    k_slots,
    std::size(k_slots),
    to_abi(k_schema),
    to_abi(k_schema),
    k_skus,
    std::size(k_skus),
    k_codes,
    std::size(k_codes),
};

}  // namespace idswitch::jumdata
