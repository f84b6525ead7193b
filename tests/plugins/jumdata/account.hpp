#pragma once

// The account and the operations that the Jumdata tests share. The key pair is the document's
// example.

#include <string>
#include <string_view>

#include "support/plugin_driver.hpp"

namespace idswitch::test::jumdata {

inline constexpr std::string_view k_product = "jumdata/life_check_v2";
inline constexpr std::string_view k_app_id = "xyzxy2121zxyz";
inline constexpr std::string_view k_app_secret = "efcefcef1121cefcefc1212121";
inline constexpr std::string_view k_token = "e146524ee4b8415e8bebc9f739ee67da";
inline constexpr std::string_view k_task = "043439882226367117195632";
inline constexpr std::string_view k_return_url = "https://pay.example.com/return/ver_01";
inline constexpr std::string_view k_state =
    "token=e146524ee4b8415e8bebc9f739ee67da&task=043439882226367117195632&billed=1";

inline plugin::AccountSettings account(std::string settings = "{}") {
  plugin::AccountSettings account;
  account.name = "jumdata-test";
  account.settings = std::move(settings);
  account.secrets.emplace("app_id", Secret(std::string(k_app_id)));
  account.secrets.emplace("app_secret", Secret(std::string(k_app_secret)));
  return account;
}

inline PluginDriver driver(std::string settings = "{}") {
  return PluginDriver("jumdata", k_product, account(std::move(settings)));
}

inline plugin::OperationInput start(std::string_view options = "{}",
                                    std::uint32_t method = IDSW_METHOD_H5) {
  plugin::OperationInput input;
  input.kind = IDSW_OP_START;
  input.method = method;
  input.checks = IDSW_CHECK_LIVENESS;
  input.verification_id = "ver_01jxjumdata000000000000000";
  input.return_url = k_return_url;
  input.options = options;
  return input;
}

inline plugin::OperationInput result(std::string_view state = k_state) {
  plugin::OperationInput input = start();
  input.kind = IDSW_OP_RESULT;
  input.return_url = {};
  input.state = state;
  return input;
}

inline std::string init_reply(std::string_view charge = ",\"charge\":true") {
  return R"({"code":200,"msg":"成功","taskNo":"043439882226367117195632")" + std::string(charge) +
         R"(,"data":{"token":"e146524ee4b8415e8bebc9f739ee67da","checkUrl":)"
         R"("https://api-h5.jumdata.com/lifecheck/v2-1/check/capture.html?token=)"
         R"(e146524ee4b8415e8bebc9f739ee67da"}})";
}

inline std::string reply(std::string_view code) {
  return R"({"code":)" + std::string(code) +
         R"(,"msg":"说明","taskNo":"143439882226367117195699"})";
}

}  // namespace idswitch::test::jumdata
