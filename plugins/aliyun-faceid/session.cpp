#include "session.hpp"

#include "idswitch/sdk.hpp"

namespace idswitch::aliyun_faceid {

std::string Session::text() const {
  const auto flag = [](bool value) { return std::string(value ? "true" : "false"); };
  return R"({"v":1,"biz_token":")" + biz_token + R"(","request_id":")" + request_id +
         R"(","expires":)" + std::to_string(expires_unix_ms) + R"(,"level":)" +
         std::to_string(security_level) + R"(,"references":)" + std::to_string(reference_pictures) +
         R"(,"authority":)" + flag(compares_with_authority) + R"(,"force_compare":)" +
         flag(force_compare) + R"(,"claim":")" + claim + R"("})";
}

std::optional<Session> Session::parse(std::string_view text) {
  const std::optional<sdk::Json> json = sdk::Json::parse(text);
  if (!json || (*json)["v"].integer() != 1) return {};
  const auto expires = (*json)["expires"].integer();
  const auto level = (*json)["level"].integer();
  const auto references = (*json)["references"].integer();
  if (!expires || !level || !references || !sdk::is_plain_token((*json)["biz_token"].text()))
    return {};
  Session session;
  session.biz_token = (*json)["biz_token"].text();
  session.request_id = (*json)["request_id"].text();
  session.expires_unix_ms = *expires;
  session.security_level = *level;
  session.reference_pictures = *references;
  session.compares_with_authority = !(*json)["authority"].is_false();
  session.force_compare = (*json)["force_compare"].is_true();
  session.claim = (*json)["claim"].text();
  return session;
}

}  // namespace idswitch::aliyun_faceid
