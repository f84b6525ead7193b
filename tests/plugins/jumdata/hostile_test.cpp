// Replies that no honest vendor sends, and what must never happen then: a pass, a crash, a leak.

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "account.hpp"
#include "support/documented_codes.hpp"
#include "support/hostile_replies.hpp"

namespace idswitch::test::jumdata {
namespace {

namespace json = boost::json;

const std::string k_passed = R"({"code":200,"msg":"活体检测通过","taskNo":"1434398822263671171",)"
                             R"("data":{"faceImageUrl":"https://img.example.com/face.jpg"}})";

// The document's own words for a pass, read by another parser.
bool says_passed(const std::string& body) {
  boost::system::error_code failure;
  const json::value value = json::parse(body, failure);
  if (failure || !value.is_object()) return false;
  const json::value* code = value.get_object().if_contains("code");
  if (code == nullptr) return false;
  return code->is_string() ? code->get_string() == "200" : json::serialize(*code) == "200";
}

TEST(JumdataHostile, RepliesOfNoKnownShapeNeverPass) {
  for (const Answer& answer : unreadable_replies(k_passed)) {
    const OperationRun run = driver().run(result(), {answer});
    ASSERT_TRUE(run.fail) << answer.body;
    EXPECT_EQ(outcome_of(run), answer.status >= 500 ? "unavailable" : "protocol") << answer.body;
    EXPECT_TRUE(run.charges.empty());
    EXPECT_EQ(run.fail->vendor_message, "");
  }
}

TEST(JumdataHostile, RepliesToInitLeaveTheChargeUnknown) {
  for (const Answer& answer : unreadable_replies(init_reply())) {
    const OperationRun run = driver().run(start(), {answer});
    ASSERT_TRUE(run.fail) << answer.body;
    EXPECT_EQ(outcome_of(run), answer.status >= 500 ? "unavailable" : "protocol") << answer.body;
    ASSERT_EQ(run.charges.size(), 1u);
    EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_UNKNOWN});
  }
}

TEST(JumdataHostile, BareThrottlingIsThrottling) {
  const OperationRun run = driver().run(start(), {{"slow down", 429, {{"Retry-After", "3"}}}});
  EXPECT_EQ(outcome_of(run), "throttled");
  EXPECT_EQ(run.fail->retry_after_ms, 3000u);
}

TEST(JumdataHostile, WrongTypesNeverPassUnlessTheCodeSaysSo) {
  for (const std::string& body : wrong_types(k_passed)) {
    const OperationRun run = driver().run(result(), {{body}});
    EXPECT_EQ(run.passed(), says_passed(body)) << body;
  }
  for (const std::string& body : wrong_types(init_reply())) {
    const OperationRun run = driver().run(start(), {{body}});
    EXPECT_EQ(run.charges.size(), 1u) << body;
  }
}

TEST(JumdataHostile, AcceptedWithoutASessionIsNoSession) {
  const std::string data[] = {
      R"(null)",
      R"({"token":"t"})",
      R"([{"token":"t"}])",
      R"({"token":"","checkUrl":"https://h5.example.com"})",
      R"x({"token":"t","checkUrl":"javascript:alert(1)"})x",
  };
  for (const std::string& one : data) {
    for (const std::uint32_t method : {IDSW_METHOD_H5, IDSW_METHOD_MINI_PROGRAM}) {
      const OperationRun run =
          driver().run(start("{}", method), {{R"({"code":200,"charge":true,"data":)" + one + "}"}});
      EXPECT_EQ(outcome_of(run), "protocol") << one;
      ASSERT_EQ(run.charges.size(), 1u);
      EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_UNKNOWN}) << one;
    }
  }
}

TEST(JumdataHostile, NoMutationTurnsAnythingIntoAPass) {
  std::mt19937 random(20250617);
  PluginDriver account = driver();
  int readable = 0;
  for (const std::string& base :
       {reply("201"), reply("202"), reply("203"), reply("301"), reply("500")}) {
    for (int i = 0; i < 4000; ++i) {
      const std::string body = mutated(base, random);
      const OperationRun run = account.run(result(), {{body}});
      readable += run.finish ? 1 : 0;
      if (run.passed()) {
        EXPECT_TRUE(says_passed(body)) << body;
      }
    }
  }
  EXPECT_GT(readable, 1000);  // else the mutations are too wild to prove anything
}

TEST(JumdataHostile, NoMutationOfInitOpensWithoutATokenAndAnAddress) {
  std::mt19937 random(20250618);
  PluginDriver account = driver();
  for (int i = 0; i < 10'000; ++i) {
    const OperationRun run = account.run(start(), {{mutated(init_reply(), random)}});
    EXPECT_EQ(run.charges.size(), 1u);
    if (run.finish) {
      EXPECT_FALSE(run.finish->state.empty());
      EXPECT_TRUE(run.finish->action.url.starts_with("http"));
    }
  }
}

// ---- secrets ----------------------------------------------------------------------------------

TEST(JumdataSecrets, AppearOnlyWhereTheVendorNeedsThem) {
  plugin::AccountSettings settings = account();
  settings.secrets["app_id"] = Secret("canary id+1");
  settings.secrets["app_secret"] = Secret("canary-secret-2");
  PluginDriver one("jumdata", k_product, settings);
  for (const std::string& body : {init_reply(), reply("607"), std::string("<html>")}) {
    for (const bool is_start : {true, false}) {
      const OperationRun run = one.run(is_start ? start() : result(), {{body}});
      const plugin::SendStep& sent = run.sent.at(0);
      EXPECT_TRUE(sent.body.starts_with("appId=canary+id%2B1&timestamp="));
      EXPECT_EQ(sent.body.find("canary", 10), std::string::npos);
      EXPECT_EQ(
          (sent.target + sent.headers + sent.step + sent.sku + sent.dedupe_key).find("canary"),
          std::string::npos);
      EXPECT_EQ(all_text(run).find("canary"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace idswitch::test::jumdata
