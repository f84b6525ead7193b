#include "session.hpp"

#include <algorithm>

#include "idswitch/sdk.hpp"

namespace idswitch::megvii {

bool is_plain_token(std::string_view text) {
  return !text.empty() && text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ',' ||
           c == '-' || c == '_' || c == '.';
  });
}

std::string Session::text() const {
  return R"({"v":1,"biz_token":")" + biz_token + R"(","request_id":")" + request_id +
         R"(","expires":)" + std::to_string(expires_unix_ms) + "}";
}

std::optional<Session> Session::parse(std::string_view text) {
  const std::optional<sdk::Json> json = sdk::Json::parse(text);
  if (!json || (*json)["v"].integer() != 1) return {};
  const auto expires = (*json)["expires"].integer();
  const std::string_view biz_token = (*json)["biz_token"].text();
  if (!expires || !is_plain_token(biz_token)) return {};
  return Session{std::string(biz_token), std::string((*json)["request_id"].text()), *expires};
}

}  // namespace idswitch::megvii
