#include "present/explanation_json.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "idswitch/abi/vocabulary.h"
#include "present/account_json.hpp"

namespace idswitch::api {
namespace {

namespace json = boost::json;

engine::Explanation explanation() {
  engine::Explanation one;
  one.config_version = 3;
  one.tenant = "shop";
  one.route = "sdk";
  one.where = {"idswitch.yaml", 52, 9};
  one.method = IDSW_METHOD_SDK;
  one.checks = IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH;
  one.when = "region is \"cn\"";
  one.seed = ~std::uint64_t{0};
  one.at_unix_ms = 1'795'000'000'000;
  engine::AccountChoice choice;
  choice.account = "a";
  choice.product = "stub/sdk";
  choice.position = 1;
  choice.why = "cheapest";
  choice.sentence = "cheapest: 0.3375 CNY per pass";
  choice.first_ppm = 980'000;
  one.accounts.push_back(choice);
  return one;
}

engine::Figures figures() {
  engine::Figures one;
  one.currency = "CNY";
  one.expected_charge = Money{270'000};
  one.cost_per_pass = Money{337'500};
  one.worst_price = Money{300'000};
  one.asked_pass_ppm = 800'001;
  one.rates.start_fail_ppm = 10'000;
  one.rates.completion_rate_ppm = 900'000;
  one.rates.pass_rate_ppm = 1'000'000;
  one.prior_weight = 20;
  one.latency_p95_ms = 128;
  return one;
}

std::string text_of(const engine::Explanation& one) {
  std::string text;
  append_explanation(text, one);
  return text;
}

TEST(ExplanationJson, IsWrittenSo) {
  EXPECT_EQ(
      text_of(explanation()),
      R"({"tenant":"shop","config_version":3,"at":"2026-11-18T11:06:40.000Z","route":{"name":"sdk","line":52,)"
      R"("method":"sdk","checks":["liveness","id_match"],"when":"region is \"cn\""},)"
      R"("seed":"18446744073709551615","sticky":true,"accounts":[{"account":"a","product":"stub/sdk",)"
      R"("position":1,"why":"cheapest","explanation":"cheapest: 0.3375 CNY per pass",)"
      R"("first_choice_probability":0.98,"availability":"up"}]})");
}

TEST(ExplanationJson, HasExactFigures) {
  engine::Explanation one = explanation();
  one.accounts[0].figures = figures();
  one.accounts[0].now.account.starts = 7;
  one.accounts[0].now.account.ended = {1, 2, 3, 4};
  one.accounts[0].now.segment.starts_failed = 5;
  const json::value value = json::parse(text_of(one));
  const json::object& account = value.at("accounts").at(0).as_object();
  EXPECT_EQ(account.at("expected_charge").as_string(), "0.27");
  EXPECT_EQ(account.at("cost_per_pass").as_string(), "0.3375");
  EXPECT_EQ(account.at("worst_price").as_string(), "0.30");
  EXPECT_EQ(account.at("currency").as_string(), "CNY");
  EXPECT_EQ(account.at("passes_when_asked").as_double(), 0.800001);
  EXPECT_EQ(account.at("start_rate").as_double(), 0.99);
  EXPECT_EQ(account.at("completion_rate").as_double(), 0.9);
  EXPECT_EQ(account.at("pass_rate").as_int64(), 1);
  EXPECT_EQ(account.at("latency_p95_ms").as_int64(), 128);
  EXPECT_EQ(account.at("prior_weight").as_int64(), 20);
  EXPECT_EQ(
      json::serialize(account.at("seen")),
      R"({"starts":7,"starts_failed":0,"ended":{"pass":2,"fail":3,"inconclusive":4,"abandoned":1}})");
  EXPECT_EQ(account.at("seen_in_segment").at("starts_failed").as_int64(), 5);
  one.accounts[0].figures->cost_per_pass.reset();
  one.accounts[0].figures->latency_p95_ms.reset();
  const json::value without = json::parse(text_of(one));
  EXPECT_TRUE(without.at("accounts").at(0).at("cost_per_pass").is_null());
  EXPECT_TRUE(without.at("accounts").at(0).at("latency_p95_ms").is_null());
}

TEST(ExplanationJson, SaysWhatAnAccountIsInTheWayOf) {
  engine::Explanation one = explanation();
  one.segment = "shop/region=cn";
  one.experiment = "cheap-first";
  one.arm = "variant";
  one.exposure = routing::Exposure::Kind::not_covered;
  one.is_sticky = false;
  engine::AccountChoice& choice = one.accounts[0];
  choice.position = 0;
  choice.now.availability = routing::Availability::tripped;
  choice.now.error_class = IDSW_ERROR_CREDENTIALS;
  choice.now.until_unix_ms = 1'795'000'060'000;
  choice.now.is_full = true;
  choice.now.is_over_rate = true;
  choice.now.budget = "monthly-shop";
  const json::value value = json::parse(text_of(one));
  EXPECT_EQ(value.at("segment").as_string(), "shop/region=cn");
  EXPECT_EQ(json::serialize(value.at("experiment")),
            R"({"name":"cheap-first","arm":"variant","exposure":"not_covered"})");
  EXPECT_FALSE(value.at("sticky").as_bool());
  const json::object& account = value.at("accounts").at(0).as_object();
  EXPECT_TRUE(account.at("position").is_null());
  EXPECT_EQ(account.at("availability").as_string(), "tripped");
  EXPECT_EQ(account.at("error_class").as_string(), "credentials");
  EXPECT_EQ(account.at("until").as_string(), "2026-11-18T11:07:40.000Z");
  EXPECT_TRUE(account.at("full").as_bool());
  EXPECT_TRUE(account.at("over_rate").as_bool());
  EXPECT_EQ(account.at("budget").as_string(), "monthly-shop");
  choice.now.availability = routing::Availability::ramping;
  choice.now.share_ppm = 370'000;
  EXPECT_EQ(json::parse(text_of(one)).at("accounts").at(0).at("share").as_double(), 0.37);
}

TEST(ExplanationJson, OfAReplay) {
  engine::Replay replay;
  replay.recorded = explanation();
  std::string text;
  append_replay(text, replay, {{"no route takes the request any more"}, {}});
  json::value value = json::parse(text);
  EXPECT_TRUE(value.at("agrees").as_bool());
  EXPECT_TRUE(value.at("differences").as_array().empty());
  EXPECT_EQ(value.at("recorded").at("route").at("name").as_string(), "sdk");
  EXPECT_TRUE(value.at("now").is_null());
  EXPECT_EQ(value.at("notes").at(0).as_string(), "no route takes the request any more");
  replay.differences = {"position 1: recorded a; decided again b"};
  text.clear();
  append_replay(text, replay, {{}, explanation()});
  value = json::parse(text);
  EXPECT_FALSE(value.at("agrees").as_bool());
  EXPECT_EQ(value.at("differences").at(0).as_string(), replay.differences[0]);
  EXPECT_EQ(value.at("now").at("tenant").as_string(), "shop");
}

TEST(AccountJson, IsWrittenSo) {
  engine::AccountRuntime account;
  account.config.product = "stub/sdk";
  account.config.contract.currency = "CNY";
  engine::AccountView view;
  view.account = "a";
  view.in_flight = 2;
  view.now.account.starts = 9;
  const routing::AccountFacts facts;
  std::string text;
  append_account(text, view, account, facts);
  EXPECT_EQ(
      text,
      R"({"account":"a","product":"stub/sdk","availability":"up","in_flight":2,"follow_ups":{"availability":"up","in_flight":0},"submits":{"availability":"up"},"opened":{"count":0},)"
      R"("seen":{"starts":9,"starts_failed":0,"ended":{"pass":0,"fail":0,"inconclusive":0,"abandoned":0}},)"
      R"("pass_rate":0.85,"prior_weight":20,"latency_p95_ms":null})");
  view.opened_count = 3;
  view.last_opened_reason = "5 failures in a row";
  view.last_opened_unix_ms = 1'795'000'000'000;
  text.clear();
  append_account(text, view, account, facts);
  EXPECT_NE(
      text.find(
          R"("opened":{"count":3,"reason":"5 failures in a row","at":"2026-11-18T11:06:40.000Z"})"),
      std::string::npos)
      << text;
}

}  // namespace
}  // namespace idswitch::api
