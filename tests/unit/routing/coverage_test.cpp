#include "routing/coverage.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "condition_sample.hpp"
#include "routing/condition.hpp"

namespace idswitch::routing {
namespace {

constexpr std::int64_t k_least = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();

Condition all(std::vector<Condition> parts) {
  return of(Kind::all, std::move(parts));
}

Condition any(std::vector<Condition> parts) {
  return of(Kind::any, std::move(parts));
}

Condition none(std::vector<Condition> parts) {
  return of(Kind::none, std::move(parts));
}

TEST(Coverage, IsSeenWhereAPersonWouldSeeIt) {
  const Condition everything;

  const struct {
    const char* name;
    Condition a;
    Condition b;
    bool forth;  // a covers b
    bool back;   // b covers a
  } cases[] = {
      {"identical", all({is_in({"cn"}), is(true)}), all({is(true), is_in({"cn"})}), true, true},
      {"no condition", everything, is_in({"cn"}), true, false},
      {"subset of in", is_in({"cn", "us"}), is_in({"us"}), true, false},
      {"overlap of in", is_in({"cn", "us"}), is_in({"us", "de"}), false, false},
      {"tighter range", range(0, 9), range(2, 8), true, false},
      {"shifted range", range(0, 5), range(2, 8), false, false},
      {"value in a range", range(0, 9), numbers({0, 9}), true, false},
      {"value beside a range", range(0, 9), numbers({0, 10}), false, false},
      {"longer prefix", prefix({"cn"}), prefix({"cn-east", "cn-west"}), true, false},
      {"value with the prefix", prefix({"cn-", "us-"}), is_in({"us-1"}), true, false},
      {"extra parts", is_in({"cn"}), all({is_in({"cn"}), range(0, 5)}), true, false},
      {"any of more", any({is_in({"cn"}), is(true), range(0, 5)}), any({is(true), is_in({"cn"})}),
       true, false},
      {"not of less", none({is_in({"cn"})}), none({is_in({"cn", "us"})}), true, false},
      {"not of not", none({none({is(true)})}), is(true), true, true},
      {"de Morgan", none({is(true), is_in({"cn"})}), all({none({is(true)}), none({is_in({"cn"})})}),
       true, true},
      {"absence is not the opposite", is(false), none({is(true)}), false, true},
      {"two halves", any({range(k_least, 4), range(5, k_most)}), range(0, 9), true, false},
      {"two halves with a hole", any({range(k_least, 4), range(6, k_most)}), range(0, 9), false,
       false},
      {"other attributes", is_in({"cn"}), is(true), false, false},
  };

  for (const auto& one : cases) {
    EXPECT_EQ(covers(one.a, one.b), one.forth) << one.name;
    EXPECT_EQ(covers(one.b, one.a), one.back) << one.name;
  }
}

TEST(Coverage, FindsContradictions) {
  const struct {
    const char* name;
    Condition condition;
    bool is_impossible;
  } cases[] = {
      {"nothing asked", Condition(), false},
      {"one value", is_in({"cn"}), false},
      {"empty range", all({range(9, k_most), range(k_least, 4)}), true},
      {"ranges that touch", all({range(4, k_most), range(k_least, 4)}), false},
      {"two values at once", all({is_in({"cn"}), is_in({"us"})}), true},
      {"value without the prefix", all({is_in({"us"}), prefix({"cn"})}), true},
      {"two prefixes", all({prefix({"cn"}), prefix({"us"})}), true},
      {"a prefix of the other", all({prefix({"cn"}), prefix({"cn-east"})}), false},
      {"a prefix that is ruled out", all({prefix({"cn-east"}), none({prefix({"cn"})})}), true},
      {"a prefix but for a value", all({prefix({"cn"}), none({is_in({"cn"})})}), false},
      {"both", all({is(true), is(false)}), true},
      {"neither", none({is(true), is(false)}), false},
      {"it and not it", all({is(true), none({is(true)})}), true},
      {"any of nothing", any({}), true},
      {"not everything", none({Condition()}), true},
      {"all numbers of a range ruled out", all({range(1, 3), none({numbers({1, 2, 3})})}), true},
      {"most numbers ruled out", all({range(1, 3), none({numbers({1, 3})})}), false},
      {"to the last number", all({range(5, k_most), none({range(5, k_most)})}), true},
      {"a text that is a number",
       all({prefix({"a"}),
            [] {
              Condition number = range(1, 3);
              number.attribute = k_region;
              return number;
            }()}),
       true},
  };

  for (const auto& one : cases) {
    EXPECT_EQ(is_impossible(one.condition), one.is_impossible) << one.name;
  }
}

// Conditions over few values, whose truth can be tried out. Every text of up to three letters is
// tried, but conditions name none of more than two and none with a "c": so whatever a condition can
// tell apart is among them, and what is found must be exact.
class SmallWorld {
 public:
  SmallWorld() {
    std::vector<AttributeValue> regions(1);
    add_texts("", regions);
    std::vector<AttributeValue> risks(1);
    for (std::int64_t number = -1; number <= 4; ++number) {
      risks.push_back({AttributeValue::Kind::number, "", number, false});
    }
    const std::vector<AttributeValue> vips = {{},
                                              {AttributeValue::Kind::truth, "", 0, false},
                                              {AttributeValue::Kind::truth, "", 0, true}};
    for (const auto& region : regions) {
      for (const auto& risk : risks) {
        for (const auto& vip : vips) requests_.push_back({region, risk, vip});
      }
    }
  }

  Condition condition(std::mt19937& random, int depth) const {
    const auto upto = [&](std::uint32_t n) { return random() % n; };
    if (depth == 0 || upto(3) == 0) return test(random);
    Condition out;
    constexpr Kind k_kinds[] = {Kind::all, Kind::any, Kind::none};
    out.kind = k_kinds[upto(3)];
    for (auto parts = upto(4); parts > 0; --parts)
      out.parts.push_back(condition(random, depth - 1));
    return out;
  }

  bool is_implied(const Condition& a, const Condition& b) const {
    return std::all_of(requests_.begin(), requests_.end(), [&](const auto& request) {
      return !matches(b, request) || matches(a, request);
    });
  }

  bool is_never(const Condition& condition) const {
    return std::none_of(requests_.begin(), requests_.end(),
                        [&](const auto& request) { return matches(condition, request); });
  }

 private:
  static void add_texts(const std::string& beginning, std::vector<AttributeValue>& out) {
    if (!beginning.empty()) out.push_back({AttributeValue::Kind::text, beginning, 0, false});
    if (beginning.size() == 3) return;
    for (const char c : {'a', 'b', 'c'}) add_texts(beginning + c, out);
  }

  static Condition test(std::mt19937& random) {
    const auto upto = [&](std::uint32_t n) { return random() % n; };
    const auto some_texts = [&] {
      std::vector<std::string> out;
      for (auto count = upto(4); count > 0; --count) {
        std::string text(1, upto(2) == 0 ? 'a' : 'b');
        if (upto(2) == 0) text += upto(2) == 0 ? 'a' : 'b';
        out.push_back(text);
      }
      return out;
    };
    switch (upto(5)) {
      case 0: return is_in(some_texts());
      case 1: return prefix(some_texts());
      case 2: {
        std::vector<std::int64_t> values;
        for (auto count = upto(4); count > 0; --count) values.push_back(upto(4));
        return numbers(values);
      }
      case 3: return range(upto(3) == 0 ? k_least : upto(4), upto(3) == 0 ? k_most : upto(4));
      default: return is(upto(2) == 0);
    }
  }

  std::vector<std::vector<AttributeValue>> requests_;
};

TEST(Coverage, IsExactInASmallWorld) {
  const SmallWorld world;
  std::mt19937 random(7);
  int covering = 0;
  int apart = 0;
  for (int i = 0; i < 3'000; ++i) {
    const Condition a = world.condition(random, 3);
    Condition b = world.condition(random, 3);
    if (i % 2 == 0) b = all({world.condition(random, 1), a});
    const bool is_implied = world.is_implied(a, b);
    ASSERT_EQ(covers(a, b), is_implied) << i;
    ASSERT_EQ(covers(b, a), world.is_implied(b, a)) << i;
    (is_implied ? covering : apart) += 1;
  }
  EXPECT_GT(covering, 500);
  EXPECT_GT(apart, 500);
}

TEST(Coverage, FindsImpossibilityExactlyInASmallWorld) {
  const SmallWorld world;
  std::mt19937 random(8);
  int impossible = 0;
  int possible = 0;
  for (int i = 0; i < 5'000; ++i) {
    const Condition condition =
        all({world.condition(random, 2), world.condition(random, 2), world.condition(random, 2)});
    const bool is_never = world.is_never(condition);
    ASSERT_EQ(is_impossible(condition), is_never) << i;
    (is_never ? impossible : possible) += 1;
  }
  EXPECT_GT(impossible, 500);
  EXPECT_GT(possible, 500);
}

// 3^40 combinations, and none fits: giving up claims nothing.
TEST(Coverage, ClaimsNothingThatTakesTooLong) {
  std::vector<Condition> parts;
  for (std::uint32_t i = 0; i < 40; ++i) {
    std::vector<Condition> choices(3);
    for (std::uint32_t j = 0; j < 3; ++j) {
      choices[j] = is(true);
      choices[j].attribute = 3 * i + j;
    }
    parts.push_back(any(std::move(choices)));
  }
  // Two of an attribute that nothing else is about, last: every combination is tried before.
  Condition one_of_two = any({is(true), is(true)});
  Condition neither = any({is(false), is(false)});
  for (Condition* pair : {&one_of_two, &neither}) {
    for (Condition& part : pair->parts) part.attribute = 1'000;
  }
  parts.push_back(std::move(one_of_two));
  parts.push_back(std::move(neither));
  EXPECT_FALSE(is_impossible(all(std::move(parts))));
}

config::Route route(int line, std::uint32_t method, Condition when) {
  config::Route out;
  out.name = "route";
  out.method = method;
  out.checks = 1;
  out.when = std::move(when);
  out.where = {"f", line, 6};
  return out;
}

TEST(RouteWarnings, NameBothRoutes) {
  config::Tenant tenant;
  tenant.name = "shop";
  tenant.routes = {
      route(5, 1, is_in({"cn", "us"})),
      route(6, 2, is_in({"cn"})),                           // another method
      route(7, 1, all({is_in({"us"}), range(0, 5)})),       // covered by the first
      route(8, 1, all({range(9, 10), range(k_least, 4)})),  // impossible
      route(9, 1, Condition()),                             // everything that is left
      route(10, 1, is(true)),                               // nothing is left
  };
  tenant.routes.push_back(route(11, 1, Condition()));
  tenant.routes.back().checks = 2;  // other checks
  std::vector<std::string> lines;
  for (const auto& warning : route_warnings(tenant)) lines.push_back(warning.line());
  EXPECT_EQ(lines,
            (std::vector<std::string>{
                "f:7:6: tenants.shop.routes[2]: can never be used: line 5 has the same method and "
                "checks, and takes every request that this one would; put this one before it, or "
                "remove it",
                "f:8:6: tenants.shop.routes[3]: can never be used: no request can satisfy its "
                "condition",
                "f:10:6: tenants.shop.routes[5]: can never be used: line 9 has the same method and "
                "checks, and takes every request that this one would; put this one before it, or "
                "remove it"}));
}

TEST(RouteWarnings, AreNoneForRoutesThatAreAllUsed) {
  config::Tenant tenant;
  tenant.routes = {route(5, 1, is_in({"cn"})), route(6, 1, is_in({"us"})), route(7, 1, Condition()),
                   route(8, 2, Condition())};
  EXPECT_TRUE(route_warnings(tenant).empty());
}

}  // namespace
}  // namespace idswitch::routing
