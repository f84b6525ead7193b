// Settings, secrets and options: what is taken, what is refused, and with which words.

#include <gtest/gtest.h>

#include "account.hpp"

namespace idswitch::test::aliyun_faceid {
namespace {

std::string refusal_of(std::string_view product, std::string_view settings,
                       std::string_view without_secret = "") {
  plugin::AccountSettings one = account(settings);
  if (!without_secret.empty()) one.secrets.erase(std::string(without_secret));
  const auto opened = PluginDriver::open("aliyun-faceid", product, one);
  return opened ? "" : opened.error().detail() + " " + opened.error().field();
}

TEST(AliyunSettings, NeedTheSecretsOfTheirAuth) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    EXPECT_NE(refusal_of(product, "{}", "app_code").find("app_code"), std::string::npos);
    EXPECT_NE(refusal_of(product, R"({"auth":"appcode"})", "app_code").find("app_code"),
              std::string::npos);
    EXPECT_NE(refusal_of(product, k_signature, "app_key").find("app_key"), std::string::npos);
    EXPECT_NE(refusal_of(product, k_signature, "app_secret").find("app_secret"), std::string::npos);
    EXPECT_EQ(refusal_of(product, k_signature, "app_code"), "");
    EXPECT_EQ(refusal_of(product, "{}", "app_key"), "");
  }
}

TEST(AliyunSettings, NameWhatToChange) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"auth":"basic"})", "auth"},
      {R"({"stage":"DEV"})", "stage"},
      {R"({"security_level":9})", "security_level"},
      {R"({"page":"x"})", "page"}};
  for (const auto& [settings, named] : cases) {
    for (const std::string_view product : {k_sdk, k_lite}) {
      EXPECT_NE(refusal_of(product, settings).find(named), std::string::npos) << settings;
    }
  }
  EXPECT_NE(refusal_of(k_sdk, R"({"page_url":"https://a.example/"})"), "");
  for (const std::string url :
       {"ftp://a.example/", "https://a.example/x", "https://a.example/?t=/", "https:///a b/"}) {
    EXPECT_NE(refusal_of(k_lite, R"({"page_url":")" + url + "\"}"), "") << url;
  }
  EXPECT_EQ(refusal_of(k_lite, R"({"page_url":"https://sandbox.example:8443/lite/do/"})"), "");
}

struct Range {
  std::string_view product, name;
  int low, high;
};

constexpr Range k_ranges[] = {
    {k_sdk, "liveness_timeout", 1, 3600},      {k_sdk, "liveness_action_count", 1, 3},
    {k_sdk, "security_level", 1, 4},           {k_sdk, "force_compare", 0, 1},
    {k_sdk, "multi_oriented_detection", 0, 1}, {k_lite, "idcard_threshold", 0, 1},
    {k_lite, "idcard_retry_time", 1, 5},       {k_lite, "idcard_side", 0, 1},
    {k_lite, "security_level", 1, 3},          {k_lite, "liveness_preferences", 1, 2},
    {k_lite, "liveness_retry_count", 1, 5}};

TEST(AliyunOptions, HaveTheRangesOfTheDocuments) {
  for (const Range& range : k_ranges) {
    PluginDriver one = driver(range.product);
    const auto takes = [&](const std::string& value) {
      const std::string json = "{\"" + std::string(range.name) + "\":" + value + "}";
      const bool option = one.account().options(json).has_value();
      EXPECT_EQ(refusal_of(range.product, json).empty(), option)
          << json;  // settings are the options' defaults
      return option;
    };
    EXPECT_TRUE(takes(std::to_string(range.low))) << range.name;
    EXPECT_TRUE(takes(std::to_string(range.high))) << range.name;
    EXPECT_FALSE(takes(std::to_string(range.low - 1))) << range.name;
    EXPECT_FALSE(takes(std::to_string(range.high + 1))) << range.name;
    EXPECT_FALSE(takes("\"1\"")) << range.name;
    EXPECT_EQ(takes("0.5"), range.name == "idcard_threshold") << range.name;
  }
}

TEST(AliyunOptions, AreNotTheAccountsOwn) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    PluginDriver one = driver(product);
    for (const std::string options :
         {R"({"auth":"appcode"})", R"({"stage":"PRE"})", R"({"page_url":"https://a/"})",
          R"({"biz_no":"1"})", R"({"liveness_type":"still"})"}) {
      EXPECT_FALSE(one.account().options(options)) << options;
    }
  }
}

TEST(AliyunAppCode, IsInTheHeaderAndMayBeResent) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    PluginDriver one = driver(product, R"({"stage":"TEST"})");
    const plugin::SendStep opened = one.run(start(product), {{token_reply()}}).sent.at(0);
    const plugin::SendStep asked =
        one.run(result(), {{reply("9000", "LIVING_NOT_START")}}).sent.at(0);
    for (const plugin::SendStep& sent : {opened, asked}) {
      EXPECT_EQ(header_of(sent, "Authorization"), "APPCODE app-code-0123456789");
      EXPECT_EQ(header_of(sent, "Accept"), "application/json");
      EXPECT_EQ(header_of(sent, "x-ca-stage"), "TEST");
      EXPECT_EQ(header_of(sent, "x-ca-signature"), "");
      EXPECT_EQ(header_of(sent, "x-ca-key"), "");
    }
    EXPECT_FALSE(opened.resend_safe);
    EXPECT_EQ(opened.billable, std::uint32_t{IDSW_BILLABLE_ON_RESULT});
    EXPECT_TRUE(asked.resend_safe);
    EXPECT_EQ(asked.billable, std::uint32_t{IDSW_BILLABLE_NEVER});
  }
}

}  // namespace
}  // namespace idswitch::test::aliyun_faceid
