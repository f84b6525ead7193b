#include "world/charges.hpp"

#include <gtest/gtest.h>

#include <boost/json/object.hpp>

namespace idswitch::sandbox {
namespace {

constexpr TimePoint now{Duration{1'767'323'045'678}};

TEST(Money, ReadsAndWritesDecimals) {
  const std::pair<const char*, const char*> cases[] = {
      {"0.3", "0.30"}, {"12", "12.00"}, {"1.200000", "1.20"}, {"0.004567", "0.004567"}};
  for (const auto& [text, expected] : cases) {
    ASSERT_TRUE(parse_amount(text)) << text;
    EXPECT_EQ(format_amount(*parse_amount(text)), expected);
  }
  for (const char* bad : {"", ".5", "5.", "-1", "1,0", "1e3", "0.0000001", "1000000.01", " 1"}) {
    EXPECT_FALSE(parse_amount(bad)) << bad;
  }
}

TEST(Charges, AddUpExactly) {
  Charges charges(default_prices());
  for (int i = 0; i < 1000; ++i) {
    charges.capture(Product::baidu, "sessioncode", "s" + std::to_string(i), "r", now);
    charges.capture(Product::baidu, "verify", "v" + std::to_string(i), "r", now);
  }
  const auto view = charges.to_json();
  EXPECT_EQ(view.at("overall").at("count"), 2000);
  EXPECT_EQ(view.at("overall").at("amount"), "210.00");
}

TEST(Charges, AHeldOneIsSettledOnce) {
  Charges charges(default_prices());
  charges.hold(Product::jumdata, "life_check_v2", "t", "r", now);
  EXPECT_EQ(charges.to_json().at("overall").at("amount"), "0.00");
  charges.settle(Product::jumdata, "t", ChargeState::captured, now + Duration(1));
  charges.settle(Product::jumdata, "t", ChargeState::refunded, now + Duration(2));
  charges.settle(Product::megvii, "t", ChargeState::refunded, now);
  const auto view = charges.to_json();
  EXPECT_EQ(view.at("charges").at(0).at("state"), "captured");
  EXPECT_EQ(view.at("charges").at(0).at("settled_time"), "2026-01-02T03:04:05.679Z");
  EXPECT_EQ(view.at("totals").at("jumdata").at("captured").at("amount"), "0.30");
  EXPECT_EQ(view.at("totals").at("jumdata").at("held").at("count"), 0);
}

TEST(Charges, NewPricesLeaveOldChargesAlone) {
  Charges charges(default_prices());
  charges.capture(Product::megvii, "verify", "a", "r", now);
  Prices prices = default_prices();
  prices["megvii.verify"] = 900'000;
  charges.set_prices(prices);
  charges.capture(Product::megvii, "verify", "b", "r", now);
  EXPECT_EQ(charges.to_json().at("overall").at("amount"), "1.70");
}

TEST(Charges, TheStatementListsWhatWasCaptured) {
  Charges charges(default_prices());
  charges.capture(Product::aliyun_sdk, "verification", "1,abc", "2,def", now);
  charges.hold(Product::jumdata, "life_check_v2", "t", "r", now);
  EXPECT_EQ(charges.to_csv(),
            "time,product,sku,reference,request_id,quantity,unit_price,amount,currency\n"
            "2026-01-02T03:04:05.678Z,aliyun_sdk,verification,\"1,abc\",\"2,def\",1,1.00,1.00,"
            "CNY\n");
}

}  // namespace
}  // namespace idswitch::sandbox
