#pragma once

// Every code of Baidu's documents and what it means here: included by product.cpp alone. Source:
// the error code pages of Baidu's face API (cloud.baidu.com/doc/FACE/s/5k37c1ujz,
// ai.baidu.com/ai-doc/FACE/zl958mm8k), of the access token
// (ai.baidu.com/ai-doc/REFERENCE/Ck3dwjhhu), and the price page for the two failures that are
// billed.

#include "idswitch/sdk.hpp"

namespace idswitch::baidu::code_table {

using sdk::to_abi;

inline constexpr std::uint32_t k_start = 1u << IDSW_OP_START;
inline constexpr std::uint32_t k_submit = 1u << IDSW_OP_SUBMIT;
inline constexpr std::uint32_t k_token = 1u << IDSW_OP_TOKEN;
inline constexpr std::uint32_t k_both = k_start | k_submit;

constexpr idsw_code ok(std::string_view code, std::uint32_t operations) {
  return {to_abi(code), {}, operations, IDSW_CODE_OK, 0, 0, 0, IDSW_CHARGE_CAPTURED};
}

constexpr idsw_code error(std::string_view code, std::uint32_t operations,
                          std::uint32_t error_class, std::uint32_t flags = 0) {
  return {to_abi(code), {}, operations, flags, 0, 0, error_class, IDSW_CHARGE_NOT_CHARGED};
}

constexpr idsw_code fail(std::string_view code, std::uint32_t reason,
                         std::uint32_t charge = IDSW_CHARGE_NOT_CHARGED, std::uint32_t flags = 0) {
  return {to_abi(code), {}, k_submit, flags, IDSW_VERDICT_FAIL, reason, 0, charge};
}

constexpr idsw_code undecided(std::string_view code, std::uint32_t reason,
                              std::uint32_t flags = 0) {
  return {to_abi(code),           {}, k_submit, flags, IDSW_VERDICT_INCONCLUSIVE, reason, 0,
          IDSW_CHARGE_NOT_CHARGED};
}

inline constexpr std::uint32_t k_assumed = IDSW_CODE_ASSUMED;
inline constexpr std::uint32_t k_bad_field = IDSW_ERROR_INVALID_REQUEST;
inline constexpr std::uint32_t k_down = IDSW_ERROR_UNAVAILABLE;

inline constexpr idsw_code k_codes[] = {
    // That the call itself succeeded says nothing about the person: see verdict.hpp.
    ok("0", k_both),

    // The platform in front of every Baidu API
    error("1", k_both, k_down),                       // unknown error
    error("2", k_both, k_down),                       // temporarily unavailable
    error("3", k_both, IDSW_ERROR_UNSUPPORTED),       // no such method
    error("4", k_both, IDSW_ERROR_THROTTLED),         // the cluster is over its limit
    error("6", k_both, IDSW_ERROR_CREDENTIALS),       // the application may not call this
    error("13", k_both, k_down),                      // could not get a service token
    error("17", k_both, IDSW_ERROR_QUOTA_EXHAUSTED),  // daily volume
    error("18", k_both, IDSW_ERROR_THROTTLED),        // queries per second
    error("19", k_both, IDSW_ERROR_QUOTA_EXHAUSTED),  // total volume
    error("100", k_both, IDSW_ERROR_CREDENTIALS),     // access_token parameter invalid
    error("110", k_both, IDSW_ERROR_CREDENTIALS),     // access_token invalid
    error("111", k_both, IDSW_ERROR_CREDENTIALS),     // access_token expired

    // The access token, whose errors are words
    error("invalid_client", k_token, IDSW_ERROR_CREDENTIALS),  // wrong API Key or Secret Key

    // Video liveness
    error("216430", k_submit, k_down),  // face service
    error("216431", k_submit, k_down),  // voice service
    error("216432", k_submit, k_down),  // video service could not be called
    error("216433", k_submit, k_down),  // video service
    error("216434", k_submit, k_down),  // liveness service
    fail("216500", IDSW_REASON_LIVENESS_CODE_MISMATCH, IDSW_CHARGE_CAPTURED),
    fail("216501", IDSW_REASON_LIVENESS_NO_FACE),
    {to_abi("216502"), {}, k_submit, IDSW_CODE_EXPIRED, 0, 0, 0, IDSW_CHARGE_NOT_CHARGED},
    error("216505", k_both, k_down),  // redis, connecting
    error("216506", k_both, k_down),  // redis, operating
    fail("216507", IDSW_REASON_LIVENESS_SEVERAL_FACES),
    undecided("216508", IDSW_REASON_CAPTURE_FORMAT,
              k_assumed),                               // no video; one source: several faces
    undecided("216509", IDSW_REASON_CAPTURE_NO_AUDIO),  // voice not recognisable
    undecided("216510", IDSW_REASON_CAPTURE_DURATION),  // action video over 10 s
    undecided("216511", IDSW_REASON_CAPTURE_NO_AUDIO),  // sound track unreadable
    error("216512", k_submit, IDSW_ERROR_PROTOCOL),     // action without session id
    error("216513", k_submit, k_down, k_assumed),       // the model's own parameters
    error("216612", k_both, k_down),                    // system busy
    undecided("216908", IDSW_REASON_CAPTURE_QUALITY),

    // sessioncode's parameters
    error("222027", k_start, k_bad_field),  // min_code_length > max_code_length
    error("222028", k_start, k_bad_field),  // min_code_length
    error("222029", k_start, k_bad_field),  // max_code_length
    error("222030", k_start, k_bad_field),  // match_threshold

    // Parameters in general: one is missing, or the format of one of them is wrong
    error("222001", k_both, k_bad_field),
    error("222002", k_both, k_bad_field),
    error("222003", k_both, k_bad_field),
    error("222004", k_both, k_bad_field),
    error("222005", k_both, k_bad_field),
    error("222006", k_both, k_bad_field),
    error("222007", k_both, k_bad_field),
    error("222008", k_both, k_bad_field),
    error("222009", k_both, k_bad_field),
    error("222010", k_both, k_bad_field),
    error("222011", k_both, k_bad_field),
    error("222012", k_both, k_bad_field),
    error("222013", k_both, k_bad_field),
    error("222014", k_both, k_bad_field),
    error("222015", k_both, k_bad_field),
    error("222016", k_both, k_bad_field),
    error("222017", k_both, k_bad_field),
    error("222018", k_both, k_bad_field),
    error("222019", k_both, k_bad_field),
    error("222020", k_both, k_bad_field),
    error("222021", k_both, k_bad_field),
    error("222022", k_both, k_bad_field),
    error("222023", k_both, k_bad_field),
    error("222024", k_both, k_bad_field),
    error("222025", k_both, k_bad_field),
    error("222026", k_both, k_bad_field),

    // The face service in general
    error("222200", k_both, IDSW_ERROR_PROTOCOL),  // wants JSON
    error("222201", k_both, k_down),
    fail("222202", IDSW_REASON_LIVENESS_NO_FACE),
    undecided("222203", IDSW_REASON_CAPTURE_FORMAT),  // cannot be parsed
    error("222204", k_submit, IDSW_ERROR_PROTOCOL),   // download from a URL, which we never give
    error("222205", k_both, k_down),
    error("222206", k_both, k_down),
    error("222207", k_submit, IDSW_ERROR_PROTOCOL),  // face search: no user matched
    error("222302", k_both, k_down),
    undecided("222304", IDSW_REASON_CAPTURE_TOO_LARGE),

    // The authority's database. These two calls never ask it; the codes are on the same page.
    undecided("222350", IDSW_REASON_ID_NO_PHOTO, k_assumed),
    fail("222351", IDSW_REASON_ID_NAME_MISMATCH, IDSW_CHARGE_NOT_CHARGED, k_assumed),
    undecided("222352", IDSW_REASON_ID_INVALID, k_assumed),
    undecided("222353", IDSW_REASON_ID_INVALID, k_assumed),
    undecided("222354", IDSW_REASON_ID_NOT_FOUND, k_assumed),
    undecided("222355", IDSW_REASON_ID_NO_PHOTO, k_assumed),
    undecided("222356", IDSW_REASON_CAPTURE_QUALITY, k_assumed),
    undecided("222360", IDSW_REASON_ID_INVALID, k_assumed),
    error("222361", k_submit, k_down, k_assumed),
    error("222901", k_both, k_down),
    error("222902", k_both, k_down),
    error("222903", k_both, k_down),
    error("222904", k_both, k_down),
    error("222905", k_both, k_down),
    error("222906", k_both, k_down),
    error("222907", k_both, k_down),
    error("222908", k_both, k_down),
    error("222909", k_both, k_down),
    error("222910", k_both, k_down),
    error("222911", k_both, k_down),
    error("222912", k_both, k_down),
    error("222913", k_both, k_down),
    error("222914", k_both, k_down),
    error("222915", k_both, k_down),
    error("222916", k_both, k_down),
    undecided("216600", IDSW_REASON_ID_INVALID, k_assumed),
    fail("216601", IDSW_REASON_ID_NAME_MISMATCH, IDSW_CHARGE_NOT_CHARGED, k_assumed),

    // Quality and liveness of the face
    fail("223051", IDSW_REASON_LIVENESS_LIP_MISMATCH),
    undecided("223113", IDSW_REASON_CAPTURE_QUALITY),  // covered
    undecided("223114", IDSW_REASON_CAPTURE_QUALITY),  // blurred
    undecided("223115", IDSW_REASON_CAPTURE_QUALITY),  // light
    undecided("223116", IDSW_REASON_CAPTURE_QUALITY),  // incomplete
    fail("223120", IDSW_REASON_LIVENESS_NOT_PASSED, IDSW_CHARGE_CAPTURED),
    undecided("223121", IDSW_REASON_CAPTURE_QUALITY),  // a part of the face covered, up to 223127
    undecided("223122", IDSW_REASON_CAPTURE_QUALITY),
    undecided("223123", IDSW_REASON_CAPTURE_QUALITY),
    undecided("223124", IDSW_REASON_CAPTURE_QUALITY),
    undecided("223125", IDSW_REASON_CAPTURE_QUALITY),
    undecided("223126", IDSW_REASON_CAPTURE_QUALITY),
    undecided("223127", IDSW_REASON_CAPTURE_QUALITY),
    undecided("223129", IDSW_REASON_CAPTURE_QUALITY),  // not frontal
    fail("223130", IDSW_REASON_LIVENESS_ATTACK),       // spoofing
    fail("223131", IDSW_REASON_LIVENESS_ATTACK),       // a composed or generated face

    // The hosted H5 scheme: listed without a meaning, and not a reply to these two calls
    error("283435", k_submit, IDSW_ERROR_PROTOCOL, k_assumed),
    error("283436", k_submit, IDSW_ERROR_PROTOCOL, k_assumed),
    error("283437", k_submit, IDSW_ERROR_PROTOCOL, k_assumed),
    error("283451", k_submit, IDSW_ERROR_PROTOCOL, k_assumed),
    error("283455", k_submit, IDSW_ERROR_PROTOCOL, k_assumed),
    error("283456", k_submit, IDSW_ERROR_PROTOCOL, k_assumed),
    error("283460", k_submit, IDSW_ERROR_PROTOCOL, k_assumed),
};

}  // namespace idswitch::baidu::code_table
