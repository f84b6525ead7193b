#pragma once

// The account, the operations and the replies that the Megvii tests share. The people are invented;
// the key pair is the one that Megvii's page on signatures prints.

#include <string>
#include <string_view>

#include "idswitch/sdk/exchange.hpp"
#include "support/plugin_driver.hpp"

namespace idswitch::test::megvii {

inline constexpr std::string_view k_product = "megvii/faceid_v5";
inline constexpr std::string_view k_api_key = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t";
inline constexpr std::string_view k_api_secret = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q";
inline constexpr std::string_view k_settings =
    R"({"liveness_id":"live-scene-1","verify_id":"verify-scene-1"})";
inline constexpr std::string_view k_token = "1531397038,f0b9eea0-6a2d-486c-a1ba-42fdf843e8cc";
inline constexpr std::string_view k_request_id = "1531397037,c1223c5b-c2f6-4bb7-8cbb-8993497ddbe0";
// Dies one hour after the driver's first moment.
inline constexpr std::string_view k_state =
    R"({"v":1,"biz_token":"1531397038,f0b9eea0-6a2d-486c-a1ba-42fdf843e8cc",)"
    R"("request_id":"1531397037,c1223c5b-c2f6-4bb7-8cbb-8993497ddbe0","expires":1750003600000})";
inline constexpr std::int64_t k_expires_unix_ms = 1'750'003'600'000;

inline plugin::AccountSettings account(std::string_view settings = k_settings) {
  plugin::AccountSettings account;
  account.name = "megvii-test";
  account.settings = std::string(settings);
  account.secrets.emplace("api_key", Secret(std::string(k_api_key)));
  account.secrets.emplace("api_secret", Secret(std::string(k_api_secret)));
  return account;
}

inline PluginDriver driver(std::string_view settings = k_settings) {
  return PluginDriver("megvii", k_product, account(settings));
}

inline plugin::OperationInput start(std::uint32_t checks = IDSW_CHECK_LIVENESS) {
  plugin::OperationInput input;
  input.kind = IDSW_OP_START;
  input.method = IDSW_METHOD_SDK;
  input.checks = checks;
  input.verification_id = "ver_01jxmegvii0000000000000000";
  input.person_id = "person-7";
  return input;
}

// As `:refresh` asks it, with the person.
inline plugin::OperationInput result(std::uint32_t checks = IDSW_CHECK_LIVENESS |
                                                            IDSW_CHECK_ID_MATCH) {
  plugin::OperationInput input = start(checks);
  input.kind = IDSW_OP_RESULT;
  input.state = k_state;
  input.person_name = "林小満";
  input.person_id_number = "11010119900307876X";
  return input;
}

inline std::string token_reply() {
  return R"({"biz_token":"1531397038,f0b9eea0-6a2d-486c-a1ba-42fdf843e8cc","time_used":18,)"
         R"("request_id":"1531397037,c1223c5b-c2f6-4bb7-8cbb-8993497ddbe0"})";
}

// A reply of verify in v3's shape. more: members that begin with a comma.
inline std::string reply(std::string_view code, std::string_view word, std::string_view more = "") {
  return R"({"request_id":"1531400000,aaaaaaaa-0000-4000-8000-000000000001","time_used":300,"result_code":)" +
         std::string(code) + R"(,"result_message":")" + std::string(word) + "\"" +
         std::string(more) + "}";
}

inline constexpr std::string_view k_same =
    R"(,"verification":{"idcard":{"confidence":83.23666,"thresholds":{"1e-3":62.168713,"1e-5":74.39926,)"
    R"("1e-4":69.31534,"1e-6":78.038055}}},"attack_result":{"score":0.1,"threshold":0.5,"result":false},)"
    R"("images":{"image_best":"/9j/4AAQ"})";

}  // namespace idswitch::test::megvii
