// sessioncode: what it sends, and what it makes of the reply.

#include <gtest/gtest.h>

#include "account.hpp"
#include "support/documented_codes.hpp"

namespace idswitch::test::baidu {
namespace {

std::string body(std::string_view options) {
  return driver().run(start(options), {{code_reply()}}).sent.at(0).body;
}

std::string invalid_field(std::string_view options) {
  const OperationRun run = driver().run(start(options), {});
  EXPECT_EQ(outcome_of(run), "invalid_request") << options;
  EXPECT_TRUE(run.charges.empty());
  return run.fail ? run.fail->field : "";
}

TEST(BaiduCode, PostsAFormThatMayBeBilled) {
  const OperationRun run = driver().run(start(), {{code_reply()}});
  ASSERT_EQ(run.sent.size(), 1u);
  EXPECT_EQ(run.sent[0].method, "POST");
  EXPECT_EQ(run.sent[0].headers, "Content-Type: application/x-www-form-urlencoded\r\n");
  EXPECT_EQ(run.sent[0].billable, std::uint32_t{IDSW_BILLABLE_ON_ACCEPT});
  EXPECT_FALSE(run.sent[0].resend_safe);
  EXPECT_EQ(run.sent[0].sku, "sessioncode");
  EXPECT_EQ(run.sent[0].dedupe_key, "sessioncode");
}

TEST(BaiduCode, SendsEveryParameter) {
  EXPECT_EQ(body("{}"), "");
  EXPECT_EQ(body(R"({"min_code_length":3,"max_code_length":6})"),
            "min_code_length=3&max_code_length=6");
  EXPECT_EQ(body(R"({"appid":"a 1"})"), "appid=a+1");
  EXPECT_EQ(body(R"({"type_identify":"voice"})"), "");
  EXPECT_EQ(body(R"({"type_identify":"action","min_code_length":1,"max_code_length":3})"),
            "type=1&min_code_length=1&max_code_length=3");
}

TEST(BaiduCode, RefusesLengthsThatCannotBe) {
  const std::string least = "/vendor_options/baidu~1voice_code/min_code_length";
  const std::string most = "/vendor_options/baidu~1voice_code/max_code_length";
  EXPECT_EQ(invalid_field(R"({"min_code_length":2})"), least);
  EXPECT_EQ(invalid_field(R"({"max_code_length":2})"), most);
  EXPECT_EQ(invalid_field(R"({"min_code_length":5,"max_code_length":4})"), least);
  EXPECT_EQ(invalid_field(R"({"type_identify":"action","min_code_length":3,"max_code_length":1})"),
            least);
}

TEST(BaiduCode, NamesTheFieldThatTheVendorRefuses) {
  const auto field = [](const std::string& code) {
    return driver().run(start(), {{error(code)}}).fail->field;
  };
  EXPECT_EQ(field("222027"), "/vendor_options/baidu~1voice_code/min_code_length");
  EXPECT_EQ(field("222028"), "/vendor_options/baidu~1voice_code/min_code_length");
  EXPECT_EQ(field("222029"), "/vendor_options/baidu~1voice_code/max_code_length");
  EXPECT_EQ(field("222001"), "");
}

TEST(BaiduCode, OpensWithTheDigitsAsTextForFiveMinutes) {
  PluginDriver account = driver();
  const std::int64_t now = account.now_unix_ms;
  const OperationRun run = account.run(start(), {{code_reply()}});
  ASSERT_TRUE(run.finish);
  EXPECT_EQ(run.finish->outcome, std::uint32_t{IDSW_OUTCOME_OPENED});
  EXPECT_EQ(run.finish->action.kind, std::uint32_t{IDSW_ACTION_SPEAK_CODE});
  EXPECT_EQ(run.finish->action.code, "0940");
  EXPECT_EQ(run.finish->action.expires_unix_ms, now + 300'000);
  EXPECT_EQ(run.finish->state, k_state);
  EXPECT_EQ(run.finish->vendor_reference, "0587756642");
}

TEST(BaiduCode, RemembersWhichKindWasAskedFor) {
  const OperationRun run = driver().run(start(R"({"type_identify":"action"})"), {{code_reply()}});
  EXPECT_EQ(run.finish->state, k_action_state);
}

TEST(BaiduCode, ReadsAllThreeNamings) {
  const std::string result = R"("result":{"session_id":"S1","code":"123"})";
  const std::string bodies[] = {
      R"({"error_no":0,"error_msg":"SUCCESS","log_id":304569273934991631,)" + result + "}",
      R"({"err_no":0,"err_msg":"SUCCESS","serverlogid":304569273934991631,)" + result + "}",
      R"({"error_code":0,"error_msg":"SUCCESS","log_id":"304569273934991631",)" + result + "}",
      R"({"err_no":"0","error_code":"0","err_msg":"SUCCESS","error_msg":"SUCCESS",)"
      R"("serverlogid":304569273934991631,)" +
          result + "}",
  };
  for (const std::string& one : bodies) {
    const OperationRun run = driver().run(start(), {{one}});
    ASSERT_TRUE(run.finish) << one;
    EXPECT_EQ(run.finish->action.code, "123");
    EXPECT_EQ(run.finish->vendor_reference, "304569273934991631") << one;
    EXPECT_EQ(run.charges.at(0).vendor_reference, "304569273934991631");
  }
}

TEST(BaiduCode, TakesAnyNonZeroAsAFailure) {
  const std::string result = R"(,"result":{"session_id":"S1","code":"123"}})";
  const std::string bodies[] = {
      R"({"err_no":0,"error_code":18)" + result,
      R"({"err_no":18,"error_code":0)" + result,
      R"({"error_no":18,"err_no":0,"error_code":0)" + result,
      R"({"err_no":"18","error_code":"0")" + result,
  };
  for (const std::string& one : bodies) {
    const OperationRun run = driver().run(start(), {{one}});
    EXPECT_EQ(outcome_of(run), "throttled") << one;
    EXPECT_EQ(run.fail->vendor_code, "18");
  }
}

TEST(BaiduCode, IsNoSessionWithoutIdAndDigits) {
  const std::string results[] = {
      "null",
      "{}",
      R"({"session_id":"S1"})",
      R"({"code":"123"})",
      R"({"session_id":"","code":"123"})",
      R"({"session_id":"S1","code":""})",
      R"({"session_id":"S1","code":123})",
      R"({"session_id":"S1","code":"12a"})",
      R"({"session_id":"S1","code":"12345678901234567"})",
      R"({"session_id":17,"code":"123"})",
  };
  for (const std::string& one : results) {
    const OperationRun run = driver().run(start(), {{R"({"err_no":0,"result":)" + one + "}"}});
    EXPECT_EQ(outcome_of(run), "protocol") << one;
    // It was accepted, so it is charged, whatever use it is.
    EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_CAPTURED});
  }
}

TEST(BaiduCode, KnowsWhatALostReplyMayHaveCost) {
  for (const LostReply& one : k_lost_replies) {
    for (const bool is_start : {true, false}) {
      const OperationRun run =
          driver().run(is_start ? start() : submit(), {Answer::no_reply(one.transport)});
      EXPECT_EQ(outcome_of(run), one.outcome);
      ASSERT_EQ(run.charges.size(), 1u);
      EXPECT_EQ(run.charges[0].state, one.charge);
      EXPECT_EQ(run.charges[0].sku, is_start ? "sessioncode" : "verify");
    }
  }
}

bool is_refused(const std::string& options) {
  PluginDriver one = bare_driver();
  const bool by_request = !one.account().options(options);
  EXPECT_EQ(by_request, !PluginDriver::open("baidu", k_product, account(options))) << options;
  return by_request;
}

TEST(BaiduOptions, HaveTheDocumentsLimits) {
  const std::string refused_options[] = {
      R"({"type_identify":"silent"})",
      R"({"min_code_length":0})",
      R"({"max_code_length":7})",
      R"({"min_code_length":"3"})",
      R"({"min_code_length":3.5})",
      R"({"appid":""})",
      R"({"lip_identify":"common"})",
      R"({"face_field":"age"})",
      R"({"code_similarity_min":0})",
      R"({"code_similarity_min":1.1})",
      R"({"liveness_threshold":"frr_1e-5"})",
      R"({"type_identity":"voice"})",
  };
  for (const std::string& options : refused_options) EXPECT_TRUE(is_refused(options)) << options;
  EXPECT_FALSE(
      is_refused(R"({"type_identify":"action","min_code_length":1,"max_code_length":6,"appid":"7",)"
                 R"("lip_identify":"STRICT","face_field":"spoofing","code_similarity_min":1,)"
                 R"("liveness_threshold":"frr_1e-4"})"));
}

}  // namespace
}  // namespace idswitch::test::baidu
