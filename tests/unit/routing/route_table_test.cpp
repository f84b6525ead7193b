#include "routing/route_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
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

// More texts, bounds and branches than have rows or bits of their own.
Condition condition_of_any_kind(std::mt19937_64& random, int depth) {
  const auto kind = static_cast<Condition::Kind>(depth == 0 ? 3 + random() % 4 : random() % 7);
  if (kind <= Condition::Kind::none) {
    std::vector<Condition> parts;
    for (std::uint64_t i = random() % 4; i > 0; --i) {
      parts.push_back(condition_of_any_kind(random, depth - 1));
    }
    return group(kind, std::move(parts));
  }
  Condition condition;
  condition.kind = kind;
  switch (kind) {
    case Condition::Kind::is_in:
      condition.attribute = static_cast<std::uint32_t>(random() % 3);
      for (int i = 0; i < 3; ++i) {
        if (condition.attribute == 2) {
          condition.numbers.push_back(static_cast<std::int64_t>(random() % 1000));
        } else {
          condition.texts.push_back("t" + std::to_string(random() % 200));
        }
      }
      break;
    case Condition::Kind::prefix:
      condition.attribute = static_cast<std::uint32_t>(random() % 2);
      condition.texts = {("t" + std::to_string(random() % 200)).substr(0, 2 + random() % 3)};
      break;
    case Condition::Kind::range:
      condition.attribute = 2;
      if (random() % 4 != 0) condition.least = static_cast<std::int64_t>(random() % 1000);
      if (random() % 4 != 0) condition.most = static_cast<std::int64_t>(random() % 1000);
      break;
    default: condition.attribute = 3; condition.wanted = random() % 2 == 0;
  }
  return condition;
}

AttributeValue value_of(std::mt19937_64& random, std::uint32_t attribute) {
  AttributeValue value;
  if (random() % 6 == 0) return value;
  if (attribute < 2) {
    value.kind = AttributeValue::Kind::text;
    value.text = "t" + std::to_string(random() % 230);
    if (random() % 8 == 0) value.text = value.text.substr(0, random() % 3);
  } else if (attribute == 2) {
    value.kind = AttributeValue::Kind::number;
    value.number = static_cast<std::int64_t>(random() % 1010) - 5;
  } else {
    value.kind = AttributeValue::Kind::truth;
    value.truth = random() % 2 == 0;
  }
  return value;
}

TEST(RouteTable, FindsItByEveryKindOfConditionOfHundredsOfRoutes) {
  std::mt19937_64 random(22);
  const AccountFacts facts{"a", {}, {}, {}};
  int found_late = 0;
  for (int round = 0; round < 12; ++round) {
    config::Tenant tenant;
    using config::AttributeType;
    tenant.attributes = {{"one", AttributeType::text, {}, {}},
                         {"two", AttributeType::text, {}, {}},
                         {"three", AttributeType::number, {}, {}},
                         {"four", AttributeType::truth, {}, {}}};
    for (int i = 0; i < 300; ++i) {
      config::Route route;
      route.method = IDSW_METHOD_H5;
      route.checks = IDSW_CHECK_LIVENESS;
      // Both, so that few of them hold and the first stands anywhere.
      route.when = group(Condition::Kind::all,
                         {condition_of_any_kind(random, 2), condition_of_any_kind(random, 0),
                          condition_of_any_kind(random, 0)});
      route.use = account("a");
      route.accounts = {"a"};
      tenant.routes.push_back(std::move(route));
    }
    const RouteTable table(tenant,
                           [&](const std::string&) -> const AccountFacts& { return facts; });
    for (int i = 0; i < 1000; ++i) {
      Request request;
      request.method = IDSW_METHOD_H5;
      request.checks = IDSW_CHECK_LIVENESS;
      for (std::uint32_t attribute = 0; attribute < random() % 2 + 3; ++attribute) {
        request.attributes.push_back(value_of(random, attribute));
      }
      const auto wanted =
          std::find_if(tenant.routes.begin(), tenant.routes.end(),
                       [&](const auto& route) { return matches(route.when, request.attributes); });
      const TableRoute* found = table.match(request);
      ASSERT_EQ(found == nullptr ? tenant.routes.size() : found->index,
                static_cast<std::size_t>(wanted - tenant.routes.begin()));
      if (wanted - tenant.routes.begin() > 64) ++found_late;
    }
  }
  EXPECT_GT(found_late, 500);
}

config::Tenant tenant_of_four_routes() {
  config::Tenant tenant;
  const auto add = [&](std::uint32_t method, std::uint32_t checks, const char* account) {
    config::Route route;
    route.method = method;
    route.checks = checks;
    route.use = routing::account(account);
    route.accounts = {account};
    tenant.routes.push_back(route);
  };
  add(IDSW_METHOD_H5, IDSW_CHECK_LIVENESS, "page");
  add(IDSW_METHOD_H5, IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH, "matching page");
  add(IDSW_METHOD_SDK, IDSW_CHECK_LIVENESS, "sdk");
  add(IDSW_METHOD_SDK, IDSW_CHECK_LIVENESS, "shadowed");
  return tenant;
}

TEST(RouteTable, FindsTheFirstWithTheMethodAndExactlyTheChecks) {
  struct Row {
    std::uint32_t method, checks;
    const char* account;  // nullptr: none
  };

  const Row rows[] = {
      {IDSW_METHOD_H5, IDSW_CHECK_LIVENESS, "page"},
      {IDSW_METHOD_H5, IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH, "matching page"},
      {IDSW_METHOD_SDK, IDSW_CHECK_LIVENESS, "sdk"},
      {IDSW_METHOD_H5, IDSW_CHECK_ID_MATCH, nullptr},
      {IDSW_METHOD_H5, IDSW_CHECK_LIVENESS | IDSW_CHECK_FACE_MATCH, nullptr},
      {IDSW_METHOD_SDK, IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH, nullptr},
      {IDSW_METHOD_VIDEO_CODE, IDSW_CHECK_LIVENESS, nullptr},
      {0, 0, nullptr},
  };
  const config::Tenant from = tenant_of_four_routes();
  const AccountFacts facts;
  const auto any = [&](const std::string&) -> const AccountFacts& { return facts; };
  const RouteTable table(from, any);
  for (const Row& row : rows) {
    SCOPED_TRACE(testing::Message() << row.method << " " << row.checks);
    Request request;
    request.method = row.method;
    request.checks = row.checks;
    const TableRoute* found = table.match(request);
    if (row.account == nullptr) {
      EXPECT_EQ(found, nullptr);
    } else {
      ASSERT_NE(found, nullptr);
      EXPECT_EQ(found->route->accounts[0], row.account);
    }
  }
  const config::Tenant nothing;
  Request request;
  request.method = IDSW_METHOD_H5;
  request.checks = IDSW_CHECK_LIVENESS;
  EXPECT_EQ(RouteTable(nothing, any).match(request), nullptr);
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
