#pragma once

// The accounts, the operations and the replies that the Aliyun FaceID tests share. The people are
// invented, the key pair is that of the published signature vectors.

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "idswitch/sdk/exchange.hpp"
#include "idswitch/sdk/request.hpp"
#include "support/documented_codes.hpp"
#include "support/plugin_driver.hpp"

namespace idswitch::test::aliyun_faceid {

inline constexpr std::string_view k_sdk = "aliyun-faceid/sdk_v1_2";
inline constexpr std::string_view k_lite = "aliyun-faceid/lite_v1";
inline constexpr std::string_view k_app_code = "app-code-0123456789";
inline constexpr std::string_view k_app_key = "appKey";
inline constexpr std::string_view k_app_secret = "appSecret";
inline constexpr std::string_view k_verification = "ver_01jxaliyun0000000000000000";
inline constexpr std::string_view k_token = "1532485677,fb241f74-e4e0-4396-ad74-eb8c1764aa1b";
inline constexpr std::string_view k_request_id = "1532487162,7fb9b4af-4c6e-47a0-bb53-9de273368bc9";
inline constexpr std::string_view k_name = "林小满";
inline constexpr std::string_view k_number = "11010119900307876X";
inline constexpr std::string_view k_signature = R"({"auth":"signature"})";
inline constexpr std::int64_t k_expires_unix_ms =
    1'750'003'600'000;  // an hour after the driver's first moment

inline plugin::AccountSettings account(std::string_view settings = "{}") {
  plugin::AccountSettings account;
  account.name = "aliyun-test";
  account.settings = std::string(settings);
  account.secrets.emplace("app_code", Secret(std::string(k_app_code)));
  account.secrets.emplace("app_key", Secret(std::string(k_app_key)));
  account.secrets.emplace("app_secret", Secret(std::string(k_app_secret)));
  return account;
}

inline PluginDriver driver(std::string_view product, std::string_view settings = "{}") {
  return PluginDriver("aliyun-faceid", product, account(settings));
}

inline plugin::OperationInput sdk_start(std::uint32_t checks = IDSW_CHECK_LIVENESS |
                                                               IDSW_CHECK_ID_MATCH) {
  plugin::OperationInput input;
  input.kind = IDSW_OP_START;
  input.method = IDSW_METHOD_SDK;
  input.checks = checks;
  input.verification_id = k_verification;
  input.person_id = "person-7";
  input.person_name = k_name;
  input.person_id_number = k_number;
  return input;
}

inline plugin::OperationInput lite_start(std::uint32_t checks = IDSW_CHECK_LIVENESS |
                                                                IDSW_CHECK_ID_MATCH) {
  plugin::OperationInput input = sdk_start(checks);
  input.method = IDSW_METHOD_H5;
  input.return_url = "https://pay.example.com/return/1";
  input.callback_url = "https://pay.example.com/callbacks/1";
  return input;
}

inline plugin::OperationInput start(std::string_view product) {
  return product == k_sdk ? sdk_start() : lite_start();
}

// The state that START leaves. more: members that begin with a comma.
inline std::string state(std::string_view more = R"(,"level":2,"references":0,"authority":true)") {
  return R"({"v":1,"biz_token":")" + std::string(k_token) + R"(","request_id":")" +
         std::string(k_request_id) + R"(","expires":1750003600000)" + std::string(more) + "}";
}

inline const std::string k_state = state();

// As the host asks it: without the person.
inline plugin::OperationInput result(std::string_view with_state = k_state) {
  plugin::OperationInput input;
  input.kind = IDSW_OP_RESULT;
  input.method = IDSW_METHOD_SDK;
  input.checks = IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH;
  input.verification_id = k_verification;
  input.state = with_state;
  return input;
}

inline std::string token_reply() {
  return R"({"request_id":")" + std::string(k_request_id) + R"(","time_used":5,"biz_token":")" +
         std::string(k_token) + "\"}";
}

// A reply of get_result. code is JSON: a number for the SDK, a string for Lite. more: members that
// begin with a comma.
inline std::string reply(std::string_view code, std::string_view word, std::string_view more = "") {
  return R"({"request_id":"1532490000,aaaaaaaa-0000-4000-8000-000000000001","time_used":108,"biz_token":")" +
         std::string(k_token) + R"(","biz_no":")" + std::string(k_verification) +
         R"(","result_code":)" + std::string(code) + R"(,"result_message":")" + std::string(word) +
         "\"" + std::string(more) + "}";
}

// A block of confidence and thresholds, those of the documents' examples.
inline std::string block(std::string_view confidence) {
  return R"({"confidence":)" + std::string(confidence) +
         R"(,"thresholds":{"1e-3":62.168713,"1e-5":74.39926,"1e-4":69.31534,"1e-6":78.038055}})";
}

inline std::string verification(std::string_view idcard, std::string_view more = "") {
  return R"(,"verification":{"idcard":)" + block(idcard) + std::string(more) + "}";
}

inline std::vector<DocumentedCode> documented(std::string_view file) {
  auto codes =
      read_documented_codes(std::string(IDSWITCH_ALIYUN_FACEID_DIR "/") + std::string(file));
  for (DocumentedCode& one : codes) std::replace(one.word.begin(), one.word.end(), '~', ' ');
  return codes;
}

// What the gateway in front adds to a product's codes.
inline std::vector<DocumentedCode> documented_with_gateway(std::string_view file) {
  auto codes = documented(file);
  for (const DocumentedCode& one : documented("documented_gateway_codes.txt")) codes.push_back(one);
  return codes;
}

// The value of a header line, without case; empty when it is not there.
inline std::string header_of(const plugin::SendStep& sent, std::string_view name) {
  const std::string lines = "\r\n" + sent.headers;
  const auto at = lines.find("\r\n" + std::string(name) + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 4;
  return lines.substr(begin, lines.find("\r\n", begin) - begin);
}

// Decoded fields of a form or query. Throws when one comes twice.
inline std::map<std::string, std::string> fields_of(const std::string& text) {
  std::map<std::string, std::string> fields;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, '&');) {
    const std::string name = part.substr(0, part.find('='));
    if (!fields.emplace(name, *sdk::form_value(part, name)).second)
      throw std::runtime_error("twice: " + name);
  }
  return fields;
}

}  // namespace idswitch::test::aliyun_faceid
