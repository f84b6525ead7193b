// Replies that no honest vendor sends, and what must never happen then: a pass, a crash, a leak.

#include <gtest/gtest.h>

#include "account.hpp"
#include "support/documented_codes.hpp"
#include "support/faceid_replies.hpp"
#include "support/hostile_replies.hpp"

namespace idswitch::test::megvii {
namespace {

const std::string k_passed = reply("1000", "SUCCESS", k_same);

TEST(MegviiHostile, RepliesOfNoKnownShapeNeverPass) {
  for (const Answer& answer : unreadable_replies(k_passed)) {
    const OperationRun run = driver().run(result(), {answer});
    ASSERT_TRUE(run.fail) << answer.body;
    EXPECT_EQ(outcome_of(run), class_of(answer)) << answer.body;
    ASSERT_EQ(run.charges.size(), 1u);
    EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_HELD});
  }
}

TEST(MegviiHostile, RepliesOfNoKnownShapeOpenNothing) {
  for (const Answer& answer : unreadable_replies(token_reply())) {
    const OperationRun run = driver().run(start(), {answer});
    ASSERT_TRUE(run.fail) << answer.body;
    EXPECT_EQ(outcome_of(run), class_of(answer)) << answer.body;
    ASSERT_EQ(run.charges.size(), 1u);
    EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_NOT_CHARGED});
  }
}

TEST(MegviiHostile, WrongTypesNeverPassUnlessTheCodeSaysSo) {
  int passed = 0;
  for (const std::string& body : wrong_types(k_passed)) {
    const OperationRun run = driver().run(result(), {{body}});
    passed += run.passed() ? 1 : 0;
    if (run.passed()) {
      EXPECT_TRUE(says_passed(body)) << body;
    }
  }
  EXPECT_GT(passed, 0);  // a reference number of the wrong type decides nothing
  for (const std::string& body : wrong_types(token_reply())) {
    EXPECT_EQ(driver().run(start(), {{body}}).charges.size(), 1u) << body;
  }
}

TEST(MegviiHostile, NoMutationTurnsAnythingIntoAPass) {
  std::mt19937 random(20250619);
  PluginDriver one = driver();
  int readable = 0;
  const std::string attack = R"(,"attack_result":{"score":90,"threshold":50,"result":true})";
  for (const std::string& base :
       {reply("2000", "PASS_LIVING_NOT_THE_SAME", k_same), reply("3000", "NO_ID_PHOTO"),
        reply("4100", "FAIL_LIVING_FACE_ATTACK", attack), reply("9000", "LIVING_NOT_START"),
        std::string(R"({"error":"AUTHORIZATION_ERROR: INVALID_SIGN","request_id":"1,a"})")}) {
    for (int i = 0; i < 4000; ++i) {
      const std::string body = mutated(base, random);
      const OperationRun run = one.run(result(), {{body}});
      readable += run.finish ? 1 : 0;
      EXPECT_FALSE(run.passed()) << body;
    }
  }
  EXPECT_GT(readable, 1000);  // else the mutations are too wild to prove anything
}

TEST(MegviiHostile, MutationsOfAPassPassOnlyInTheVendorsWords) {
  std::mt19937 random(20250620);
  PluginDriver one = driver();
  for (int i = 0; i < 10'000; ++i) {
    const std::string body = mutated(k_passed, random);
    if (one.run(result(), {{body}}).passed()) {
      EXPECT_TRUE(says_passed(body)) << body;
    }
  }
}

TEST(MegviiHostile, MutationsOfATokenOpenOnlyWithOne) {
  std::mt19937 random(20250621);
  PluginDriver one = driver();
  for (int i = 0; i < 10'000; ++i) {
    const OperationRun run = one.run(start(), {{mutated(token_reply(), random)}});
    EXPECT_EQ(run.charges.size(), 1u);
    if (run.finish) {
      EXPECT_FALSE(run.finish->action.token.empty());
    }
  }
}

// ---- secrets and personal data ----------------------------------------------------------------

TEST(MegviiSecrets, AppearOnlyWhereTheVendorNeedsThem) {
  plugin::AccountSettings settings = account();
  settings.secrets["api_key"] = Secret("canary-key-1");
  settings.secrets["api_secret"] = Secret("canary-secret-2");
  PluginDriver one("megvii", k_product, settings);
  // The vendor, or someone in its place, says everything back.
  const std::string echo =
      "canary-key-1 canary-secret-2 \xE6\x9E\x97\xE5\xB0\x8F\xE6\xBA\x80 11010119900307876X " +
      std::string(k_token);
  const std::string bodies[] = {token_reply(),
                                k_passed,
                                reply("2000", echo),
                                reply("\"" + echo + "\"", "SUCCESS"),
                                reply("11010119900307876", "X"),
                                R"({"error":")" + echo + "\"}",
                                R"({"error":"BAD_ARGUMENTS: )" + echo + "\"}",
                                R"({"error":"11010119900307876X","request_id":")" + echo + "\"}",
                                echo};
  for (const std::string& body : bodies) {
    for (const int status : {200, 400, 403, 500}) {
      for (const bool is_start : {true, false}) {
        const OperationRun run = one.run(is_start ? start() : result(), {{body, status}});
        const plugin::SendStep& sent = run.sent.at(0);
        const std::string seen = sent.target + sent.headers + sent.body + sent.step + sent.sku +
                                 sent.dedupe_key + all_text(run);
        EXPECT_EQ(seen.find("canary"), std::string::npos) << body;
        EXPECT_EQ(all_text(run).find("11010119900307876"), std::string::npos) << body;
        EXPECT_EQ(all_text(run).find("林小満"), std::string::npos) << body;
      }
    }
  }
}

}  // namespace
}  // namespace idswitch::test::megvii
