#pragma once

// How each code is read. One table a product: the FaceID service's result codes, its `error` words,
// the codes of the SDK on the device, and what the Aliyun API gateway says before a request reaches
// the service.

#include <array>
#include <cstddef>

#include "idswitch/sdk.hpp"

namespace idswitch::aliyun_faceid {

inline constexpr std::uint32_t k_start = 1u << IDSW_OP_START;
inline constexpr std::uint32_t k_result = 1u << IDSW_OP_RESULT;
inline constexpr std::uint32_t k_pass = IDSW_VERDICT_PASS;
inline constexpr std::uint32_t k_fail = IDSW_VERDICT_FAIL;
inline constexpr std::uint32_t k_unsure = IDSW_VERDICT_INCONCLUSIVE;
inline constexpr std::uint32_t k_captured = IDSW_CHARGE_CAPTURED;
inline constexpr std::uint32_t k_released = IDSW_CHARGE_RELEASED;

// A result code. account_error: the code also says that our account is in trouble.
constexpr idsw_code judged(std::string_view code, std::string_view word, std::uint32_t verdict,
                           std::uint32_t reason, std::uint32_t charge,
                           std::uint32_t account_error = IDSW_ERROR_NONE,
                           std::uint32_t operations = k_result) {
  return {
      sdk::to_abi(code), sdk::to_abi(word), operations, 0, verdict, reason, account_error, charge};
}

// Not an end.
constexpr idsw_code waiting(std::string_view code, std::string_view word,
                            std::uint32_t operations = k_result, std::uint32_t flags = 0) {
  return {sdk::to_abi(code), sdk::to_abi(word), operations,      IDSW_CODE_PENDING | flags,
          IDSW_VERDICT_NONE, IDSW_REASON_NONE,  IDSW_ERROR_NONE, IDSW_CHARGE_HELD};
}

// An `error` word with its HTTP status (a reason stands behind the word and a colon), or a
// gateway's code or text.
constexpr idsw_code refused(std::string_view code, std::string_view word, std::uint32_t error_class,
                            std::uint32_t operations = k_start | k_result,
                            std::uint32_t flags = 0) {
  return {sdk::to_abi(code), sdk::to_abi(word), operations,  flags,
          IDSW_VERDICT_NONE, IDSW_REASON_NONE,  error_class, IDSW_CHARGE_NOT_CHARGED};
}

template <std::size_t... Sizes>
constexpr auto joined(const std::array<idsw_code, Sizes>&... tables) {
  std::array<idsw_code, (Sizes + ...)> whole{};
  std::size_t next = 0;
  const auto append = [&](const auto& table) {
    for (const idsw_code& code : table) whole[next++] = code;
  };
  (append(tables), ...);
  return whole;
}

// ---- result codes of SDK v1.2, and the same on the device ------------------------------------

// The device reports the server's code with a 5 in front. Such a code is a hint to the app, never
// an answer.
struct SdkResult {
  std::string_view server, device, word;
  std::uint32_t verdict, reason, charge, account_error;
};

inline constexpr SdkResult k_sdk_results[] = {
    {"1000", "51000", "SUCCESS", k_pass, IDSW_REASON_NONE, k_captured, 0},
    {"2000", "52000", "PASS_LIVING_NOT_THE_SAME", k_fail, IDSW_REASON_FACE_MISMATCH, k_captured, 0},
    {"3000", "53000", "NO_ID_CARD_NUMBER", k_fail, IDSW_REASON_ID_NOT_FOUND, k_captured, 0},
    {"3000", "53000", "ID_NUMBER_NAME_NOT_MATCH", k_fail, IDSW_REASON_ID_NAME_MISMATCH, k_captured,
     0},
    {"3000", "53000", "NO_FACE_FOUND", k_unsure, IDSW_REASON_ID_PHOTO_UNUSABLE, k_captured, 0},
    {"3000", "53000", "NO_ID_PHOTO", k_unsure, IDSW_REASON_ID_NO_PHOTO, k_captured, 0},
    {"3000", "53000", "PHOTO_FORMAT_ERROR", k_unsure, IDSW_REASON_ID_PHOTO_UNUSABLE, k_captured, 0},
    // Billed by this document, free by the vendor's v3 page.
    {"3000", "53000", "DATA_SOURCE_ERROR", k_unsure, IDSW_REASON_VENDOR_SOURCE_ERROR,
     IDSW_CHARGE_UNKNOWN, 0},
    {"4100", "54100", "FAIL_LIVING_FACE_ATTACK", k_fail, IDSW_REASON_LIVENESS_ATTACK, k_released,
     0},
    {"4100", "54100", "REPLACED_FACE_ATTACK", k_fail, IDSW_REASON_LIVENESS_FACE_SWAP, k_released,
     0},
    {"4200", "54200", "BIZ_TOKEN_DENIED", k_unsure, IDSW_REASON_VENDOR_SESSION_REFUSED, k_released,
     0},
    {"4200", "54200", "AUTHENTICATION_FAIL", k_unsure, IDSW_REASON_VENDOR_SESSION_REFUSED,
     k_released, 0},
    {"4200", "54200", "MOBILE_PHONE_NOT_SUPPORT", k_unsure, IDSW_REASON_DEVICE_UNSUPPORTED,
     k_released, 0},
    {"4200", "54200", "SDK_TOO_OLD", k_unsure, IDSW_REASON_DEVICE_SDK_OUTDATED, k_released, 0},
    {"4200", "54200", "MOBILE_PHONE_NO_AUTHORITY", k_unsure, IDSW_REASON_DEVICE_NO_PERMISSION,
     k_released, 0},
    {"4200", "54200", "USER_CANCELLATION", k_unsure, IDSW_REASON_USER_CANCELLED, k_released, 0},
    {"4200", "54200", "USER_TIMEOUT", k_unsure, IDSW_REASON_USER_TIMEOUT, k_released, 0},
    {"4200", "54200", "VERIFICATION_FAILURE", k_fail, IDSW_REASON_LIVENESS_NOT_PASSED, k_released,
     0},
    {"4200", "54200", "UNDETECTED_FACE", k_unsure, IDSW_REASON_LIVENESS_NO_FACE, k_released, 0},
    {"4200", "54200", "ACTION_ERROR", k_fail, IDSW_REASON_LIVENESS_ACTION_MISMATCH, k_released, 0},
    {"5000", "55000", "IP_NOT_ALLOWED", k_unsure, IDSW_REASON_VENDOR_ACCOUNT_REFUSED, k_released,
     IDSW_ERROR_CREDENTIALS},
    {"5000", "55000", "NON_ENTERPRISE_CERTIFICATION", k_unsure, IDSW_REASON_VENDOR_ACCOUNT_REFUSED,
     k_released, IDSW_ERROR_ACCOUNT_SUSPENDED},
    {"5000", "55000", "BALANCE_NOT_ENOUGH", k_unsure, IDSW_REASON_VENDOR_ACCOUNT_REFUSED,
     k_released, IDSW_ERROR_QUOTA_EXHAUSTED},
    {"5000", "55000", "MORE_RETRY_TIMES", k_unsure, IDSW_REASON_VENDOR_ACCOUNT_REFUSED, k_released,
     IDSW_ERROR_THROTTLED},
    {"5000", "55000", "ACCOUNT_DISCONTINUED", k_unsure, IDSW_REASON_VENDOR_ACCOUNT_REFUSED,
     k_released, IDSW_ERROR_ACCOUNT_SUSPENDED},
    {"5000", "55000", "EXPIRED_SIGN", k_unsure, IDSW_REASON_VENDOR_ACCOUNT_REFUSED, k_released,
     IDSW_ERROR_CREDENTIALS},
    {"5000", "55000", "INVALID_SIGN", k_unsure, IDSW_REASON_VENDOR_ACCOUNT_REFUSED, k_released,
     IDSW_ERROR_CREDENTIALS},
    {"5000", "55000", "REPLAY_ATTACK", k_unsure, IDSW_REASON_VENDOR_ACCOUNT_REFUSED, k_released,
     IDSW_ERROR_CREDENTIALS},
    {"6000", "56000", "USER_CANCEL", k_unsure, IDSW_REASON_USER_CANCELLED, k_released, 0},
    {"6000", "56000", "NO_CAMERA_PERMISSION", k_unsure, IDSW_REASON_DEVICE_NO_PERMISSION,
     k_released, 0},
    {"6000", "56000", "ILLEGAL_PARAMETER", k_unsure, IDSW_REASON_DEVICE_SDK_FAILED, k_released, 0},
    {"6000", "56000", "DEVICE_NOT_SUPPORT", k_unsure, IDSW_REASON_DEVICE_NO_CAMERA, k_released, 0},
    {"6000", "56000", "INVALID_BUNDLE_ID", k_unsure, IDSW_REASON_DEVICE_SDK_FAILED, k_released, 0},
    {"6000", "56000", "NETWORK_ERROR", k_unsure, IDSW_REASON_DEVICE_NETWORK, k_released, 0},
    {"6000", "56000", "FACE_INIT_FAIL", k_unsure, IDSW_REASON_DEVICE_SDK_FAILED, k_released, 0},
    {"6000", "56000", "LIVENESS_DETECT_FAILED", k_fail, IDSW_REASON_LIVENESS_NOT_PASSED, k_released,
     0},
    {"6000", "56000", "NO_SENSOR_PERMISSION", k_unsure, IDSW_REASON_DEVICE_NO_PERMISSION,
     k_released, 0},
    {"6000", "56000", "INIT_FAILED", k_unsure, IDSW_REASON_DEVICE_SDK_FAILED, k_released, 0},
};

constexpr auto sdk_results(bool on_device) {
  std::array<idsw_code, std::size(k_sdk_results)> rows{};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const SdkResult& from = k_sdk_results[i];
    rows[i] = judged(on_device ? from.device : from.server, from.word, from.verdict, from.reason,
                     from.charge, from.account_error, on_device ? 0 : k_result);
  }
  return rows;
}

inline constexpr std::array k_sdk_waiting = {
    waiting("9000", "LIVING_NOT_START"),
    waiting("9000", "LIVING_IN_PROGRESS"),
    // "The person did nothing for long." Nothing says that the token is dead before its hour, so it
    // is waited for.
    waiting("9000", "LIVING_OVERTIME", k_result, IDSW_CODE_ASSUMED),
    waiting("59000", "LIVING_NOT_START", 0),
    waiting("59000", "LIVING_IN_PROGRESS", 0),
    waiting("59000", "LIVING_OVERTIME", 0, IDSW_CODE_ASSUMED),
};

inline constexpr std::array k_sdk_device_only = {
    judged("56000", "NO_WRITE_EXTERNAL_STORAGE_PERMISSION", k_unsure,
           IDSW_REASON_DEVICE_NO_PERMISSION, k_released, 0, 0),
    judged("50000", "UNKOWN_ERROR", k_unsure, IDSW_REASON_VENDOR_INTERNAL, IDSW_CHARGE_UNKNOWN, 0,
           0),
    refused("50400", "IMAGE_ERROR_UNSUPPORTED_FORMAT", IDSW_ERROR_INVALID_REQUEST, 0),
    refused("50400", "MISSING_ARGUMENTS", IDSW_ERROR_INVALID_REQUEST, 0),
    refused("50400", "BAD_ARGUMENTS", IDSW_ERROR_INVALID_REQUEST, 0),
    refused("50400", "NO_FACE_FOUND", IDSW_ERROR_INVALID_REQUEST, 0),
    refused("50400", "INVALID_IMAGE_SIZE", IDSW_ERROR_INVALID_REQUEST, 0),
    refused("50403", "AUTHORIZATION_ERROR", IDSW_ERROR_CREDENTIALS, 0),
    refused("50429", "CONCURRENCY_LIMIT_EXCEEDED", IDSW_ERROR_THROTTLED, 0),
    refused("50404", "API_NOT_FOUND", IDSW_ERROR_UNSUPPORTED, 0),
    refused("50413", "Request Entity Too Large", IDSW_ERROR_INVALID_REQUEST, 0),
    refused("50500", "INTERNAL_ERROR", IDSW_ERROR_UNAVAILABLE, 0),
};

// ---- result codes of Lite --------------------------------------------------------------------

inline constexpr std::array k_lite_results = {
    judged("1000", "SUCCESS", k_pass, IDSW_REASON_NONE, k_captured),
    judged("2000", "PASS_LIVING_NOT_THE_SAME", k_fail, IDSW_REASON_FACE_MISMATCH, k_captured),
    judged("3000", "NO_ID_CARD_NUMBER", k_fail, IDSW_REASON_ID_NOT_FOUND, k_captured),
    judged("3000", "ID_NUMBER_NAME_NOT_MATCH", k_fail, IDSW_REASON_ID_NAME_MISMATCH, k_captured),
    judged("3100", "IDCARD_PHOTO_FRONTSIDE", k_unsure, IDSW_REASON_DOCUMENT_BLURRED, k_released),
    judged("3100", "IDCARD_BACKSIDE_BLURRED", k_unsure, IDSW_REASON_DOCUMENT_BLURRED, k_released),
    judged("3100", "NO_FACE_FOUND_IDCARD", k_unsure, IDSW_REASON_DOCUMENT_NO_FACE, k_released),
    judged("3100", "IDCARD_PHOTO_NOTFRONTSIDE", k_unsure, IDSW_REASON_DOCUMENT_WRONG_SIDE,
           k_released),
    judged("3100", "IDCARD_PHOTO_NOTBACKSIDE", k_unsure, IDSW_REASON_DOCUMENT_WRONG_SIDE,
           k_released),
    judged("3200", "FAIL_OCR_FAKE_IDCARD", k_fail, IDSW_REASON_DOCUMENT_FAKE, k_released),
    judged("4100", "FAIL_LIVING_FACE_ATTACK", k_fail, IDSW_REASON_LIVENESS_ATTACK, k_released),
    judged("4100", "CHANGE_FACE_ATTACK", k_fail, IDSW_REASON_LIVENESS_FACE_SWAP, k_released),
    judged("4200", "NO_FACE_FOUND", k_unsure, IDSW_REASON_LIVENESS_NO_FACE, k_released),
    judged("4200", "FACE_QUALITY_TOO_LOW", k_unsure, IDSW_REASON_CAPTURE_QUALITY, k_released),
    judged("4200", "INVALID_VIDEO_DURATION", k_unsure, IDSW_REASON_CAPTURE_DURATION, k_released),
    judged("4200", "VIDEO_TOO_LARGE", k_unsure, IDSW_REASON_CAPTURE_TOO_LARGE, k_released),
    judged("4200", "SR_ERROR", k_fail, IDSW_REASON_LIVENESS_CODE_MISMATCH, k_released),
    judged("4200", "NOT_SYNCHRONIZED", k_fail, IDSW_REASON_LIVENESS_LIP_MISMATCH, k_released),
    judged("4200", "NO_AUDIO", k_unsure, IDSW_REASON_CAPTURE_NO_AUDIO, k_released),
    judged("4200", "VIDEO_FORMAT_UNSUPPORTED", k_unsure, IDSW_REASON_CAPTURE_FORMAT, k_released),
    judged("4200", "LIP_VOICE_NOT_SYNC", k_fail, IDSW_REASON_LIVENESS_LIP_MISMATCH, k_released),
    // "The video is usable" is no end by its own words: the vendor has still to compare.
    waiting("4200", "VIDEO_OK", k_result, IDSW_CODE_ASSUMED),
    judged("4200", "VIDEO_MANY_TIMES", k_unsure, IDSW_REASON_USER_RETRIES_EXHAUSTED, k_released),
    judged("4200", "VIDEO_INTERNAL_ERROR", k_unsure, IDSW_REASON_VENDOR_INTERNAL, k_released),
    judged("5000", "NON_ENTERPRISE_CERTIFICATION", k_unsure, IDSW_REASON_VENDOR_ACCOUNT_REFUSED,
           k_released, IDSW_ERROR_ACCOUNT_SUSPENDED),
    judged("5000", "BALANCE_NOT_ENOUGH", k_unsure, IDSW_REASON_VENDOR_ACCOUNT_REFUSED, k_released,
           IDSW_ERROR_QUOTA_EXHAUSTED),
    judged("5000", "ACCOUNT_DISABLED", k_unsure, IDSW_REASON_VENDOR_ACCOUNT_REFUSED, k_released,
           IDSW_ERROR_ACCOUNT_SUSPENDED),
    judged("6000", "USER_CANCEL", k_unsure, IDSW_REASON_USER_CANCELLED, k_released),
    waiting("9000", "LIVING_NOT_START"),
};

// ---- `error` words of the FaceID service -----------------------------------------------------

inline constexpr std::array k_sdk_errors = {
    refused("400", "IMAGE_ERROR_UNSUPPORTED_FORMAT", IDSW_ERROR_INVALID_REQUEST, k_start),
    refused("400", "NO_FACE_FOUND", IDSW_ERROR_INVALID_REQUEST, k_start),
    refused("400", "INVALID_IMAGE_SIZE", IDSW_ERROR_INVALID_REQUEST, k_start),
    refused("403", "AUTHENTICATION_ERROR", IDSW_ERROR_CREDENTIALS, k_start),
    refused("403", "INVALID_SIGN", IDSW_ERROR_CREDENTIALS, k_result),
    // get_biz_token's table says 403, get_result's 429.
    refused("403", "CONCURRENCY_LIMIT_EXCEEDED", IDSW_ERROR_THROTTLED, k_start),
    refused("404", "API_NOT_FOUND", IDSW_ERROR_UNSUPPORTED),
};

// In both documents.
inline constexpr std::array k_common_errors = {
    refused("400", "MISSING_ARGUMENTS", IDSW_ERROR_INVALID_REQUEST),
    refused("400", "BAD_ARGUMENTS", IDSW_ERROR_INVALID_REQUEST),
    refused("403", "AUTHORIZATION_ERROR", IDSW_ERROR_CREDENTIALS),
    // The reasons: Lite's document names some, the vendor's v3 and v5 pages the others.
    refused("403", "AUTHORIZATION_ERROR:EXPIRED_SIGN", IDSW_ERROR_CREDENTIALS),
    refused("403", "AUTHORIZATION_ERROR:INVALIDSIGN", IDSW_ERROR_CREDENTIALS),
    refused("403", "AUTHORIZATION_ERROR:INVALID_SIGN", IDSW_ERROR_CREDENTIALS),
    refused("403", "AUTHORIZATION_ERROR:API_KEY_BE_DISCONTINUED", IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("403", "AUTHORIZATION_ERROR:NON_ENTERPRISE_CERTIFICATION",
            IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("403", "AUTHORIZATION_ERROR:BALANCE_NOT_ENOUGH", IDSW_ERROR_QUOTA_EXHAUSTED),
    refused("403", "AUTHORIZATION_ERROR:LIMIT_REACHED", IDSW_ERROR_QUOTA_EXHAUSTED,
            k_start | k_result, IDSW_CODE_ASSUMED),
    refused("403", "AUTHORIZATION_ERROR:DENIED", IDSW_ERROR_CREDENTIALS, k_start | k_result,
            IDSW_CODE_ASSUMED),
    refused("403", "AUTHORIZATION_ERROR:IP_NOT_ALLOWED", IDSW_ERROR_CREDENTIALS, k_start | k_result,
            IDSW_CODE_ASSUMED),
    refused("403", "AUTHORIZATION_ERROR:MORE_RETRY_TIMES", IDSW_ERROR_THROTTLED, k_start | k_result,
            IDSW_CODE_ASSUMED),
    refused("429", "CONCURRENCY_LIMIT_EXCEEDED", IDSW_ERROR_THROTTLED),
    refused("413", "Request Entity Too Large", IDSW_ERROR_INVALID_REQUEST),
    refused("500", "INTERNAL_ERROR", IDSW_ERROR_UNAVAILABLE),
};

// ---- the gateway -----------------------------------------------------------------------------

// X-Ca-Error-Code: a letter, the HTTP status, two letters.
inline constexpr std::array k_gateway_codes = {
    refused("A400AC", "", IDSW_ERROR_CREDENTIALS),
    refused("A401AC", "", IDSW_ERROR_CREDENTIALS),
    refused("A400MA", "", IDSW_ERROR_CREDENTIALS),
    refused("A400IK", "", IDSW_ERROR_CREDENTIALS),
    refused("A403IS", "", IDSW_ERROR_CREDENTIALS),
    refused("A403EP", "", IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("I403AA", "", IDSW_ERROR_CREDENTIALS),
    refused("B403MQ", "", IDSW_ERROR_QUOTA_EXHAUSTED),
    refused("B403ME", "", IDSW_ERROR_QUOTA_EXHAUSTED),
    refused("B403MI", "", IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("B403OD", "", IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("B403MO", "", IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("T429ID", "", IDSW_ERROR_THROTTLED),
    refused("T429IN", "", IDSW_ERROR_THROTTLED),
    refused("T429GR", "", IDSW_ERROR_THROTTLED),
    refused("T429PA", "", IDSW_ERROR_THROTTLED),
    refused("T429PR", "", IDSW_ERROR_THROTTLED),
    refused("T429SR", "", IDSW_ERROR_THROTTLED),
    refused("T429MR", "", IDSW_ERROR_THROTTLED),
    refused("A403IP", "", IDSW_ERROR_CREDENTIALS),
    refused("A403VN", "", IDSW_ERROR_CREDENTIALS),
    refused("A403AC", "", IDSW_ERROR_CREDENTIALS),
    refused("A403CO", "", IDSW_ERROR_CREDENTIALS),
    refused("A403IN", "", IDSW_ERROR_CREDENTIALS),
    refused("B451DO", "", IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("B451GO", "", IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("I404DO", "", IDSW_ERROR_UNSUPPORTED),
    refused("I404NF", "", IDSW_ERROR_UNSUPPORTED),
    refused("I404NR", "", IDSW_ERROR_UNSUPPORTED),
    refused("I404SR", "", IDSW_ERROR_UNSUPPORTED),
    refused("I400HD", "", IDSW_ERROR_INVALID_REQUEST),
    refused("I400MH", "", IDSW_ERROR_INVALID_REQUEST),
    refused("I400BD", "", IDSW_ERROR_INVALID_REQUEST),
    refused("I400PA", "", IDSW_ERROR_INVALID_REQUEST),
    refused("I400RU", "", IDSW_ERROR_INVALID_REQUEST),
    refused("I400CT", "", IDSW_ERROR_INVALID_REQUEST),
    // The stage is a setting of the account, so another account may do.
    refused("I400SG", "", IDSW_ERROR_UNSUPPORTED),
    refused("I400MP", "", IDSW_ERROR_INVALID_REQUEST),
    refused("I400IP", "", IDSW_ERROR_INVALID_REQUEST),
    refused("I400I5", "", IDSW_ERROR_INVALID_REQUEST),
    refused("I400NC", "", IDSW_ERROR_INVALID_REQUEST),
    refused("I405UM", "", IDSW_ERROR_UNSUPPORTED),
    refused("I413RL", "", IDSW_ERROR_INVALID_REQUEST),
    refused("I413UL", "", IDSW_ERROR_INVALID_REQUEST),
    refused("I403PT", "", IDSW_ERROR_UNSUPPORTED),
    refused("I410GG", "", IDSW_ERROR_UNAVAILABLE),
    refused("D504RE", "", IDSW_ERROR_UNAVAILABLE),
    refused("D504IL", "", IDSW_ERROR_UNAVAILABLE),
    refused("D504CO", "", IDSW_ERROR_UNAVAILABLE),
    refused("D504CS", "", IDSW_ERROR_UNAVAILABLE),
    refused("D504TO", "", IDSW_ERROR_UNAVAILABLE),
    refused("X504TO", "", IDSW_ERROR_UNAVAILABLE),
    refused("X504VE", "", IDSW_ERROR_UNAVAILABLE),
    refused("D502FC", "", IDSW_ERROR_UNAVAILABLE),
    refused("N502RE", "", IDSW_ERROR_UNAVAILABLE),
    refused("D503BB", "", IDSW_ERROR_UNAVAILABLE),
    refused("D503CB", "", IDSW_ERROR_UNAVAILABLE),
    refused("X503BZ", "", IDSW_ERROR_UNAVAILABLE),
    refused("X500ER", "", IDSW_ERROR_UNAVAILABLE),
    refused("X500ED", "", IDSW_ERROR_UNAVAILABLE),
    refused("X500AM", "", IDSW_ERROR_UNAVAILABLE),
    refused("X400PM", "", IDSW_ERROR_UNAVAILABLE),
    refused("X403DG", "", IDSW_ERROR_UNAVAILABLE),
};

// X-Ca-Error-Message of older gateways begins with one of these. What follows may repeat the
// request.
inline constexpr std::array k_gateway_texts = {
    refused("403", "Throttled by USER Flow Control", IDSW_ERROR_THROTTLED),
    refused("403", "Throttled by APP Flow Control", IDSW_ERROR_THROTTLED),
    refused("403", "Throttled by API Flow Control", IDSW_ERROR_THROTTLED),
    refused("403", "Throttled by DOMAIN Flow Control", IDSW_ERROR_THROTTLED),
    refused("403", "Quota Exhausted", IDSW_ERROR_QUOTA_EXHAUSTED),
    refused("403", "Quota Expired", IDSW_ERROR_QUOTA_EXHAUSTED),
    refused("403", "User Arrears", IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("403", "Expiry of Authorization", IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("403", "Unauthorized", IDSW_ERROR_CREDENTIALS),
    refused("403", "Api Market Subscription quota exhausted", IDSW_ERROR_QUOTA_EXHAUSTED),
    refused("403", "Api Market Subscription expired", IDSW_ERROR_QUOTA_EXHAUSTED),
    refused("403", "Api Market Subscription invalid", IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("400", "Invalid AppCode", IDSW_ERROR_CREDENTIALS),
    refused("400", "Invalid Url", IDSW_ERROR_UNSUPPORTED),
    refused("400", "Invalid Param Location", IDSW_ERROR_INVALID_REQUEST),
    refused("400", "Invalid AppKey", IDSW_ERROR_CREDENTIALS),
    refused("400", "Invalid AppSecret", IDSW_ERROR_CREDENTIALS),
    refused("400", "Invalid Signature", IDSW_ERROR_CREDENTIALS),
    refused("400", "Timestamp Expired", IDSW_ERROR_CREDENTIALS),
    refused("400", "Invalid Timestamp", IDSW_ERROR_CREDENTIALS),
    refused("400", "Empty Request Body", IDSW_ERROR_INVALID_REQUEST),
    refused("400", "Unsupported Multipart", IDSW_ERROR_UNSUPPORTED),
    refused("400", "Invalid Domain", IDSW_ERROR_UNSUPPORTED),
    refused("400", "Invalid HttpMethod", IDSW_ERROR_UNSUPPORTED),
    refused("401", "Empty Signature", IDSW_ERROR_CREDENTIALS),
    refused("500", "Internal Error", IDSW_ERROR_UNAVAILABLE),
    refused("500", "Failed To Invoke Backend Service", IDSW_ERROR_UNAVAILABLE),
    refused("503", "Service Unavailable", IDSW_ERROR_UNAVAILABLE),
    refused("504", "timeout", IDSW_ERROR_UNAVAILABLE),
};

inline constexpr auto k_sdk_codes =
    joined(sdk_results(false), sdk_results(true), k_sdk_waiting, k_sdk_device_only, k_sdk_errors,
           k_common_errors, k_gateway_codes, k_gateway_texts);
inline constexpr auto k_lite_codes =
    joined(k_lite_results, k_common_errors, k_gateway_codes, k_gateway_texts);

}  // namespace idswitch::aliyun_faceid
