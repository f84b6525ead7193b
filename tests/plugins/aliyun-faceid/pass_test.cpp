// From result_code 1000 to a pass: what may contradict it.

#include <gtest/gtest.h>

#include "account.hpp"

namespace idswitch::test::aliyun_faceid {
namespace {

std::string ended(std::string_view product, std::string_view more,
                  const std::string& with_state = k_state) {
  const OperationRun run =
      driver(product).run(result(with_state), {{reply("1000", "SUCCESS", more)}});
  EXPECT_EQ(run.charges.at(0).state,
            std::uint32_t{IDSW_CHARGE_CAPTURED});  // billed whatever we make of it
  return outcome_of(run) + (run.passed() ? "" : " " + reason_of(run));
}

const std::string k_doubtful = "inconclusive vendor.internal";

TEST(AliyunPass, NeedsNoNumbers) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    EXPECT_EQ(ended(product, ""), "pass");
    EXPECT_EQ(ended(product, R"(,"verification":{},"images":{},"action":[])"), "pass");
    EXPECT_EQ(ended(product, R"(,"verification":null,"idcard_result":null)"), "pass");
    EXPECT_EQ(ended(product, verification("83.23666")), "pass");
  }
}

TEST(AliyunPass, OfTheSdkMustReachTheThresholdOfItsLevel) {
  const std::pair<int, std::string> lowest[] = {
      {1, "62.168713"}, {2, "69.31534"}, {3, "74.39926"}, {4, "78.038055"}};
  const std::string below[] = {"62.168712", "69.31533", "74.39925", "78.038054"};
  for (const auto& [level, confidence] : lowest) {
    const std::string left = state(R"(,"level":)" + std::to_string(level) + R"(,"references":0)");
    EXPECT_EQ(ended(k_sdk, verification(confidence), left), "pass") << level;
    EXPECT_EQ(ended(k_sdk, verification(below[level - 1]), left), k_doubtful) << level;
  }
}

TEST(AliyunPass, RemembersTheLevelThatStartWasGiven) {
  PluginDriver one = driver(k_sdk);
  plugin::OperationInput input = sdk_start();
  input.options = R"({"security_level":4})";
  const std::string left = one.run(input, {{token_reply()}}).finish->state;
  EXPECT_EQ(ended(k_sdk, verification("75"), left), k_doubtful);
  EXPECT_EQ(ended(k_sdk, verification("79"), left), "pass");
}

TEST(AliyunPass, OfLiteMustReachTheLoosestThreshold) {
  EXPECT_EQ(ended(k_lite, verification("62.2")), "pass");
  EXPECT_EQ(ended(k_lite, verification("62.1")), k_doubtful);
}

TEST(AliyunPass, IsNoneWithNumbersThatCannotBeRead) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    for (const std::string idcard :
         {R"("same")", "7", "[]", "{}", "true", R"({"confidence":90})",
          R"({"confidence":90,"thresholds":{}})", R"({"thresholds":{"1e-3":62,"1e-4":69}})",
          R"({"confidence":"nan","thresholds":{"1e-3":62,"1e-4":69}})",
          R"({"confidence":"90","thresholds":{"1e-3":62,"1e-4":69}})",
          R"({"confidence":101,"thresholds":{"1e-3":62,"1e-4":69}})",
          R"({"confidence":90,"thresholds":{"1e-3":-1,"1e-4":-1}})",
          R"({"confidence":1e999,"thresholds":{"1e-3":62,"1e-4":69}})"}) {
      EXPECT_EQ(ended(product, R"(,"verification":{"idcard":)" + idcard + "}"), k_doubtful)
          << idcard;
    }
    EXPECT_EQ(ended(product, R"(,"verification":"same")"), k_doubtful);
  }
}

TEST(AliyunPass, BesideTheAuthorityNeedsEachReferencePicture) {
  const std::string one_picture = state(R"(,"level":2,"references":1,"authority":true)");
  const std::string two_pictures = state(R"(,"level":2,"references":2,"authority":true)");
  const auto ref = [](const std::string& name, std::string_view confidence) {
    return R"(,")" + name + "\":" + block(confidence);
  };
  for (const std::string_view product : {k_sdk, k_lite}) {
    EXPECT_EQ(ended(product, verification("83", ref("ref1", "82.93322")), one_picture), "pass");
    EXPECT_EQ(ended(product, verification("83") + ref("ref1", "82.93322"), one_picture),
              "pass");  // as printed
    EXPECT_EQ(ended(product, verification("83"), one_picture), k_doubtful);
    EXPECT_EQ(ended(product, "", one_picture), k_doubtful);
    EXPECT_EQ(ended(product, verification("83", ref("ref1", "69.3")), one_picture),
              "fail face.mismatch");
    EXPECT_EQ(ended(product, verification("83", R"(,"ref1":{"confidence":90})"), one_picture),
              k_doubtful);
    EXPECT_EQ(ended(product, verification("83", ref("ref1", "83")), two_pictures), k_doubtful);
    EXPECT_EQ(
        ended(product, verification("83", ref("ref1", "83") + ref("ref2", "10")), two_pictures),
        "fail face.mismatch");
    EXPECT_EQ(
        ended(product, verification("83", ref("ref1", "83") + ref("ref2", "83")), two_pictures),
        "pass");
  }
}

TEST(AliyunPass, OfLiteWithoutTheAuthoritySpeaksOfTheReferencePicture) {
  const std::string left = state(R"(,"level":2,"references":1,"authority":false)");
  EXPECT_EQ(ended(k_lite, "", left), "pass");
  EXPECT_EQ(ended(k_lite, R"(,"verification":{"ref1":)" + block("83") + "}", left), "pass");
  EXPECT_EQ(ended(k_lite, R"(,"verification":{"ref1":)" + block("62") + "}", left), k_doubtful);
}

TEST(AliyunPass, WithForceCompareNeedsTheAttackToBeDenied) {
  PluginDriver one = driver(k_sdk);
  plugin::OperationInput input = sdk_start();
  input.options = R"({"force_compare":1})";
  const std::string left = one.run(input, {{token_reply()}}).finish->state;
  EXPECT_EQ(ended(k_sdk, verification("83"), left), "inconclusive liveness.not_passed");
  EXPECT_EQ(ended(k_sdk, R"(,"attack_result":{"result":false})", left), "pass");
  EXPECT_EQ(ended(k_sdk, R"(,"attack_result":{"result":true})", left), "fail liveness.attack");
}

TEST(AliyunPass, IsNoneForAnAttack) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    EXPECT_EQ(ended(product, R"(,"attack_result":{"result":true})"), "fail liveness.attack");
    EXPECT_EQ(ended(product, R"(,"attack_result":{"result":false})"), "pass");
    for (const std::string attack : {"{}", R"({"result":0})", R"({"result":"true"})", "7", "[]"}) {
      EXPECT_EQ(ended(product, R"(,"attack_result":)" + attack), k_doubtful) << attack;
    }
  }
}

TEST(AliyunScores, AreKeptAsTheVendorWroteThem) {
  const std::string more = verification("83.23666", R"(,"ref1":)" + block("82.93322"));
  const OperationRun run = driver(k_sdk).run(result(), {{reply("1000", "SUCCESS", more)}});
  std::map<std::string, std::string> scores;
  for (const Pair& pair : run.finish->scores) scores[pair.name] = pair.value;
  EXPECT_EQ(scores.size(), 10u);
  EXPECT_EQ(scores.at("face.confidence"), "83.23666");
  EXPECT_EQ(scores.at("face.threshold_1e-3"), "62.168713");
  EXPECT_EQ(scores.at("face.threshold_1e-6"), "78.038055");
  EXPECT_EQ(scores.at("ref1.confidence"), "82.93322");
}

TEST(AliyunScores, StandBesideAFailToo) {
  const OperationRun run = driver(k_sdk).run(
      result(), {{reply("2000", "PASS_LIVING_NOT_THE_SAME", verification("20.5"))}});
  EXPECT_EQ(outcome_of(run), "fail");
  EXPECT_EQ(run.finish->scores.at(0).value, "20.5");
}

}  // namespace
}  // namespace idswitch::test::aliyun_faceid
