// Replies that no honest vendor sends, and what must never happen then: a pass, a crash, a leak.

#include <gtest/gtest.h>

#include "account.hpp"
#include "support/faceid_replies.hpp"
#include "support/hostile_replies.hpp"

namespace idswitch::test::aliyun_faceid {
namespace {

const std::string k_passed =
    reply("1000", "SUCCESS", verification("83.2") + R"(,"images":{"image_best":"/9j/4AAQ"})");

TEST(AliyunHostile, RepliesOfNoKnownShapeNeverPass) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    PluginDriver one = driver(product);
    for (const Answer& answer : unreadable_replies(k_passed)) {
      const OperationRun run = one.run(result(), {answer});
      ASSERT_TRUE(run.fail) << answer.body;
      EXPECT_EQ(outcome_of(run), class_of(answer)) << answer.body;
      EXPECT_TRUE(run.charges.empty());
    }
  }
}

TEST(AliyunHostile, RepliesOfNoKnownShapeOpenNothing) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    PluginDriver one = driver(product);
    for (const Answer& answer : unreadable_replies(token_reply())) {
      const OperationRun run = one.run(start(product), {answer});
      ASSERT_TRUE(run.fail) << answer.body;
      EXPECT_EQ(outcome_of(run), class_of(answer)) << answer.body;
      ASSERT_EQ(run.charges.size(), 1u);
      EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_NOT_CHARGED});
    }
  }
}

TEST(AliyunHostile, OpenNothingWithoutAUsableToken) {
  for (const std::string token : {"null", "\"\"", "7", "true", "[\"a\"]", "\"a b\"", "\"a/../b\"",
                                  "\"a\\nb\"", "\"a?b\"", "\"令\""}) {
    const std::string body = R"({"request_id":"1,a","biz_token":)" + token + "}";
    EXPECT_EQ(outcome_of(driver(k_lite).run(lite_start(), {{body}})), "protocol") << token;
  }
}

TEST(AliyunHostile, WrongTypesNeverPassUnlessTheCodeSaysSo) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    for (const std::string& body : wrong_types(k_passed)) {
      if (driver(product).run(result(), {{body}}).passed()) {
        EXPECT_TRUE(says_passed(body)) << body;
      }
    }
    for (const std::string& body : wrong_types(token_reply())) {
      EXPECT_EQ(driver(product).run(start(product), {{body}}).charges.size(), 1u) << body;
    }
  }
}

TEST(AliyunHostile, NoMutationTurnsAnythingIntoAPass) {
  std::mt19937 random(20250622);
  int readable = 0;
  const std::string attack = verification("83.2") + R"(,"attack_result":{"result":true})";
  for (const std::string_view product : {k_sdk, k_lite}) {
    PluginDriver one = driver(product);
    for (const std::string& base :
         {reply("2000", "PASS_LIVING_NOT_THE_SAME", verification("20.1")),
          reply("\"3000\"", "NO_ID_CARD_NUMBER"), reply("4100", "FAIL_LIVING_FACE_ATTACK", attack),
          reply("\"9000\"", "LIVING_NOT_START"),
          std::string(R"({"error":"AUTHORIZATION_ERROR:INVALIDSIGN","request_id":"1,a"})")}) {
      for (int i = 0; i < 3000; ++i) {
        const std::string body = mutated(base, random);
        const OperationRun run = one.run(result(), {{body}});
        readable += run.finish ? 1 : 0;
        EXPECT_FALSE(run.passed()) << body;
      }
    }
  }
  EXPECT_GT(readable, 2000);  // else the mutations are too wild to prove anything
}

TEST(AliyunHostile, MutationsOfAPassPassOnlyInTheVendorsWords) {
  std::mt19937 random(20250623);
  PluginDriver one = driver(k_lite);
  for (int i = 0; i < 10'000; ++i) {
    const std::string body = mutated(k_passed, random);
    if (one.run(result(), {{body}}).passed()) {
      EXPECT_TRUE(says_passed(body)) << body;
    }
  }
}

TEST(AliyunHostile, MutationsOfATokenOpenOnlyWithOne) {
  std::mt19937 random(20250624);
  PluginDriver one = driver(k_lite);
  for (int i = 0; i < 10'000; ++i) {
    const OperationRun run = one.run(lite_start(), {{mutated(token_reply(), random)}});
    EXPECT_EQ(run.charges.size(), 1u);
    if (run.finish) {
      EXPECT_TRUE(run.finish->action.url.starts_with("https://openapi.faceid.com/lite/v1/do/"));
    }
  }
}

TEST(AliyunHostile, MutatedStatesAndNoticesDoNoHarm) {
  std::mt19937 random(20250625);
  PluginDriver one = driver(k_lite);
  const std::string notice = "data=%7B%22biz_token%22%3A%22" + std::string(k_token) + "%22%7D";
  for (int i = 0; i < 5000; ++i) {
    const std::string left = mutated(k_state, random), body = mutated(notice, random);
    plugin::OperationInput input = result(left);
    input.kind = IDSW_OP_CALLBACK;
    input.callback_body = body;
    EXPECT_TRUE(one.run(input, {}).charges.empty());
  }
}

// ---- secrets and personal data ----------------------------------------------------------------

// The vendor, or someone in its place, says everything back.
std::vector<std::string> echoes() {
  const std::string echo = "canary-code-1 canary-key-2 canary-secret-3 " + std::string(k_name) +
                           " " + std::string(k_number);
  return {token_reply(),
          k_passed,
          reply("2000", echo),
          reply("\"" + echo + "\"", "SUCCESS"),
          R"({"error":")" + echo + "\"}",
          R"({"error":"BAD_ARGUMENTS: )" + echo + "\"}",
          R"({"error":")" + std::string(k_number) + R"(","request_id":")" + echo + "\"}",
          echo};
}

TEST(AliyunSecrets, AppearOnlyWhereTheVendorNeedsThem) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    for (const std::string_view auth : {std::string_view(R"({"auth":"appcode"})"), k_signature}) {
      plugin::AccountSettings settings = account(auth);
      settings.secrets["app_code"] = Secret("canary-code-1");
      settings.secrets["app_key"] = Secret("canary-key-2");
      settings.secrets["app_secret"] = Secret("canary-secret-3");
      PluginDriver one("aliyun-faceid", product, settings);
      for (const std::string& body : echoes()) {
        for (const int status : {200, 400, 403, 500}) {
          for (const bool is_start : {true, false}) {
            const Answer answer{
                body, status, {{"X-Ca-Error-Message", body}, {"X-Ca-Request-Id", body}}};
            const OperationRun run = one.run(is_start ? start(product) : result(), {answer});
            const plugin::SendStep& sent = run.sent.at(0);
            EXPECT_EQ(
                (sent.target + sent.body + sent.step + sent.sku + all_text(run)).find("canary"),
                std::string::npos);
            const bool signs = auth == k_signature;
            EXPECT_EQ(sent.headers.find("canary-code-1") != std::string::npos, !signs);
            EXPECT_EQ(sent.headers.find("canary-key-2") != std::string::npos, signs);
            EXPECT_EQ(sent.headers.find("canary-secret-3"), std::string::npos);
            EXPECT_EQ(all_text(run).find(k_number), std::string::npos) << body;
            EXPECT_EQ(all_text(run).find(k_name), std::string::npos) << body;
          }
        }
      }
    }
  }
}

TEST(AliyunSecrets, ThePersonIsNotInTheState) {
  for (const std::uint32_t checks :
       {std::uint32_t{IDSW_CHECK_ID_MATCH}, std::uint32_t{IDSW_CHECK_ID_OCR}}) {
    const std::string left =
        driver(k_lite).run(lite_start(checks), {{token_reply()}}).finish->state;
    EXPECT_EQ(left.find("1101011990"), std::string::npos);
    EXPECT_EQ(left.find(k_name), std::string::npos);
    EXPECT_EQ(left.find("person-7"), std::string::npos);
    EXPECT_LE(left.size(), 1024u);
  }
}

}  // namespace
}  // namespace idswitch::test::aliyun_faceid
