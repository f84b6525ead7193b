#include "routing/route_table.hpp"

#include <gtest/gtest.h>

#include <random>

#include "routing/condition.hpp"
#include "routing_sample.hpp"

namespace idswitch::routing {
namespace {

using config::Condition;

Condition is_in(std::uint32_t attribute, std::vector<std::string> texts) {
  Condition condition;
  condition.kind = Condition::Kind::is_in;
  condition.attribute = attribute;
  condition.texts = std::move(texts);
  return condition;
}

Condition group(Condition::Kind kind, std::vector<Condition> parts) {
  Condition condition;
  condition.kind = kind;
  condition.parts = std::move(parts);
  return condition;
}

Condition random_condition(std::mt19937_64& random, int depth) {
  static const char* const k_texts[] = {"x", "y", "z", "xy"};
  const auto kind = depth == 0 ? 3 + random() % 2 : random() % 5;
  if (kind < 3) {
    std::vector<Condition> parts;
    for (std::uint64_t i = 0; i < random() % 3; ++i) {
      parts.push_back(random_condition(random, depth - 1));
    }
    return group(static_cast<Condition::Kind>(kind), std::move(parts));
  }
  const auto attribute = static_cast<std::uint32_t>(random() % 3);
  if (kind == 3) return is_in(attribute, {k_texts[random() % 4], k_texts[random() % 4]});
  Condition prefix = is_in(attribute, {"x"});
  prefix.kind = Condition::Kind::prefix;
  return prefix;
}

TEST(RouteTable, FindsTheRouteThatLookingAtAllOfThemFinds) {
  std::mt19937_64 random(21);
  static const char* const k_texts[] = {"x", "y", "z", "xy", "other"};
  const AccountFacts facts{"a", {}, {}, {}};
  for (int round = 0; round < 200; ++round) {
    config::Tenant tenant;
    tenant.attributes = {{"one", {}, {}, {}}, {"two", {}, {}, {}}, {"three", {}, {}, {}}};
    for (int i = 0; i < 30; ++i) {
      config::Route route;
      route.name = "route-" + std::to_string(i);
      route.method = IDSW_METHOD_H5 + static_cast<std::uint32_t>(random() % 2);
      route.checks = IDSW_CHECK_LIVENESS;
      route.when = random_condition(random, 2);
      route.use = account("a");
      route.accounts = {"a"};
      tenant.routes.push_back(std::move(route));
    }
    const RouteTable table(tenant,
                           [&](const std::string&) -> const AccountFacts& { return facts; });
    for (int i = 0; i < 100; ++i) {
      Request request;
      request.method = IDSW_METHOD_H5 + static_cast<std::uint32_t>(random() % 3);
      request.checks = IDSW_CHECK_LIVENESS;
      request.attributes.resize(random() % 4);
      for (AttributeValue& value : request.attributes) {
        if (random() % 4 == 0) continue;
        value.kind = AttributeValue::Kind::text;
        value.text = k_texts[random() % 5];
      }
      const config::Route* wanted = nullptr;
      for (const config::Route& route : tenant.routes) {
        if (route.method == request.method && matches(route.when, request.attributes)) {
          wanted = &route;
          break;
        }
      }
      const TableRoute* found = table.match(request);
      ASSERT_EQ(found == nullptr ? nullptr : found->route, wanted);
    }
  }
}

TEST(RouteTable, TakesMethodAndExactlyTheChecks) {
  Sample sample(account("a"));
  Request request;
  request.method = IDSW_METHOD_H5;
  request.checks = IDSW_CHECK_LIVENESS;
  EXPECT_NE(sample.table().match(request), nullptr);
  request.checks |= IDSW_CHECK_ID_MATCH;
  EXPECT_EQ(sample.table().match(request), nullptr);
  request.checks = IDSW_CHECK_LIVENESS;
  request.method = IDSW_METHOD_SDK;
  EXPECT_EQ(sample.table().match(request), nullptr);
}

TEST(RouteTable, KnowsDrawnPartsByTheirFirstAccountWhateverTheirOrder) {
  const auto first = [](const Sample& sample, int person) {
    return sample.order("person-" + std::to_string(person)).substr(0, 1);
  };
  Sample one(weighted("s", {priority({account("a"), account("b")}), account("c")}, {50, 50}));
  Sample other(weighted("s", {account("c"), priority({account("a"), account("d")})}, {50, 50}));
  for (int person = 0; person < 500; ++person) ASSERT_EQ(first(one, person), first(other, person));
}

}  // namespace
}  // namespace idswitch::routing
