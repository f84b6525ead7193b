// The access token: how it is fetched, shared, and fetched again once.

#include <gtest/gtest.h>

#include "account.hpp"
#include "support/documented_codes.hpp"

namespace idswitch::test::baidu {
namespace {

plugin::OperationInput token() {
  plugin::OperationInput input = start();
  input.kind = IDSW_OP_TOKEN;
  input.slot = k_token_slot;
  return input;
}

TEST(BaiduToken, IsAskedForInTheQueryWithAnEmptyBody) {
  const OperationRun run = bare_driver().run(token(), {{token_reply()}});
  ASSERT_EQ(run.sent.size(), 1u);
  EXPECT_EQ(run.sent[0].method, "POST");
  EXPECT_EQ(run.sent[0].target,
            "/oauth/2.0/token?grant_type=client_credentials&client_id=ak-Va5yQRHlA4Fq"
            "&client_secret=sk-0qMgq4rZ%2B%2F+%3D%3D");
  EXPECT_EQ(run.sent[0].body, "");
  EXPECT_EQ(run.sent[0].billable, std::uint32_t{IDSW_BILLABLE_NEVER});
  EXPECT_TRUE(run.sent[0].resend_safe);
  ASSERT_TRUE(run.grant);
  EXPECT_EQ(run.grant->value, k_access_token);
  EXPECT_EQ(run.grant->lifetime_s, 2'592'000u);
}

TEST(BaiduToken, IsDecidedOnTheBodyWhateverTheStatus) {
  const std::string unknown_id =
      R"({"error":"invalid_client","error_description":"unknown client id"})";
  const std::string wrong_secret =
      R"({"error":"invalid_client","error_description":"Client authentication failed"})";
  for (const int status : {200, 400, 401, 500}) {
    EXPECT_EQ(outcome_of(bare_driver().run(token(), {{unknown_id, status}})), "credentials");
    EXPECT_EQ(outcome_of(bare_driver().run(token(), {{wrong_secret, status}})), "credentials");
  }
  EXPECT_EQ(outcome_of(bare_driver().run(token(), {{R"({"error":"new_word"})"}})), "protocol");
  EXPECT_EQ(outcome_of(bare_driver().run(token(), {{error("18")}})), "throttled");
  EXPECT_EQ(outcome_of(bare_driver().run(token(), {{"<html>", 503}})), "unavailable");
}

TEST(BaiduToken, NeedsATokenAndItsLifetime) {
  const std::string bodies[] = {
      R"({"expires_in":2592000})",
      R"({"access_token":"","expires_in":2592000})",
      R"({"access_token":7,"expires_in":2592000})",
      R"({"access_token":"t"})",
      R"({"access_token":"t","expires_in":0})",
      R"({"access_token":"t","expires_in":-5})",
      R"({"access_token":"t","expires_in":"soon"})",
      R"({"access_token":"t","expires_in":99999999999999999999})",
      R"({"error":"invalid_client","access_token":"t","expires_in":2592000})",
  };
  for (const std::string& body : bodies) {
    EXPECT_FALSE(bare_driver().run(token(), {{body}}).grant) << body;
  }
}

TEST(BaiduToken, IsFetchedBeforeTheFirstCallAndThenShared) {
  PluginDriver account = bare_driver();
  const OperationRun first = account.run(start(), {{token_reply()}, {code_reply()}});
  EXPECT_EQ(first.tokens, 1);
  EXPECT_EQ(first.sent.at(1).target,
            "/rest/2.0/face/v1/faceliveness/sessioncode?access_token="
            "24.6c5e1ff1.2592000.1485516651.282335-8574074");
  const OperationRun second = account.run(submit(), {{verify_reply()}});
  EXPECT_EQ(second.tokens, 0);
  EXPECT_TRUE(second.passed());
}

TEST(BaiduToken, IsFetchedAgainOnceWhenItIsRefused) {
  for (const std::string code : {"110", "111", "100"}) {
    PluginDriver account = driver();
    const OperationRun run =
        account.run(start(), {{error(code)}, {token_reply("24.new")}, {code_reply()}});
    EXPECT_EQ(run.tokens, 1) << code;
    ASSERT_EQ(run.sent.size(), 3u);
    EXPECT_TRUE(run.sent[2].target.ends_with("?access_token=24.new"));
    EXPECT_EQ(run.sent[0].body, run.sent[2].body);
    ASSERT_TRUE(run.finish);
    // One charge within the verification, decided by the call that was accepted.
    ASSERT_EQ(run.charges.size(), 1u);
    EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_CAPTURED});
  }
}

TEST(BaiduToken, IsFetchedAgainOnlyOnce) {
  for (const std::string code : {"110", "111", "100"}) {
    for (const bool is_start : {true, false}) {
      PluginDriver account = driver();
      const OperationRun run = account.run(is_start ? start() : submit(),
                                           {{error(code)}, {token_reply("24.new")}, {error(code)}});
      EXPECT_EQ(run.tokens, 1);
      EXPECT_EQ(run.sent.size(), 3u);
      EXPECT_EQ(outcome_of(run), "credentials");
      EXPECT_EQ(run.fail->vendor_code, code);
      ASSERT_EQ(run.charges.size(), 1u);
      EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_NOT_CHARGED});
    }
  }
}

TEST(BaiduToken, IsFetchedAgainForAVideoToo) {
  PluginDriver account = driver();
  const OperationRun run =
      account.run(submit(), {{error("111")}, {token_reply("24.new")}, {verify_reply()}});
  EXPECT_TRUE(run.passed());
  EXPECT_EQ(run.sent.at(0).body, run.sent.at(2).body);
  EXPECT_EQ(run.charges.size(), 1u);
}

TEST(BaiduToken, IsNotFetchedAgainForOtherErrors) {
  for (const std::string code : {"6", "17", "18", "216500"}) {
    EXPECT_EQ(driver().run(submit(), {{error(code)}}).tokens, 0) << code;
  }
}

TEST(BaiduToken, LostAfterTheRefusalLeavesTheChargeOpen) {
  const OperationRun run = driver().run(
      start(),
      {{error("110")}, {token_reply("24.new")}, Answer::no_reply(IDSW_TRANSPORT_SENT_NO_REPLY)});
  EXPECT_EQ(outcome_of(run), "unknown_outcome");
  ASSERT_EQ(run.charges.size(), 1u);
  EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_UNKNOWN});
}

TEST(BaiduToken, ThatCannotBeHadSendsNothing) {
  PluginDriver account = bare_driver();
  const OperationRun run = account.run(start(), {{R"({"error":"invalid_client"})"}});
  EXPECT_EQ(run.sent.size(), 1u);  // the token's request alone
  ASSERT_TRUE(run.token_fail);
  EXPECT_EQ(outcome_of(run), "credentials");
  EXPECT_TRUE(run.charges.empty());
}

TEST(BaiduAccount, NeedsBothKeysAndNoToken) {
  for (const std::string missing : {"api_key", "secret_key"}) {
    plugin::AccountSettings settings = account();
    settings.secrets.erase(missing);
    const auto opened = PluginDriver::open("baidu", k_product, std::move(settings));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().field(), "secrets/" + missing);
  }
  plugin::AccountSettings settings = account();
  settings.secrets.emplace("access_token", Secret("24.x"));
  EXPECT_FALSE(PluginDriver::open("baidu", k_product, std::move(settings)));
}

}  // namespace
}  // namespace idswitch::test::baidu
