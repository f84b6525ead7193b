#include <gtest/gtest.h>

#include "vendor_client.hpp"
#include "wire/digest.hpp"

namespace idswitch::sandbox::test {
namespace {

Settings plain_naming() {
  Settings settings;
  settings.baidu_naming = BaiduNaming::error_code;
  return settings;
}

std::string error_of(const Reply& reply) {
  return member(reply, "error_code");
}

TEST(Baidu, GivesATokenForTheRightKeys) {
  VendorClient client;
  const Reply reply = client.get(
      "/oauth/2.0/token?grant_type=client_credentials&client_id=sandbox-baidu-api-key"
      "&client_secret=sandbox-baidu-secret-key");
  EXPECT_EQ(reply.status, 200u);
  EXPECT_TRUE(member(reply, "access_token").starts_with("24."));
  EXPECT_EQ(member(reply, "expires_in"), "2592000");
}

TEST(Baidu, RefusesWrongKeysInTheOAuthShape) {
  VendorClient client;
  const std::string begin = "/oauth/2.0/token?grant_type=client_credentials&client_id=";
  const Reply wrong_key = client.get(begin + "x&client_secret=y");
  EXPECT_EQ(member(wrong_key, "error"), "invalid_client");
  EXPECT_EQ(member(wrong_key, "error_description"), "unknown client id");
  const Reply wrong_secret = client.get(begin + "sandbox-baidu-api-key&client_secret=y");
  EXPECT_EQ(member(wrong_secret, "error_description"), "Client authentication failed");
  const Reply wrong_grant = client.get("/oauth/2.0/token?client_id=sandbox-baidu-api-key");
  EXPECT_EQ(member(wrong_grant, "error"), "unsupported_grant_type");
}

TEST(Baidu, ChecksTheAccessToken) {
  VendorClient client(plain_naming());
  const std::string path = "/rest/2.0/face/v1/faceliveness/sessioncode";
  EXPECT_EQ(error_of(client.post_form(path, {})), "100");
  EXPECT_EQ(error_of(client.post_form(path + "?access_token=24.no", {})), "110");
  EXPECT_EQ(error_of(client.baidu("sessioncode", {})), "0");
  client.sandbox().clock.advance(std::chrono::seconds(2'592'000));
  const Reply expired = client.baidu("sessioncode", {});
  EXPECT_EQ(error_of(expired), "111");
  EXPECT_FALSE(json_of(expired).contains("log_id"));
}

TEST(Baidu, RotatesTheThreeNamingsAndBothKindsOfLogId) {
  VendorClient client;
  std::set<std::string> seen;
  for (int i = 0; i < 6; ++i) {
    const auto body = json_of(client.baidu("sessioncode", {}));
    const std::string code_name = body.contains("err_no")       ? "err_no"
                                  : body.contains("error_code") ? "error_code"
                                                                : "error_no";
    EXPECT_EQ(body.at(code_name).as_int64(), 0);
    const auto& log_id = body.at(code_name == "err_no" ? "serverlogid" : "log_id");
    if (log_id.is_int64()) {
      EXPECT_GT(log_id.get_int64(), 9'007'199'254'740'992);
    }
    seen.insert(code_name + (log_id.is_string() ? " string" : " integer"));
  }
  EXPECT_EQ(seen.size(), 6u);
}

TEST(Baidu, CodesHaveTheAskedLengthAndSometimesALeadingZero) {
  VendorClient client;
  bool has_leading_zero = false;
  for (int i = 0; i < 100; ++i) {
    const std::string code =
        member(client.baidu("sessioncode", {{"min_code_length", "4"}, {"max_code_length", "5"}}),
               "result.code");
    EXPECT_TRUE(code.size() == 4 || code.size() == 5) << code;
    has_leading_zero |= code.starts_with('0');
  }
  EXPECT_TRUE(has_leading_zero);
}

TEST(Baidu, ChecksTheCodeParameters) {
  VendorClient client(plain_naming());
  const std::pair<Fields, const char*> cases[] = {
      {{{"min_code_length", "2"}}, "222028"},
      {{{"min_code_length", "x"}}, "222028"},
      {{{"max_code_length", "7"}}, "222029"},
      {{{"min_code_length", "5"}, {"max_code_length", "4"}}, "222027"},
      {{{"type", "2"}}, "222002"},
      {{{"type", "1"}, {"max_code_length", "4"}}, "222029"},
      {{{"type", "1"}, {"max_code_length", "3"}}, "0"},
  };
  for (const auto& [fields, expected] : cases) {
    EXPECT_EQ(error_of(client.baidu("sessioncode", fields)), expected) << urlencoded(fields);
  }
}

TEST(Baidu, AVideoSayingTheCodePassesOnce) {
  VendorClient client(plain_naming());
  const Reply opened = client.baidu("sessioncode", {});
  const Fields session = {{"session_id", member(opened, "result.session_id")}};
  const std::string video = "code:" + member(opened, "result.code");
  const Reply passed = client.baidu_verify(video, session);
  EXPECT_EQ(error_of(passed), "0");
  EXPECT_EQ(member(passed, "result.code.identify"), member(opened, "result.code"));
  EXPECT_EQ(error_of(client.baidu_verify(video, session)), "216502");
}

TEST(Baidu, AVideoWithoutTheCodeFails) {
  VendorClient client(plain_naming());
  const Reply opened = client.baidu("sessioncode", {});
  EXPECT_EQ(error_of(client.baidu_verify("code:x",
                                         {{"session_id", member(opened, "result.session_id")}})),
            "216500");
}

TEST(Baidu, ASessionLivesFiveMinutes) {
  VendorClient client(plain_naming());
  const Reply opened = client.baidu("sessioncode", {});
  const Fields session = {{"session_id", member(opened, "result.session_id")}};
  client.sandbox().clock.advance(std::chrono::seconds(300));
  EXPECT_EQ(error_of(client.baidu_verify("code:" + member(opened, "result.code"), session)),
            "216502");
}

TEST(Baidu, ChecksTheVerifyParameters) {
  VendorClient client(plain_naming());
  EXPECT_EQ(error_of(client.baidu("verify", {})), "216508");
  EXPECT_EQ(error_of(client.baidu("verify", {{"video_base64", "data:video/mp4;base64,YWI="}})),
            "216508");
  EXPECT_EQ(error_of(client.baidu_verify("v", {{"type_identify", "action"}})), "216512");
  EXPECT_EQ(error_of(client.baidu_verify("v", {{"type_identify", "other"}})), "222002");
  EXPECT_EQ(error_of(client.baidu_verify("v", {{"lip_identify", "other"}})), "222002");
  EXPECT_EQ(error_of(client.baidu_verify("v", {{"session_id", "S0"}})), "216502");
  EXPECT_EQ(error_of(client.baidu_verify(std::string(20u * 1024 * 1024 + 1, 'v'))), "222304");
  EXPECT_EQ(error_of(client.baidu_verify("v")), "0");
}

TEST(Baidu, RefusesABodyThatIsNotAForm) {
  VendorClient client(plain_naming());
  Request request;
  static_cast<void>(client.baidu("sessioncode", {}));
  request.method = "POST";
  request.path = "/rest/2.0/face/v1/faceliveness/verify";
  request.query = "access_token=" + client.sandbox().baidu_access_tokens.begin()->first;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = "{\"video_base64\":\"YWI=\"}";
  EXPECT_EQ(error_of(client.send(request)), "222001");
}

TEST(Baidu, ActionVideosReportTheAction) {
  VendorClient client(plain_naming());
  const Reply opened = client.baidu("sessioncode", {{"type", "1"}});
  const Fields fields = {{"session_id", member(opened, "result.session_id")},
                         {"type_identify", "action"}};
  const Reply failed = client.baidu_verify("nothing", fields);
  EXPECT_EQ(error_of(failed), "0");
  EXPECT_EQ(member(failed, "result.action_verify"), "fail");
}

TEST(Baidu, EveryDocumentedOutcomeCanBeProducedByTheVideo) {
  VendorClient client(plain_naming());
  for (const DocumentedOutcome& row : documented_outcomes(Product::baidu)) {
    if (row.code == "0") continue;
    const Reply reply = client.baidu_verify("sandbox:" + std::string(row.code));
    EXPECT_EQ(error_of(reply), row.code);
    EXPECT_EQ(member(reply, "error_msg"), row.word);
  }
}

TEST(Baidu, ASuccessCanStillBeAFailure) {
  VendorClient client(plain_naming());
  const Fields lip = {{"lip_identify", "STRICT"}};
  EXPECT_EQ(member(client.baidu_verify("sandbox:0:LIP_FAIL", lip), "result.lip_language"), "fail");
  EXPECT_EQ(member(client.baidu_verify("sandbox:0", lip), "result.lip_language"), "pass");
  const auto low = json_of(client.baidu_verify("sandbox:0:LOW_SCORE")).at("result");
  EXPECT_LT(low.at("score").as_double(), low.at("thresholds").at("frr_1e-4").as_double());
}

TEST(Baidu, BillsBothCallsAndTwoFailures) {
  VendorClient client(plain_naming());
  static_cast<void>(client.baidu("sessioncode", {}));
  for (const char* code : {"0", "216500", "223120", "216501", "216430", "216502", "223113"}) {
    static_cast<void>(client.baidu_verify(std::string("sandbox:") + code));
  }
  static_cast<void>(client.baidu("verify", {}));
  std::map<std::string, int> count;
  for (const Charge& charge : client.sandbox().charges.all()) ++count[charge.sku];
  EXPECT_EQ(count["sessioncode"], 1);
  EXPECT_EQ(count["verify"], 3);
}

}  // namespace
}  // namespace idswitch::sandbox::test
