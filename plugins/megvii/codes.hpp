#pragma once

// How each code is read: the result codes of verify and liveness, and the `error` words. Included
// by product.cpp alone.

#include "idswitch/sdk.hpp"

namespace idswitch::megvii {

inline constexpr std::uint32_t k_start = 1u << IDSW_OP_START;
inline constexpr std::uint32_t k_result = 1u << IDSW_OP_RESULT;

// A code of the results of verify and liveness. The v5 replies are not documented: every row is
// v3's, and assumed.
constexpr idsw_code judged(std::string_view code, std::string_view word, std::uint32_t verdict,
                           std::uint32_t reason, std::uint32_t charge) {
  return {sdk::to_abi(code), sdk::to_abi(word),
          k_result,          IDSW_CODE_ASSUMED,
          verdict,           reason,
          IDSW_ERROR_NONE,   charge};
}

// An `error` word with its HTTP status; a reason stands behind the word and a colon.
constexpr idsw_code refused(std::string_view status, std::string_view word,
                            std::uint32_t error_class,
                            std::uint32_t operations = k_start | k_result,
                            std::uint32_t flags = 0) {
  return {sdk::to_abi(status), sdk::to_abi(word), operations,  flags,
          IDSW_VERDICT_NONE,   IDSW_REASON_NONE,  error_class, IDSW_CHARGE_NOT_CHARGED};
}

inline constexpr std::uint32_t k_pass = IDSW_VERDICT_PASS;
inline constexpr std::uint32_t k_fail = IDSW_VERDICT_FAIL;
inline constexpr std::uint32_t k_unsure = IDSW_VERDICT_INCONCLUSIVE;
inline constexpr std::uint32_t k_captured = IDSW_CHARGE_CAPTURED;
inline constexpr std::uint32_t k_released = IDSW_CHARGE_RELEASED;

inline constexpr idsw_code k_codes[] = {
    judged("1000", "SUCCESS", k_pass, IDSW_REASON_NONE, k_captured),
    judged("2000", "PASS_LIVING_NOT_THE_SAME", k_fail, IDSW_REASON_FACE_MISMATCH, k_captured),
    judged("3000", "NO_ID_CARD_NUMBER", k_fail, IDSW_REASON_ID_NOT_FOUND, k_captured),
    judged("3000", "ID_NUMBER_NAME_NOT_MATCH", k_fail, IDSW_REASON_ID_NAME_MISMATCH, k_captured),
    judged("3000", "NO_FACE_FOUND", k_unsure, IDSW_REASON_ID_PHOTO_UNUSABLE, k_captured),
    judged("3000", "NO_ID_PHOTO", k_unsure, IDSW_REASON_ID_NO_PHOTO, k_captured),
    judged("3000", "PHOTO_FORMAT_ERROR", k_unsure, IDSW_REASON_ID_PHOTO_UNUSABLE, k_captured),
    // Billed by one document, free by another.
    judged("3000", "DATA_SOURCE_ERROR", k_unsure, IDSW_REASON_VENDOR_SOURCE_ERROR,
           IDSW_CHARGE_UNKNOWN),
    // "31xx data errors, not billed" is all there is: stands for 3100 to 3199 with any word.
    judged("31xx", "", k_unsure, IDSW_REASON_VENDOR_SOURCE_ERROR, k_released),
    judged("4100", "FAIL_LIVING_FACE_ATTACK", k_fail, IDSW_REASON_LIVENESS_ATTACK, k_released),
    judged("4100", "VIDEO_LACK_FRAMES", k_unsure, IDSW_REASON_CAPTURE_QUALITY, k_released),
    judged("4100", "FAIL_EYES_CLOSE_DETECTION", k_fail, IDSW_REASON_LIVENESS_NOT_PASSED,
           k_released),
    // The words of 4200 are not listed for this family of calls: any of them.
    judged("4200", "", k_unsure, IDSW_REASON_CAPTURE_FAILED, k_released),
    {sdk::to_abi("9000"), sdk::to_abi(""), k_result, IDSW_CODE_PENDING | IDSW_CODE_ASSUMED,
     IDSW_VERDICT_NONE, IDSW_REASON_NONE, IDSW_ERROR_NONE, IDSW_CHARGE_HELD},

    refused("400", "MISSING_ARGUMENTS", IDSW_ERROR_INVALID_REQUEST),
    refused("400", "BAD_ARGUMENTS", IDSW_ERROR_INVALID_REQUEST),
    refused("400", "MEGLIVE_DATA_ERROR", IDSW_ERROR_INVALID_REQUEST, k_result, IDSW_CODE_ASSUMED),
    refused("400", "MEGLIVE_DATA_BIZ_TOKEN_NOT_MATCH", IDSW_ERROR_INVALID_REQUEST, k_result,
            IDSW_CODE_ASSUMED),
    refused("403", "AUTHENTICATION_ERROR", IDSW_ERROR_CREDENTIALS),
    refused("403", "AUTHORIZATION_ERROR", IDSW_ERROR_CREDENTIALS),
    refused("403", "AUTHORIZATION_ERROR:API_KEY_BE_DISCONTINUED", IDSW_ERROR_ACCOUNT_SUSPENDED),
    refused("403", "AUTHORIZATION_ERROR:IP_NOT_ALLOWED", IDSW_ERROR_CREDENTIALS),
    refused("403", "AUTHORIZATION_ERROR:LIMIT_REACHED", IDSW_ERROR_QUOTA_EXHAUSTED),
    refused("403", "AUTHORIZATION_ERROR:DENIED", IDSW_ERROR_CREDENTIALS),
    refused("403", "AUTHORIZATION_ERROR:EXPIRED_SIGN", IDSW_ERROR_CREDENTIALS),
    refused("403", "AUTHORIZATION_ERROR:INVALID_SIGN", IDSW_ERROR_CREDENTIALS),
    refused("403", "AUTHORIZATION_ERROR:MORE_RETRY_TIMES", IDSW_ERROR_THROTTLED, k_start | k_result,
            IDSW_CODE_ASSUMED),
    refused("403", "CONCURRENCY_LIMIT_EXCEEDED", IDSW_ERROR_THROTTLED),
    refused("429", "CONCURRENCY_LIMIT_EXCEEDED", IDSW_ERROR_THROTTLED, k_start | k_result,
            IDSW_CODE_ASSUMED),
    refused("404", "API_NOT_FOUND", IDSW_ERROR_UNSUPPORTED),
    refused("413", "Request Entity Too Large", IDSW_ERROR_INVALID_REQUEST, k_start | k_result,
            IDSW_CODE_ASSUMED),
    refused("500", "INTERNAL_ERROR", IDSW_ERROR_UNAVAILABLE),
};

}  // namespace idswitch::megvii
