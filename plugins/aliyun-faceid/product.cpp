#include "product.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "codes.hpp"

namespace idswitch::aliyun_faceid {
namespace {

using sdk::to_abi;

constexpr idsw_slot k_slots[] = {
    {to_abi("app_code"), to_abi("the AppCode of the market order; for auth: appcode"), 0, 0},
    {to_abi("app_key"), to_abi("the AppKey of the gateway application; for auth: signature"), 0, 0},
    {to_abi("app_secret"), to_abi("its AppSecret; for auth: signature"), 0, 0},
};

// ---- SDK v1.2 --------------------------------------------------------------------------------

constexpr idsw_origin k_sdk_origins[] = {
    {to_abi("api"), to_abi("https://fid.market.alicloudapi.com")}};

constexpr idsw_str k_captured_on[] = {to_abi("1000"), to_abi("2000"), to_abi("3000")};
constexpr idsw_str k_sdk_released_on[] = {to_abi("4100"), to_abi("4200"), to_abi("5000"),
                                          to_abi("6000"), to_abi("9000")};

constexpr idsw_sku k_sdk_skus[] = {
    {to_abi(k_sdk_sku), to_abi("one finished identity verification of a biz_token"),
     to_abi("SDK v1.2, 计费说明: billed when get_result's result_code is 1000, 2000 or 3000; "
            "DATA_SOURCE_ERROR is "
            "disputed by the v3 page"),
     IDSW_BILLABLE_ON_RESULT, 0, IDSW_CHARGE_RELEASED, 0, k_captured_on, std::size(k_captured_on),
     k_sdk_released_on, std::size(k_sdk_released_on)},
};

constexpr std::string_view k_sdk_options = R"json(
  "liveness_timeout": {"type": "integer", "minimum": 1, "maximum": 3600,
    "description": "seconds the person has for the movements; the vendor's default is 60"},
  "liveness_action_count": {"type": "integer", "minimum": 1, "maximum": 3,
    "description": "movements asked for; the vendor's default is 3"},
  "security_level": {"type": "integer", "minimum": 1, "maximum": 4,
    "description": "1 lenient (false accepts 1e-3), 2 standard (1e-4, the vendor's default), 3 strict (1e-5), 4 very strict"},
  "force_compare": {"type": "integer", "enum": [0, 1],
    "description": "1: compare even a face held for fake; then 1000 alone is no pass, see README"},
  "multi_oriented_detection": {"type": "integer", "enum": [0, 1],
    "description": "1 (the vendor's default): turn reference pictures in which no face is found"}
)json";

// ---- Lite v1 ---------------------------------------------------------------------------------

constexpr idsw_origin k_lite_origins[] = {
    {to_abi("api"), to_abi("https://fidlite.market.alicloudapi.com")}};

constexpr idsw_str k_lite_released_on[] = {to_abi("3100"), to_abi("3200"), to_abi("4100"),
                                           to_abi("4200"), to_abi("5000"), to_abi("6000"),
                                           to_abi("9000")};

constexpr idsw_sku k_lite_skus[] = {
    {to_abi(k_lite_sku), to_abi("one finished identity verification of a biz_token"),
     to_abi("the Lite document states no rule; taken from SDK v1.2"), IDSW_BILLABLE_ON_RESULT,
     IDSW_RULE_ASSUMED, IDSW_CHARGE_RELEASED, 0, k_captured_on, std::size(k_captured_on),
     k_lite_released_on, std::size(k_lite_released_on)},
};

constexpr std::string_view k_lite_options = R"json(
  "idcard_threshold": {"type": "number", "minimum": 0, "maximum": 1,
    "description": "id_ocr: how sure the card must be genuine; the vendor's default is 0.8"},
  "idcard_retry_time": {"type": "integer", "minimum": 1, "maximum": 5,
    "description": "id_ocr: how often each side may be taken again; the vendor's default is 3"},
  "idcard_side": {"type": "integer", "enum": [0, 1],
    "description": "id_ocr: 0 (the vendor's default) both sides, 1 the portrait side only"},
  "security_level": {"type": "integer", "minimum": 1, "maximum": 3,
    "description": "1 lenient, 2 standard (the vendor's default), 3 strict"},
  "liveness_preferences": {"type": "integer", "minimum": 1, "maximum": 2,
    "description": "1 (the vendor's default): three of four digits do; 2: all four"},
  "liveness_retry_count": {"type": "integer", "minimum": 1, "maximum": 5,
    "description": "how often the video may be sent again; the vendor's default is 3"}
)json";

// ---- schemas ---------------------------------------------------------------------------------

// Settings are what belongs to the account, and the options as defaults for every request.
constexpr std::string_view k_schema_head = R"json({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object", "additionalProperties": false, "properties": {)json";
constexpr std::string_view k_schema_end = "}}";
constexpr std::string_view k_auth_settings = R"json(
  "auth": {"type": "string", "enum": ["appcode", "signature"], "default": "appcode",
    "description": "appcode needs the secret app_code; signature needs app_key and app_secret"},
  "stage": {"type": "string", "enum": ["RELEASE", "PRE", "TEST"],
    "description": "X-Ca-Stage; without it the gateway takes RELEASE"},)json";
constexpr std::string_view k_page_setting = R"json(
  "page_url": {"type": "string", "pattern": "^https?://[^?#\\s]+/$", "maxLength": 1024,
    "default": "https://openapi.faceid.com/lite/v1/do/",
    "description": "the vendor's page; the biz_token is put behind it"},)json";

template <const std::string_view&... Parts>
struct Schema {
  static constexpr auto text = [] {
    std::array<char, (Parts.size() + ...)> whole{};
    auto next = whole.begin();
    ((next = std::copy(Parts.begin(), Parts.end(), next)), ...);
    return whole;
  }();
  static constexpr idsw_str value = {text.data(), text.size()};
};

}  // namespace

constexpr idsw_product k_sdk_v1_2 = {
    sizeof(idsw_product),
    1u << IDSW_METHOD_SDK,
    IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH | IDSW_CHECK_FACE_MATCH,
    k_start | k_result,
    to_abi(k_sdk_id),
    to_abi("Aliyun market FaceID, native SDK, v1.2"),
    to_abi("FaceID人脸身份验证接入文档, SDK v1.2"),
    k_token_lifetime_s,
    k_sdk_origins,
    std::size(k_sdk_origins),
    k_slots,
    std::size(k_slots),
    Schema<k_schema_head, k_auth_settings, k_sdk_options, k_schema_end>::value,
    Schema<k_schema_head, k_sdk_options, k_schema_end>::value,
    k_sdk_skus,
    std::size(k_sdk_skus),
    k_sdk_codes.data(),
    k_sdk_codes.size(),
};

constexpr idsw_product k_lite_v1 = {
    sizeof(idsw_product),
    1u << IDSW_METHOD_H5 | 1u << IDSW_METHOD_MINI_PROGRAM,
    IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH | IDSW_CHECK_FACE_MATCH | IDSW_CHECK_ID_OCR,
    k_start | k_result | 1u << IDSW_OP_CALLBACK,
    to_abi(k_lite_id),
    to_abi("Aliyun market FaceID Lite, H5 page and mini-program, v1"),
    to_abi("FaceID Lite H5接入流程 and 小程序接入流程, v1"),
    k_token_lifetime_s,
    k_lite_origins,
    std::size(k_lite_origins),
    k_slots,
    std::size(k_slots),
    Schema<k_schema_head, k_auth_settings, k_page_setting, k_lite_options, k_schema_end>::value,
    Schema<k_schema_head, k_lite_options, k_schema_end>::value,
    k_lite_skus,
    std::size(k_lite_skus),
    k_lite_codes.data(),
    k_lite_codes.size(),
};

}  // namespace idswitch::aliyun_faceid
