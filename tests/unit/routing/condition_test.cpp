#include "routing/condition.hpp"

#include <gtest/gtest.h>

#include "condition_sample.hpp"

namespace idswitch::routing {
namespace {

using config::Attribute;
using config::AttributeType;

AttributeValue text(std::string value) {
  return {AttributeValue::Kind::text, std::move(value), 0, false};
}

AttributeValue number(std::int64_t millionths) {
  return {AttributeValue::Kind::number, "", millionths, false};
}

AttributeValue truth(bool value) {
  return {AttributeValue::Kind::truth, "", 0, value};
}

TEST(Condition, MatchesByItsKind) {
  const std::vector<AttributeValue> request = {text("cn-east"), number(500'000), truth(true)};

  const struct {
    const char* name;
    Condition condition;
    bool matches;
  } cases[] = {
      {"nothing asked", Condition(), true},
      {"text equal", is_in({"us", "cn-east"}), true},
      {"text other", is_in({"us", "cn"}), false},
      {"text without choices", is_in({}), false},
      {"prefix", prefix({"us", "cn-"}), true},
      {"prefix of all of it", prefix({"cn-east"}), true},
      {"prefix longer than it", prefix({"cn-east-1"}), false},
      {"prefix inside it", prefix({"east"}), false},
      {"number equal", numbers({1, 500'000}), true},
      {"number other", numbers({1, 500'001}), false},
      {"range around", range(0, 1'000'000), true},
      {"range from it", range(500'000, 1'000'000), true},
      {"range to it", range(0, 500'000), true},
      {"range above", range(500'001, 1'000'000), false},
      {"range below", range(0, 499'999), false},
      {"truth", is(true), true},
      {"truth other", is(false), false},
      {"all", of(Kind::all, {is(true), is_in({"cn-east"})}), true},
      {"all but one", of(Kind::all, {is(true), is_in({"us"})}), false},
      {"any", of(Kind::any, {is(false), is_in({"cn-east"})}), true},
      {"any of none that hold", of(Kind::any, {is(false), is_in({"us"})}), false},
      {"any of nothing", of(Kind::any, {}), false},
      {"none", of(Kind::none, {is(false), is_in({"us"})}), true},
      {"none but one", of(Kind::none, {is(false), is_in({"cn-east"})}), false},
      {"not not", of(Kind::none, {of(Kind::none, {is(true)})}), true},
  };

  for (const auto& one : cases) {
    EXPECT_EQ(matches(one.condition, request), one.matches) << one.name;
  }
}

TEST(Condition, IsFalseAboutWhatTheRequestDoesNotHave) {
  const std::vector<AttributeValue> absent(4);
  const std::vector<AttributeValue> empty;
  for (const auto& request : {absent, empty}) {
    EXPECT_FALSE(matches(is_in({"cn", ""}), request));
    EXPECT_FALSE(matches(prefix({"cn", ""}), request));
    EXPECT_FALSE(matches(numbers({0}), request));
    EXPECT_FALSE(matches(range(-5, 5), request));
    EXPECT_FALSE(matches(is(false), request));
    EXPECT_TRUE(matches(of(Kind::none, {is_in({"cn"})}), request));
    EXPECT_TRUE(matches(Condition(), request));
  }
}

TEST(Condition, LooksNoFurtherThanTheRequestReaches) {
  const std::vector<AttributeValue> values = {text("cn"), number(0), truth(true)};
  EXPECT_TRUE(matches(is(true), values));
  EXPECT_FALSE(matches(is(true), std::span(values).first(2)));
}

TEST(Condition, IsFalseAboutAValueOfAnotherType) {
  const std::vector<AttributeValue> request = {number(0), truth(false), text("")};
  EXPECT_FALSE(matches(is_in({""}), request));
  EXPECT_FALSE(matches(prefix({""}), request));
  EXPECT_FALSE(matches(range(-5, 5), request));
  EXPECT_FALSE(matches(is(false), request));
}

Attribute attribute(std::string name, AttributeType type, std::vector<std::string> values = {}) {
  return {std::move(name), type, std::move(values), {}};
}

TEST(AttributeValue, IsReadFromWhatARequestSends) {
  const Attribute region = attribute("region", AttributeType::text);
  const Attribute channel = attribute("channel", AttributeType::text, {"app", "web"});
  const Attribute risk = attribute("risk", AttributeType::number);
  const Attribute vip = attribute("vip", AttributeType::truth);
  using Sent = AttributeInput::Kind;

  const struct {
    const Attribute& attribute;
    AttributeInput input;
    AttributeValue value;
  } cases[] = {
      {region, {Sent::text, "NO"}, text("NO")},
      {region, {Sent::text, "\xE5\x90\x8D"}, text("\xE5\x90\x8D")},
      {channel, {Sent::text, "web"}, text("web")},
      {risk, {Sent::number, "0.9"}, number(900'000)},
      {risk, {Sent::number, "-0.000001"}, number(-1)},
      {risk, {Sent::number, "999999999999.999999"}, number(999'999'999'999'999'999)},
      {vip, {Sent::truth, "true"}, truth(true)},
      {vip, {Sent::truth, "false"}, truth(false)},
  };

  for (const auto& one : cases) {
    const auto value = attribute_value(one.attribute, one.input);
    ASSERT_TRUE(value) << one.input.text;
    EXPECT_EQ(*value, one.value) << one.input.text;
  }
}

TEST(AttributeValue, SaysWhatIsAllowedAndNotWhatWasSent) {
  const Attribute region = attribute("region", AttributeType::text);
  const Attribute channel = attribute("channel", AttributeType::text, {"app", "web"});
  const Attribute risk = attribute("risk", AttributeType::number);
  const Attribute vip = attribute("vip", AttributeType::truth);
  const std::string long_text(65, 'x');
  const std::string longest_text(64, 'x');
  const std::string number_rule =
      "risk is a decimal with at most twelve digits before the point and six behind it, without an "
      "exponent, like 0.5";
  const std::string text_rule =
      "region is a text of 1 to 64 bytes without control characters: this one is ";
  using Sent = AttributeInput::Kind;

  const struct {
    const Attribute& attribute;
    AttributeInput input;
    std::string error;
  } cases[] = {
      {region, {Sent::number, "7"}, "region is a text: write it as a string"},
      {region, {Sent::text, long_text}, text_rule + "longer than 64 bytes"},
      {region, {Sent::text, "a\nb"}, text_rule + "with control characters in it"},
      {region, {Sent::text, "\x7F"}, text_rule + "with control characters in it"},
      {region, {Sent::text, ""}, text_rule + "empty: leave the attribute out"},
      {channel, {Sent::text, "ap"}, "channel is one of: app, web"},
      {channel, {Sent::text, ""}, "channel is one of: app, web"},
      {risk, {Sent::text, "0.5"}, "risk is a number, without quotes"},
      {risk, {Sent::number, "0.0000001"}, number_rule},
      {risk, {Sent::number, "1e3"}, number_rule},
      {risk, {Sent::number, "1234567890123"}, number_rule},
      {vip, {Sent::text, "true"}, "vip is true or false, without quotes"},
  };

  for (const auto& one : cases) {
    const auto value = attribute_value(one.attribute, one.input);
    ASSERT_FALSE(value) << one.input.text;
    EXPECT_EQ(value.error().code(), Errc::invalid_field);
    EXPECT_EQ(value.error().detail(), one.error);
  }
  EXPECT_TRUE(attribute_value(region, {Sent::text, longest_text}));
}

TEST(AttributeIndex, IsFoundOrTheNearestNameIs) {
  config::Tenant tenant;
  tenant.attributes = {attribute("channel", AttributeType::text),
                       attribute("region", AttributeType::text)};
  EXPECT_EQ(attribute_index(tenant, "region").value(), 1u);
  const auto unknown = attribute_index(tenant, "regoin");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), Errc::unknown_field);
  EXPECT_EQ(unknown.error().detail(),
            "no such attribute is declared for this tenant: did you mean \"region\"?");
}

}  // namespace
}  // namespace idswitch::routing
