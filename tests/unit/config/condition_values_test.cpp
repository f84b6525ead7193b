// What attributes and conditions become.

#include <gtest/gtest.h>

#include "rule_sample.hpp"

namespace idswitch::config {
namespace {

TEST(Attributes, AreTheBuiltInOnesAndTheDeclaredOnes) {
  const Tenant tenant = load_shop(
      "  attributes: {plan: {type: text, values: [free, paid]}, vip: truth, orders: number, note: "
      "text, region: {values: [NO, cn]}}\n"
      "  statistics: {segment_by: [region, plan]}\n");

  const struct {
    const char* name;
    AttributeType type;
    std::vector<std::string> values;
  } expected[] = {
      {"channel", AttributeType::text, {}},
      {"region", AttributeType::text, {"NO", "cn"}},
      {"risk", AttributeType::number, {}},
      {"amount", AttributeType::number, {}},
      {"account_age_days", AttributeType::number, {}},
      {"plan", AttributeType::text, {"free", "paid"}},
      {"vip", AttributeType::truth, {}},
      {"orders", AttributeType::number, {}},
      {"note", AttributeType::text, {}},
  };

  ASSERT_EQ(tenant.attributes.size(), std::size(expected));
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(tenant.attributes[i].name, expected[i].name);
    EXPECT_EQ(tenant.attributes[i].type, expected[i].type) << expected[i].name;
    EXPECT_EQ(tenant.attributes[i].values, expected[i].values) << expected[i].name;
  }
  EXPECT_EQ(tenant.segment_by, (std::vector<std::uint32_t>{1, 5}));
  EXPECT_EQ(tenant.attributes[1].where.line, 4);
  EXPECT_EQ(load_shop("").attributes.size(), 5u);
}

// A condition as one line: attributes by their index, numbers in millionths.
std::string in_line(const Condition& condition) {
  using Kind = Condition::Kind;
  const std::string attribute = std::to_string(condition.attribute);
  std::string list;
  for (const auto& text : condition.texts) list += " " + text;
  for (const auto number : condition.numbers) list += " " + std::to_string(number);
  std::string parts;
  for (const auto& part : condition.parts) parts += " " + in_line(part);
  switch (condition.kind) {
    case Kind::all: return "(all" + parts + ")";
    case Kind::any: return "(any" + parts + ")";
    case Kind::none: return "(none" + parts + ")";
    case Kind::is_in: return "(" + attribute + " in" + list + ")";
    case Kind::prefix: return "(" + attribute + " prefix" + list + ")";
    case Kind::truth: return "(" + attribute + (condition.wanted ? " true)" : " false)");
    case Kind::range: break;
  }
  const Condition open;
  return "(" + attribute + " from " +
         (condition.least == open.least ? "-" : std::to_string(condition.least)) + " to " +
         (condition.most == open.most ? "-" : std::to_string(condition.most)) + ")";
}

TEST(Conditions, BecomeATree) {
  const std::pair<const char*, const char*> cases[] = {
      {"{region: cn}", "(1 in cn)"},
      {"{region: NO}", "(1 in NO)"},
      {"{region: [no, yes, off, \"7\"]}", "(1 in no yes off 7)"},
      {"{region: {in: [cn, us]}}", "(1 in cn us)"},
      {"{region: {prefix: cn-}}", "(1 prefix cn-)"},
      {"{region: {prefix: [cn-, us-]}}", "(1 prefix cn- us-)"},
      {"{region: {prefix: cn-, not: cn-east}}", "(all (1 prefix cn-) (none (1 in cn-east)))"},
      {"{region: {not: [cn, us]}}", "(none (1 in cn us))"},
      {"{region: {not: {prefix: cn}}}", "(none (1 prefix cn))"},
      {"{risk: 0.9}", "(2 in 900000)"},
      {"{risk: [\"-1\", 0, 0.000001]}", "(2 in -1000000 0 1)"},
      {"{risk: {at_least: 0.2, below: 0.8}}", "(2 from 200000 to 799999)"},
      {"{risk: {above: 3}}", "(2 from 3000001 to -)"},
      {"{risk: {at_most: -3}}", "(2 from - to -3000000)"},
      {"{risk: {at_least: 1, not: 2}}", "(all (2 from 1000000 to -) (none (2 in 2000000)))"},
      {"{vip: true}", "(5 true)"},
      {"{vip: {not: true}}", "(none (5 true))"},
      {"{region: cn, vip: false}", "(all (1 in cn) (5 false))"},
      {"{all: [{region: cn}, {vip: false, risk: 1}]}",
       "(all (1 in cn) (all (5 false) (2 in 1000000)))"},
      {"{any: [{region: cn}, {not: {vip: false}}], risk: 1}",
       "(all (any (1 in cn) (none (5 false))) (2 in 1000000))"},
      {"{not: {region: cn, vip: true}}", "(none (all (1 in cn) (5 true)))"},
  };
  for (const auto& [when, expected] : cases) {
    const Tenant tenant =
        load_shop("  attributes: {vip: truth}\n", "use: main, when: " + std::string(when));
    EXPECT_EQ(in_line(tenant.routes.at(0).when), expected) << when;
  }
  EXPECT_EQ(in_line(load_shop("").routes.at(0).when), "(all)");
}

}  // namespace
}  // namespace idswitch::config
