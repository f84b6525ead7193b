#include "billing/rule.hpp"

#include <gtest/gtest.h>

namespace idswitch::billing {
namespace {

using Kind = Rule::Kind;

struct RuleRow {
  Rule rule;
  const char* text;
};

TEST(Rule, ReadsWhatItWrites) {
  const RuleRow rows[] = {
      {{}, ""},
      {{Kind::price, "verify", 0}, "prices.verify"},
      {{Kind::tier, "verify", 1}, "prices.verify.tiers[1]"},
      {{Kind::outcome, "verify", 12}, "prices.verify.outcomes[12]"},
      {{Kind::free_units, "verify", 0}, "prices.verify.free_units"},
      {{Kind::charged_once, "verify", 0}, "prices.verify.charged_once"},
      {{Kind::group, "verify", 0}, "prices.verify.group"},
      {{Kind::other, "night", 0}, "night"},
      {{Kind::other, "prices.verify.tiers[1", 0}, "prices.verify.tiers[1"},
      {{Kind::other, "prices.verify.tiers[x]", 0}, "prices.verify.tiers[x]"},
      {{Kind::other, "prices.verify.tiers[1 ]", 0}, "prices.verify.tiers[1 ]"},
      {{Kind::other, "prices.verify.tiers[]", 0}, "prices.verify.tiers[]"},
      {{Kind::other, "prices.verifying", 0}, "prices.verifying"},
      {{Kind::other, "prices.other", 0}, "prices.other"},
  };
  for (const RuleRow& row : rows) {
    EXPECT_EQ(row.rule.text(), row.text);
    EXPECT_EQ(Rule::parse(row.text, "verify"), row.rule) << row.text;
  }
}

TEST(Rule, TellsASkuThatIsCalledLikeARule) {
  EXPECT_EQ(Rule::parse("prices.x.charged_once", "x.charged_once").kind, Kind::price);
  EXPECT_EQ(Rule::parse("prices.x.charged_once", "x").kind, Kind::charged_once);
}

TEST(Rule, OnlyWhatPaysByItselfIsAUnit) {
  EXPECT_TRUE(is_unit("prices.verify", "verify"));
  EXPECT_TRUE(is_unit("prices.verify.free_units", "verify"));
  EXPECT_TRUE(is_unit("prices.verify.outcomes[0]", "verify"));
  EXPECT_TRUE(is_unit("", "verify")) << "it was made before rules were written down";
  EXPECT_FALSE(is_unit("prices.verify.charged_once", "verify"));
  EXPECT_FALSE(is_unit("prices.verify.group", "verify"));
}

}  // namespace
}  // namespace idswitch::billing
