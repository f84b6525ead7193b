#include "session.hpp"

#include "idswitch/sdk.hpp"

namespace idswitch::megvii {

std::string Session::text() const {
  return R"({"v":1,"biz_token":")" + biz_token + R"(","request_id":")" + request_id +
         R"(","expires":)" + std::to_string(expires_unix_ms) + "}";
}

std::optional<Session> Session::parse(std::string_view text) {
  const std::optional<sdk::Json> json = sdk::Json::parse(text);
  if (!json || (*json)["v"].integer() != 1) return {};
  const auto expires = (*json)["expires"].integer();
  const std::string_view biz_token = (*json)["biz_token"].text();
  if (!expires || !sdk::is_plain_token(biz_token)) return {};
  return Session{std::string(biz_token), std::string((*json)["request_id"].text()), *expires};
}

}  // namespace idswitch::megvii
