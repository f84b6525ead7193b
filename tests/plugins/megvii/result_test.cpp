// From a reply to a verdict: what may be a pass, what a dead token means, what a lost reply costs.

#include <gtest/gtest.h>

#include <algorithm>

#include "account.hpp"
#include "support/documented_codes.hpp"

namespace idswitch::test::megvii {
namespace {

std::string ended(std::string_view more) {
  const OperationRun run = driver().run(result(), {{reply("1000", "SUCCESS", more)}});
  return outcome_of(run) + (run.passed() ? "" : " " + reason_of(run));
}

std::string compared(std::string_view block) {
  return ended(R"(,"verification":{"idcard":)" + std::string(block) + "}");
}

TEST(MegviiPass, NeedsNoNumbersButMustNotContradictThem) {
  EXPECT_EQ(ended(""), "pass");
  EXPECT_EQ(ended(k_same), "pass");
  EXPECT_EQ(ended(R"(,"verification":null,"attack_result":null)"), "pass");
  EXPECT_EQ(compared(R"({"confidence":62.2,"thresholds":{"1e-3":62.168713,"1e-4":69.31534}})"),
            "pass");
  EXPECT_EQ(compared(R"({"confidence":90})"), "pass");
}

TEST(MegviiPass, IsNoneBelowEveryThreshold) {
  EXPECT_EQ(compared(R"({"confidence":62.1,"thresholds":{"1e-3":62.168713,"1e-4":69.31534}})"),
            "inconclusive vendor.internal");
  EXPECT_EQ(ended(R"(,"verification":{"ref1":{"confidence":1,"thresholds":{"1e-6":78}}})"),
            "inconclusive vendor.internal");
}

TEST(MegviiPass, IsNoneWithNumbersThatCannotBeRead) {
  for (const std::string block :
       {R"({"confidence":"nan","thresholds":{"1e-3":62}})",
        R"({"confidence":"90","thresholds":{"1e-3":62}})",
        R"({"confidence":1e400,"thresholds":{"1e-3":62}})",
        R"({"confidence":101,"thresholds":{"1e-3":62}})", R"({"confidence":-1})",
        R"({"thresholds":{"1e-3":62}})", R"({"confidence":90,"thresholds":{"1e-3":"x"}})",
        R"({"confidence":90,"thresholds":{"1e-3":1e9}})", R"("same")", "7", "[]", "{}", "true"}) {
    EXPECT_EQ(compared(block), "inconclusive vendor.internal") << block;
  }
  EXPECT_EQ(ended(R"(,"verification":"same")"), "inconclusive vendor.internal");
}

TEST(MegviiPass, IsNoneForAnAttack) {
  EXPECT_EQ(ended(R"(,"attack_result":{"score":0.9,"threshold":0.5,"result":true})"),
            "fail liveness.attack");
  EXPECT_EQ(ended(R"(,"attack_result":{"result":"True"})"), "fail liveness.attack");
  EXPECT_EQ(ended(R"(,"attack_result":{"result":"False"})"), "pass");
  EXPECT_EQ(ended(R"(,"attack_result":{"score":0.9,"threshold":0.5,"result":false})"),
            "inconclusive vendor.internal");
  for (const std::string attack :
       {"{}", R"({"result":0})", R"({"result":"no"})", "7", "\"no\"", "[]",
        R"({"result":false,"score":"x","threshold":1})", R"({"result":false,"score":0})"}) {
    EXPECT_EQ(ended(R"(,"attack_result":)" + attack), "inconclusive vendor.internal") << attack;
  }
}

TEST(MegviiResult, WithoutAResultCodeIsInconclusive) {
  for (const std::string body :
       {R"({"request_id":"1,a"})", R"({"liveness":true,"result":"SUCCESS"})", "{}"}) {
    const OperationRun run = driver().run(result(IDSW_CHECK_LIVENESS), {{body}});
    EXPECT_EQ(reason_of(run), "vendor.unknown_code") << body;
    EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_UNKNOWN});
  }
}

TEST(MegviiResult, OfAnotherTokenIsNoResult) {
  EXPECT_EQ(ended(R"(,"biz_token":"9999999999,someone-else")"), "protocol ");
  EXPECT_EQ(ended(R"(,"biz_token":")" + std::string(k_token) + "\""), "pass");
}

TEST(MegviiResult, ShowsScoresAndThePictureWhenAsked) {
  plugin::OperationInput input = result();
  input.want_images = true;
  OperationRun run = driver().run(input, {{reply("1000", "SUCCESS", k_same)}});
  ASSERT_TRUE(run.passed());
  const auto score = [&](std::string_view name) {
    const auto& all = run.finish->scores;
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Pair& pair) { return pair.name == name; });
    return found == all.end() ? "" : found->value;
  };
  EXPECT_EQ(score("face.confidence"), "83.23666");
  EXPECT_EQ(score("face.threshold_1e-3"), "62.168713");
  EXPECT_EQ(score("face.threshold_1e-6"), "78.038055");
  EXPECT_EQ(score("liveness.attack_score"), "0.1");
  ASSERT_EQ(run.finish->images.size(), 1u);
  EXPECT_EQ(run.finish->images[0].name, "face_best");
  input.want_images = false;
  run = driver().run(input, {{reply("1000", "SUCCESS", k_same)}});
  EXPECT_TRUE(run.finish->images.empty());
}

void expect_expired_at(std::int64_t now_unix_ms, const Answer& answer) {
  PluginDriver one = driver();
  one.now_unix_ms = now_unix_ms;  // the reply comes 250 ms later
  const OperationRun run = one.run(result(), {answer});
  EXPECT_EQ(outcome_of(run), "expired");
  ASSERT_EQ(run.charges.size(), 1u);
  EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_RELEASED});
}

TEST(MegviiToken, DeadIsExpiredAndReleased) {
  expect_expired_at(k_expires_unix_ms, {R"({"error":"BAD_ARGUMENTS: biz_token"})", 400});
  for (const std::string word : {"LIVING_NOT_START", "LIVING_IN_PROGRESS", "LIVING_OVERTIME"}) {
    expect_expired_at(k_expires_unix_ms + sdk::k_unfinished_grace_ms, {reply("9000", word)});
  }
}

TEST(MegviiToken, WhoBeganInItsHourHasAGrace) {
  PluginDriver one = driver();
  for (const std::int64_t late_ms : {std::int64_t{1}, sdk::k_unfinished_grace_ms}) {
    one.now_unix_ms = k_expires_unix_ms + late_ms - 250;
    const OperationRun run = one.run(result(), {{reply("9000", "LIVING_IN_PROGRESS")}});
    EXPECT_EQ(outcome_of(run), "pending") << late_ms;
    EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_HELD});
  }
}

TEST(MegviiToken, StillGoodIsWaitedFor) {
  PluginDriver one = driver();
  one.now_unix_ms = k_expires_unix_ms - 250;
  EXPECT_EQ(outcome_of(one.run(result(), {{reply("9000", "LIVING_NOT_START")}})), "pending");
  one.now_unix_ms = k_expires_unix_ms - 250;
  EXPECT_EQ(outcome_of(one.run(result(), {{R"({"error":"BAD_ARGUMENTS: biz_token"})", 400}})),
            "invalid_request");
}

TEST(MegviiToken, DeadCanStillHaveAResult) {
  PluginDriver one = driver();
  one.now_unix_ms = k_expires_unix_ms + 600'000;
  EXPECT_TRUE(one.run(result(), {{reply("1000", "SUCCESS")}}).passed());
}

TEST(MegviiToken, DeadWithoutThePersonNeedsNoRequest) {
  PluginDriver one = driver();
  plugin::OperationInput input = result();
  input.person_name = {};
  one.now_unix_ms = k_expires_unix_ms + sdk::k_unfinished_grace_ms;
  EXPECT_EQ(outcome_of(one.run(input, {})), "invalid_request");
  one.now_unix_ms = k_expires_unix_ms + sdk::k_unfinished_grace_ms + 1;
  const OperationRun run = one.run(input, {});
  EXPECT_EQ(outcome_of(run), "expired");
  EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_RELEASED});
}

TEST(MegviiResult, WithoutAReplyIsUnknown) {
  const std::pair<std::string, std::uint32_t> expected[] = {
      {"unavailable", IDSW_CHARGE_HELD},
      {"unknown_outcome", IDSW_CHARGE_UNKNOWN},
      {"protocol", IDSW_CHARGE_UNKNOWN},
      {"protocol", IDSW_CHARGE_UNKNOWN}};
  for (std::uint32_t transport = 1; transport <= 4; ++transport) {
    const OperationRun run = driver().run(result(), {Answer::no_reply(transport)});
    EXPECT_EQ(outcome_of(run), expected[transport - 1].first);
    ASSERT_EQ(run.charges.size(), 1u);
    EXPECT_EQ(run.charges[0].state, expected[transport - 1].second);
  }
}

TEST(MegviiState, ThatIsNotOursIsRefused) {
  for (const std::string state :
       {"", "{}", "x", R"({"v":2,"biz_token":"a","expires":1})",
        R"({"v":1,"biz_token":"a b","expires":1})", R"({"v":1,"biz_token":"a"})"}) {
    plugin::OperationInput input = result();
    input.state = state;
    EXPECT_EQ(outcome_of(driver().run(input, {})), "protocol") << state;
  }
}

TEST(MegviiState, IsWhatStartLeft) {
  PluginDriver one = driver();
  const OperationRun opened = one.run(start(), {{token_reply()}});
  plugin::OperationInput input = result();
  input.state = opened.finish->state;
  EXPECT_TRUE(one.run(input, {{reply("1000", "SUCCESS")}}).passed());
  EXPECT_EQ(opened.finish->state.find("person"), std::string::npos);
}

}  // namespace
}  // namespace idswitch::test::megvii
