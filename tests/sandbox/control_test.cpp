#include "world/control.hpp"

#include <gtest/gtest.h>

#include "vendor_client.hpp"

namespace idswitch::sandbox::test {
namespace {

class Control : public testing::Test {
 protected:
  Reply call(const std::string& method, const std::string& target, const std::string& body = "") {
    Request request;
    request.method = method;
    const std::size_t question = target.find('?');
    request.path = target.substr(0, question);
    if (question != std::string::npos) request.query = target.substr(question + 1);
    request.body = body;
    return answer_control(client_.sandbox(), request);
  }

  VendorClient client_;
};

TEST_F(Control, FinishesTheLastSessionOfAProduct) {
  static_cast<void>(client_.sdk_token());
  const std::string token = client_.sdk_token();
  const Reply reply = call("POST", "/control/sessions/finish",
                           R"({"product":"aliyun_sdk","code":4100,"word":"REPLACED_FACE_ATTACK"})");
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(member(reply, "token"), token);
  EXPECT_EQ(member(reply, "state"), "ended");
  EXPECT_EQ(member(client_.sdk_get_result(token), "result_message"), "REPLACED_FACE_ATTACK");
}

TEST_F(Control, FinishesAnySessionByToken) {
  const std::string megvii = client_.megvii_token();
  const std::string jumdata = client_.jumdata_token();
  for (const auto& [token, code] : {std::pair(megvii, "2000"), std::pair(jumdata, "203")}) {
    EXPECT_EQ(call("POST", "/control/sessions/finish",
                   "{\"token\":\"" + token + "\",\"code\":\"" + code + "\"}")
                  .status,
              200u);
  }
  EXPECT_EQ(member(client_.megvii_verify(megvii), "result_code"), "2000");
  EXPECT_EQ(client_.jumdata_result(jumdata), "203");
}

TEST_F(Control, FinishingABaiduSessionDecidesItsVideo) {
  client_.sandbox().settings.baidu_naming = BaiduNaming::error_code;
  const Reply opened = client_.baidu("sessioncode", {});
  EXPECT_EQ(call("POST", "/control/sessions/finish", R"({"product":"baidu","code":216507})").status,
            200u);
  const Reply verified =
      client_.baidu_verify("code:" + member(opened, "result.code"),
                           {{"session_id", member(opened, "result.session_id")}});
  EXPECT_EQ(member(verified, "error_code"), "216507");
}

TEST_F(Control, AProgressStateCanBeFollowedByAnEnd) {
  const std::string token = client_.sdk_token();
  const std::string finish = "/control/sessions/finish";
  EXPECT_EQ(
      call("POST", finish, R"({"product":"aliyun_sdk","code":9000,"word":"LIVING_IN_PROGRESS"})")
          .status,
      200u);
  EXPECT_EQ(member(client_.sdk_get_result(token), "result_message"), "LIVING_IN_PROGRESS");
  EXPECT_EQ(call("POST", finish, R"({"product":"aliyun_sdk","code":1000})").status, 200u);
  EXPECT_EQ(call("POST", finish, R"({"product":"aliyun_sdk","code":2000})").status, 409u);
  EXPECT_EQ(member(client_.sdk_get_result(token), "result_code"), "1000");
}

TEST_F(Control, FinishingLiteNotifies) {
  static_cast<void>(client_.lite_token());
  const Reply reply =
      call("POST", "/control/sessions/finish", R"({"product":"aliyun_lite","code":"1000"})");
  EXPECT_EQ(reply.notifications.size(), 1u);
}

TEST_F(Control, ExpiresATokenAndRefundsItsCharge) {
  const std::string token = client_.jumdata_token();
  const Reply reply = call("POST", "/control/sessions/expire", R"({"product":"jumdata"})");
  EXPECT_EQ(member(reply, "state"), "expired");
  EXPECT_EQ(client_.jumdata_result(token), "301");
  const Reply charges = call("GET", "/control/charges");
  EXPECT_EQ(member(charges, "totals.jumdata.refunded.count"), "1");
  EXPECT_EQ(call("POST", "/control/sessions/finish", R"({"product":"jumdata","code":200})").status,
            409u);
}

TEST_F(Control, MovesTheLifetimesClock) {
  static_cast<void>(client_.jumdata_token());
  const Reply reply = call("POST", "/control/clock", R"({"advance_s":7200,"skew_s":-5})");
  EXPECT_EQ(member(reply, "advanced_s"), "7200");
  EXPECT_EQ(member(reply, "skew_s"), "-5");
  EXPECT_EQ(member(reply, "now"), "2026-01-02T05:04:05.000Z");
  EXPECT_EQ(member(call("GET", "/control/charges"), "totals.jumdata.refunded.count"), "1");
}

TEST_F(Control, EndsAccessTokensInBothWays) {
  static_cast<void>(client_.baidu("sessioncode", {}));
  EXPECT_EQ(member(call("POST", "/control/access-tokens/expire"), "access_tokens"), "1");
  EXPECT_EQ(member(client_.baidu("sessioncode", {}), "error_code"), "111");
  static_cast<void>(call("POST", "/control/access-tokens/revoke", "{}"));
  EXPECT_EQ(member(client_.baidu("sessioncode", {}), "error_code"), "110");
}

TEST_F(Control, SetsListsAndClearsFaults) {
  const Reply added = call("POST", "/control/faults", R"({"kind":"close_after","times":3})");
  EXPECT_EQ(added.status, 201u);
  EXPECT_EQ(member(added, "times_left"), "3");
  EXPECT_EQ(json_of(call("GET", "/control/faults")).at("faults").as_array().size(), 1u);
  EXPECT_EQ(call("DELETE", "/control/faults?id=" + member(added, "id")).status, 200u);
  EXPECT_EQ(call("DELETE", "/control/faults?id=" + member(added, "id")).status, 404u);
  static_cast<void>(call("POST", "/control/faults", R"({"kind":"garbage"})"));
  EXPECT_TRUE(json_of(call("DELETE", "/control/faults")).at("faults").as_array().empty());
}

TEST_F(Control, ListsSessionsWithoutPersonalData) {
  static_cast<void>(client_.sdk_get_biz_token(
      with(with(VendorClient::sdk_fields(), "idcard_name", "Secret Name"), "biz_no", "b1")));
  static_cast<void>(client_.jumdata_token());
  const Reply all = call("GET", "/control/sessions");
  EXPECT_EQ(json_of(all).at("sessions").as_array().size(), 2u);
  EXPECT_EQ(all.body.find("Secret"), std::string::npos);
  const Reply some = call("GET", "/control/sessions?product=aliyun_sdk");
  ASSERT_EQ(json_of(some).at("sessions").as_array().size(), 1u);
  EXPECT_EQ(json_of(some).at("sessions").at(0).at("biz_no"), "b1");
}

TEST_F(Control, CountsRequestsByEndpoint) {
  static_cast<void>(client_.lite_token());
  static_cast<void>(client_.lite_token());
  EXPECT_EQ(call("GET", "/control/requests").body, R"({"aliyun_lite.get_biz_token":2})");
}

TEST_F(Control, ChangesSettingsAndPrices) {
  EXPECT_EQ(call("POST", "/control/settings",
                 R"({"baidu":{"naming":"error_no"},"prices":{"baidu.sessioncode":"0.05"}})")
                .status,
            200u);
  EXPECT_EQ(member(client_.baidu("sessioncode", {}), "error_no"), "0");
  EXPECT_EQ(member(call("GET", "/control/charges"), "overall.amount"), "0.05");
}

TEST_F(Control, ResetForgets) {
  const std::string token = client_.jumdata_token();
  static_cast<void>(client_.baidu("sessioncode", {}));
  static_cast<void>(call("POST", "/control/clock", R"({"advance_s":5})"));
  EXPECT_EQ(call("POST", "/control/reset").status, 200u);
  EXPECT_EQ(client_.jumdata_result(token), "400");
  EXPECT_EQ(member(call("GET", "/control/charges"), "overall.count"), "0");
  EXPECT_EQ(member(call("GET", "/control/clock"), "advanced_s"), "0");
  const std::string naming = R"({"baidu":{"naming":"error_code"}})";
  static_cast<void>(call("POST", "/control/settings", naming));
  EXPECT_EQ(member(client_.baidu("sessioncode", {}), "error_code"), "0") << "tokens are kept";
  static_cast<void>(call("POST", "/control/reset", R"({"access_tokens":true})"));
  EXPECT_EQ(member(client_.baidu("sessioncode", {}), "error_code"), "110");
}

TEST_F(Control, AnswersBadRequestsClearly) {
  const std::tuple<const char*, const char*, const char*, unsigned> cases[] = {
      {"GET", "/control/nothing", "", 404},
      {"DELETE", "/control/charges", "", 405},
      {"POST", "/control/sessions/finish", "{", 400},
      {"POST", "/control/sessions/finish", "[]", 400},
      {"POST", "/control/sessions/finish", R"({"product":"baidu"})", 404},
      {"POST", "/control/sessions/finish", R"({"product":"other","code":1})", 400},
      {"POST", "/control/sessions/finish", R"({"token":"x","code":1})", 404},
      {"POST", "/control/sessions/finish", R"({"token":"x","product":"baidu","code":1})", 400},
      {"POST", "/control/sessions/finish", R"({"kode":1})", 400},
      {"POST", "/control/sessions/expire", "{}", 400},
      {"POST", "/control/clock", R"({"advance_s":"1"})", 400},
      {"POST", "/control/faults", R"({"kind":"x"})", 400},
      {"POST", "/control/settings", R"({"baidu":{"api_kee":"x"}})", 400},
      {"POST", "/control/access-tokens/expire", R"({"token":"x"})", 404},
      {"GET", "/control/sessions?product=x", "", 400},
  };
  for (const auto& [method, target, body, status] : cases) {
    const Reply reply = call(method, target, body);
    EXPECT_EQ(reply.status, status) << method << ' ' << target << ' ' << body << reply.body;
    EXPECT_FALSE(member(reply, "error").empty());
  }
}

TEST_F(Control, ListsEveryOutcome) {
  const auto view = json_of(call("GET", "/control/outcomes"));
  EXPECT_EQ(view.at("aliyun_sdk").at("outcomes").as_array().size(), 41u);
  EXPECT_FALSE(view.at("jumdata").at("errors").as_array().empty());
}

}  // namespace
}  // namespace idswitch::sandbox::test
