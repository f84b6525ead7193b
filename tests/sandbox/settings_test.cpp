#include "world/settings.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace idswitch::sandbox {
namespace {

TEST(Settings, AreMergedFromJson) {
  Settings settings;
  merge_settings(settings, R"({"baidu":{"api_key":"k","log_id":"integer","token_lifetime_s":60},
                               "megvii":{"bill_data_source_error":true},
                               "aliyun":{"gateway":"classic","notify_copies":2},
                               "prices":{"jumdata.life_check_v2":"0.28"}})");
  EXPECT_EQ(settings.baidu_api_key, "k");
  EXPECT_EQ(settings.baidu_log_id, BaiduLogId::integer);
  EXPECT_EQ(settings.baidu_token_lifetime, std::chrono::seconds(60));
  EXPECT_TRUE(settings.megvii_bills_data_source_error);
  EXPECT_EQ(settings.aliyun_gateway, GatewayGeneration::classic);
  EXPECT_EQ(settings.lite_notify_copies, 2u);
  EXPECT_EQ(settings.prices.at("jumdata.life_check_v2"), 280'000);
}

TEST(Settings, ABadKeyIsNamedAndChangesNothing) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"baidu":{"api_key":"new","apikey":"k"}})", "setting \"baidu.apikey\": no such setting"},
      {R"({"baidu":{"api_key":"new","naming":"x"}})",
       "setting \"baidu.naming\": must be one of both, err_no, error_code, error_no, rotate"},
      {R"({"baidu":{"api_key":""}})",
       "setting \"baidu.api_key\": must be a string that is not empty"},
      {R"({"baidu":{"api_key":"new","token_lifetime_s":0}})",
       "setting \"baidu.token_lifetime_s\": must be an integer from 1 to 315360000"},
      {R"({"baidu":{"api_key":"new"},"prices":{"x":"1"}})", "setting \"x\": no such price"},
      {R"({"baidu":{"api_key":"new"},"prices":{"baidu.verify":0.2}})",
       "setting \"baidu.verify\": must be a decimal string such as \"0.30\""},
      {R"({"baidu":1})", "setting \"baidu\": must be an object"},
      {"[]", "must be a JSON object"},
  };
  for (const auto& [text, expected] : cases) {
    Settings settings;
    try {
      merge_settings(settings, text);
      ADD_FAILURE() << text;
    } catch (const std::invalid_argument& error) {
      EXPECT_STREQ(error.what(), expected);
    }
    EXPECT_EQ(settings.baidu_api_key, Settings().baidu_api_key);
  }
}

TEST(Settings, PricesAloneCanBeMerged) {
  Prices prices = default_prices();
  merge_prices(prices, R"({"baidu.verify":"0.25"})");
  EXPECT_EQ(prices.at("baidu.verify"), 250'000);
  EXPECT_THROW(merge_prices(prices, R"({"baidu":"0.25"})"), std::invalid_argument);
}

}  // namespace
}  // namespace idswitch::sandbox
