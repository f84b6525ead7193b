// What init sends, and what it makes of the reply.

#include <gtest/gtest.h>

#include <algorithm>

#include "account.hpp"
#include "idswitch/sdk/request.hpp"
#include "support/documented_codes.hpp"

namespace idswitch::test::jumdata {
namespace {

std::string value(const OperationRun& run, std::string_view name) {
  return sdk::form_value(run.sent.at(0).body, name).value_or("(absent)");
}

OperationRun init(std::string_view options, std::uint32_t method = IDSW_METHOD_H5) {
  return driver().run(start(options, method), {{init_reply()}});
}

OperationRun refused(plugin::OperationInput input) {
  return driver().run(input, {});
}

std::string invalid_field(const OperationRun& run) {
  EXPECT_EQ(outcome_of(run), "invalid_request");
  return run.fail ? run.fail->field : "";
}

TEST(JumdataInit, SignsAsThePublishedInputsSay) {
  PluginDriver account = driver();
  account.now_unix_ms = 1'555'378'976'238;
  const OperationRun run = account.run(start(), {{init_reply()}});
  EXPECT_TRUE(run.sent.at(0).body.starts_with(
      "appId=xyzxy2121zxyz&timestamp=1555378976238"
      "&sign=6ddcdc405743c576cb6d34b17b47ed56e2b9b6670fae1fe85ed01244fd31558b"
      "&productCode=life_check_v2&"))
      << run.sent.at(0).body;
}

TEST(JumdataInit, SignsWithOneClockReading) {
  // The clock moves between any two events; what was signed must still be what was sent.
  PluginDriver account = driver();
  account.step_ms = 1;
  for (int i = 0; i < 3; ++i) {
    const std::int64_t now = account.now_unix_ms;
    const OperationRun run = account.run(start(), {{init_reply()}});
    EXPECT_EQ(value(run, "timestamp"), std::to_string(now));
    EXPECT_EQ(value(run, "sign").size(), 64u);
  }
}

TEST(JumdataInit, PostsAFormThatMayBeBilled) {
  const OperationRun run = init("{}");
  ASSERT_EQ(run.sent.size(), 1u);
  EXPECT_EQ(run.sent[0].method, "POST");
  EXPECT_EQ(run.sent[0].target, "/lifecheck/h5/v2-1/init");
  EXPECT_EQ(run.sent[0].headers, "Content-Type: application/x-www-form-urlencoded\r\n");
  EXPECT_EQ(run.sent[0].billable, std::uint32_t{IDSW_BILLABLE_ON_ACCEPT});
  EXPECT_FALSE(run.sent[0].resend_safe);
  EXPECT_EQ(run.sent[0].sku, "life_check");
  EXPECT_EQ(run.sent[0].dedupe_key, "init");
}

TEST(JumdataInit, LeavesTheVendorsDefaultsToTheVendor) {
  const OperationRun run = init("{}");
  for (const auto name : {"actionStyle", "actions", "actionMutex", "antiCameraHack", "title"}) {
    EXPECT_EQ(value(run, name), "(absent)") << name;
  }
  EXPECT_EQ(value(run, "returnUrl"), k_return_url);
}

TEST(JumdataInit, SendsEveryOption) {
  const OperationRun run =
      init(R"({"action_style":3,"actions":["LookLeft","BlinkEye"],"action_mutex":0,
                           "anti_camera_hack":0,"title":"人脸核验 & more"})");
  EXPECT_EQ(value(run, "actionStyle"), "3");
  EXPECT_EQ(value(run, "actions"), "LookLeft,BlinkEye");
  EXPECT_EQ(value(run, "actionMutex"), "0");
  EXPECT_EQ(value(run, "antiCameraHack"), "0");
  EXPECT_EQ(value(run, "title"), "人脸核验 & more");
}

TEST(JumdataInit, SendsEveryActionStyle) {
  for (const std::string style : {"1", "2", "-1"}) {
    EXPECT_EQ(value(init(R"({"action_style":)" + style + "}"), "actionStyle"), style);
  }
}

TEST(JumdataInit, TakesSettingsAsDefaults) {
  PluginDriver account = driver(R"({"title":"Default","action_style":2,"action_mutex":1})");
  const OperationRun run = account.run(start(R"({"title":"Mine"})"), {{init_reply()}});
  EXPECT_EQ(value(run, "title"), "Mine");
  EXPECT_EQ(value(run, "actionStyle"), "2");
  EXPECT_EQ(value(run, "actionMutex"), "1");
}

TEST(JumdataInit, DropsActionsOfTheSettingsWhenTheCallerChoosesAnotherStyle) {
  PluginDriver account = driver(R"({"action_style":3,"actions":["NodHead"]})");
  const OperationRun run = account.run(start(R"({"action_style":-1})"), {{init_reply()}});
  EXPECT_EQ(value(run, "actionStyle"), "-1");
  EXPECT_EQ(value(run, "actions"), "(absent)");
}

TEST(JumdataInit, RefusesAStyleWithoutItsActions) {
  const std::string field = "/vendor_options/jumdata~1life_check_v2/actions";
  EXPECT_EQ(invalid_field(refused(start(R"({"action_style":3})"))), field);
  EXPECT_EQ(invalid_field(refused(start(R"({"actions":["NodHead"]})"))), field);
}

TEST(JumdataInit, WritesEveryReturnMode) {
  const auto url = [](std::string_view options, std::uint32_t method = IDSW_METHOD_H5) {
    return value(init(options, method), "returnUrl");
  };
  const std::string ours(k_return_url);
  EXPECT_EQ(url("{}"), ours);
  EXPECT_EQ(url("{}", IDSW_METHOD_MINI_PROGRAM), "wx.history");
  EXPECT_EQ(url(R"({"return_mode":"redirect"})", IDSW_METHOD_MINI_PROGRAM), ours);
  EXPECT_EQ(url(R"({"return_mode":"replace"})"), "replace:" + ours);
  EXPECT_EQ(url(R"({"return_mode":"wx.redirect","return_target":"/pages/result"})"),
            "wx.redirect:/pages/result");
  EXPECT_EQ(url(R"({"return_mode":"wx.history"})"), "wx.history");
  EXPECT_EQ(url(R"({"return_mode":"app","return_target":"notifyResult"})"), "app:notifyResult");
  EXPECT_EQ(url(R"({"return_mode":"scheme","return_target":"weixin://dl/business?a=1&b=2"})"),
            "scheme:weixin://dl/business?a=1&b=2");
}

TEST(JumdataInit, RefusesAModeWithoutItsTarget) {
  for (const std::string mode : {"wx.redirect", "app", "scheme"}) {
    EXPECT_EQ(invalid_field(refused(start(R"({"return_mode":")" + mode + "\"}"))),
              "/vendor_options/jumdata~1life_check_v2/return_target");
  }
}

TEST(JumdataInit, RefusesAReturnUrlThatIsNoWebAddress) {
  for (const std::string_view url : {"", "javascript:alert(1)", "ftp://example.com", "/return"}) {
    plugin::OperationInput input = start();
    input.return_url = url;
    EXPECT_EQ(invalid_field(refused(input)), "/return_url") << url;
  }
}

TEST(JumdataInit, CountsTheCharactersOfTheReturnUrlWithItsPrefix) {
  const std::string base = "https://a.example/";
  const std::string longest = base + std::string(256 - base.size(), 'x');
  plugin::OperationInput input = start();
  input.return_url = longest;
  EXPECT_TRUE(driver().run(input, {{init_reply()}}).finish);
  const std::string too_long = longest + "x";
  input.return_url = too_long;
  EXPECT_EQ(invalid_field(refused(input)), "/return_url");
  input.return_url = longest;
  input.options = R"({"return_mode":"replace"})";
  EXPECT_EQ(invalid_field(refused(input)), "/return_url");
  const std::string target =
      R"({"return_mode":"app","return_target":")" + std::string(253, 'f') + "\"}";
  input.options = target;
  EXPECT_EQ(invalid_field(refused(input)), "/vendor_options/jumdata~1life_check_v2/return_target");
  // 256 characters, not bytes.
  std::string wide = base;
  for (std::size_t i = base.size(); i < 256; ++i) wide += "页";
  input.options = "{}";
  input.return_url = wide;
  EXPECT_TRUE(driver().run(input, {{init_reply()}}).finish);
}

TEST(JumdataInit, SpendsNothingOnARefusedRequest) {
  const OperationRun run = refused(start(R"({"action_style":3})"));
  EXPECT_TRUE(run.sent.empty());
  EXPECT_TRUE(run.charges.empty());
}

TEST(JumdataInit, OpensARedirectForTwoHours) {
  PluginDriver account = driver();
  const std::int64_t now = account.now_unix_ms;
  const OperationRun run = account.run(start(), {{init_reply()}});
  ASSERT_TRUE(run.finish);
  EXPECT_EQ(run.finish->outcome, std::uint32_t{IDSW_OUTCOME_OPENED});
  EXPECT_EQ(run.finish->action.kind, std::uint32_t{IDSW_ACTION_REDIRECT});
  EXPECT_EQ(run.finish->action.url,
            "https://api-h5.jumdata.com/lifecheck/v2-1/check/capture.html"
            "?token=e146524ee4b8415e8bebc9f739ee67da");
  EXPECT_EQ(run.finish->action.expires_unix_ms, now + 7'200'000);
  EXPECT_EQ(run.finish->state, k_state);
}

TEST(JumdataInit, OpensAWebViewInAMiniProgram) {
  const OperationRun run = init("{}", IDSW_METHOD_MINI_PROGRAM);
  ASSERT_TRUE(run.finish);
  EXPECT_EQ(run.finish->action.kind, std::uint32_t{IDSW_ACTION_MINI_PROGRAM});
  EXPECT_EQ(run.finish->action.component, "web-view");
  EXPECT_EQ(run.finish->action.token, k_token);
  EXPECT_TRUE(run.finish->action.url.starts_with("https://api-h5.jumdata.com/"));
}

TEST(JumdataInit, BooksTheChargeAsTheFlagSays) {
  const struct {
    std::string flag;
    std::uint32_t state, source;
  } cases[] = {
      {",\"charge\":true", IDSW_CHARGE_HELD, IDSW_SOURCE_VENDOR_FLAG},
      {",\"charge\":\"true\"", IDSW_CHARGE_HELD, IDSW_SOURCE_VENDOR_FLAG},
      {"", IDSW_CHARGE_HELD, IDSW_SOURCE_DOCUMENTED_RULE},
      {",\"charge\":null", IDSW_CHARGE_HELD, IDSW_SOURCE_DOCUMENTED_RULE},
      {",\"charge\":false", IDSW_CHARGE_NOT_CHARGED, IDSW_SOURCE_VENDOR_FLAG},
  };

  for (const auto& one : cases) {
    const OperationRun run = driver().run(start(), {{init_reply(one.flag)}});
    ASSERT_EQ(run.charges.size(), 1u) << one.flag;
    EXPECT_EQ(run.charges[0].state, one.state) << one.flag;
    EXPECT_EQ(run.charges[0].source, one.source) << one.flag;
    EXPECT_EQ(run.charges[0].vendor_reference, k_task);
  }
}

TEST(JumdataInit, BelievesAVendorThatChargesForARefusal) {
  const OperationRun run =
      driver().run(start(), {{R"({"code":400,"msg":"参数错误","charge":true})"}});
  EXPECT_EQ(outcome_of(run), "invalid_request");
  ASSERT_EQ(run.charges.size(), 1u);
  EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_UNKNOWN});
}

TEST(JumdataInit, TakesTheOlderSpellingOfTheMessage) {
  const OperationRun run =
      driver().run(start(), {{R"({"code":"607","message":"ip不在白名单","taskNo":7})"}});
  EXPECT_EQ(outcome_of(run), "credentials");
  EXPECT_EQ(run.fail->vendor_message, "ip不在白名单");
  EXPECT_EQ(run.fail->vendor_reference, "7");
}

TEST(JumdataInit, PassesRetryAfterOn) {
  const OperationRun run = driver().run(start(), {{reply("609"), 200, {{"Retry-After", "7"}}}});
  EXPECT_EQ(run.fail->retry_after_ms, 7000u);
}

TEST(JumdataInit, KnowsWhatALostReplyMayHaveCost) {
  for (const LostReply& one : k_lost_replies) {
    const OperationRun run = driver().run(start(), {Answer::no_reply(one.transport)});
    EXPECT_EQ(outcome_of(run), one.outcome);
    ASSERT_EQ(run.charges.size(), 1u);
    EXPECT_EQ(run.charges[0].state, one.charge);
  }
}

std::string title(int characters) {
  std::string text;
  for (int i = 0; i < characters; ++i) text += "题";
  return R"({"title":")" + text + "\"}";
}

bool is_refused(const std::string& options) {
  PluginDriver one = driver();
  const bool by_request = !one.account().options(options);
  const bool by_settings = !PluginDriver::open("jumdata", k_product, account(options));
  EXPECT_EQ(by_request, by_settings) << options;
  return by_request;
}

TEST(JumdataOptions, HaveTheDocumentsLimits) {
  EXPECT_FALSE(is_refused(title(32)));
  EXPECT_TRUE(is_refused(title(33)));
  const std::string refused_options[] = {
      R"({"action_style":0})",      R"({"action_style":4})",
      R"({"action_style":"1"})",    R"({"action_style":3,"actions":["Jump"]})",
      R"({"actions":[]})",          R"({"action_mutex":2})",
      R"({"anti_camera_hack":-1})", R"({"return_mode":"back"})",
      R"({"return_target":""})",    R"({"tittle":"x"})",
  };
  for (const std::string& options : refused_options) EXPECT_TRUE(is_refused(options)) << options;
}

TEST(JumdataAccount, NeedsBothSecrets) {
  for (const std::string missing : {"app_id", "app_secret"}) {
    plugin::AccountSettings settings = account();
    settings.secrets.erase(missing);
    const auto opened = PluginDriver::open("jumdata", k_product, std::move(settings));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().field(), "secrets/" + missing);
  }
}

}  // namespace
}  // namespace idswitch::test::jumdata
