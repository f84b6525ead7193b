#pragma once

// The account and the operations that the Baidu tests share.

#include <string>
#include <string_view>
#include <vector>

#include "support/plugin_driver.hpp"

namespace idswitch::test::baidu {

inline constexpr std::string_view k_product = "baidu/voice_code";
inline constexpr std::string_view k_access_token = "24.6c5e1ff1.2592000.1485516651.282335-8574074";
inline constexpr std::uint32_t k_token_slot = 2;
inline constexpr std::string_view k_session = "S59faeeebb9111890355690";
inline constexpr std::string_view k_state = "session=S59faeeebb9111890355690&type=voice";
inline constexpr std::string_view k_action_state = "session=S59faeeebb9111890355690&type=action";

inline plugin::AccountSettings account(std::string settings = "{}") {
  plugin::AccountSettings account;
  account.name = "baidu-test";
  account.settings = std::move(settings);
  account.secrets.emplace("api_key", Secret("ak-Va5yQRHlA4Fq"));
  account.secrets.emplace("secret_key", Secret("sk-0qMgq4rZ+/ =="));
  return account;
}

// Without an access token yet.
inline PluginDriver bare_driver(std::string settings = "{}") {
  return PluginDriver("baidu", k_product, account(std::move(settings)));
}

// With an access token that lives for a month.
inline PluginDriver driver(std::string settings = "{}") {
  PluginDriver driver = bare_driver(std::move(settings));
  driver.account().grant(k_token_slot, std::string(k_access_token), 2'592'000);
  return driver;
}

inline plugin::OperationInput start(std::string_view options = "{}") {
  plugin::OperationInput input;
  input.kind = IDSW_OP_START;
  input.method = IDSW_METHOD_VIDEO_CODE;
  input.checks = IDSW_CHECK_LIVENESS;
  input.verification_id = "ver_01jxbaidu00000000000000000";
  input.options = options;
  return input;
}

// A video of three bytes, whose base64 has a plus and a slash: "+/+/".
inline plugin::OperationInput submit(std::string_view options = "{}",
                                     std::string_view state = k_state) {
  static const std::vector<Image> media = {{"video", "video/mp4", "\xFB\xFF\xBF", {}}};
  plugin::OperationInput input = start(options);
  input.kind = IDSW_OP_SUBMIT;
  input.state = state;
  input.media = &media;
  return input;
}

inline std::string error(std::string_view code) {
  return R"({"error_code":)" + std::string(code) + R"(,"error_msg":"说明","log_id":2248375729})";
}

inline std::string token_reply(std::string_view token = k_access_token) {
  return R"({"access_token":")" + std::string(token) +
         R"(","expires_in":2592000,"refresh_token":"25.b55f","scope":"public wise_adapt",)"
         R"("session_key":"9mzd","session_secret":"dfac94"})";
}

// The sample of the mini-program page, with a leading zero in the code.
inline std::string code_reply() {
  return R"({"err_no":0,"err_msg":"SUCCESS","result":{"session_id":"S59faeeebb9111890355690",)"
         R"("code":"0940"},"timestamp":1509617387,"cached":0,"serverlogid":"0587756642"})";
}

// The result of a verify that passes; score and code may be given.
inline std::string verify_reply(
    std::string_view score = "0.984654366",
    std::string_view code = R"({"create":"5789","identify":"5789","similarity":1})",
    std::string_view more = "") {
  return R"({"err_no":0,"err_msg":"success","result":{"score":)" + std::string(score) +
         R"(,"thresholds":{"frr_1e-4":0.05,"frr_1e-3":0.3,"frr_1e-2":0.9},"code":)" +
         std::string(code) + std::string(more) +
         R"(,"maxspoofing":0.01,"spoofing_score":0.008,)"
         R"("best_image":{"pic":"/9j/4AAQ","face_token":"a1","liveness_score":0.98},)"
         R"("pic_list":[{"face_id":5745745747,"pic":"/9j/4AAQ"}]},)"
         R"("timestamp":1509611848,"cached":0,"serverlogid":"2248375729"})";
}

}  // namespace idswitch::test::baidu
