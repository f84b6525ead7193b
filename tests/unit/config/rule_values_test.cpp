// What policies, experiments, routes, budgets and the conduct of accounts become.

#include <gtest/gtest.h>

#include "rule_sample.hpp"

namespace idswitch::config {
namespace {

using namespace std::chrono_literals;

constexpr const char* k_accounts =
    "accounts:\n"
    " a: {product: x/y, contract: {currency: CNY, prices: {}}}\n"
    " b: {product: x/y, contract: {currency: CNY, prices: {}}}\n"
    " c: {product: x/y, contract: {currency: CNY, prices: {}}}\n";

// A policy as one line.
std::string in_line(const Policy& policy) {
  std::string parts;
  for (std::size_t i = 0; i < policy.parts.size(); ++i) {
    parts += " ";
    if (policy.kind == Policy::Kind::weighted) parts += std::to_string(policy.weights.at(i)) + ":";
    parts += in_line(policy.parts[i]);
  }
  switch (policy.kind) {
    case Policy::Kind::account: return policy.account;
    case Policy::Kind::priority: return "[priority" + parts + "]";
    case Policy::Kind::weighted: return "[weighted " + policy.seed + parts + "]";
    case Policy::Kind::cheapest: return "[cheapest" + parts + "]";
    case Policy::Kind::experiment: return "[experiment " + policy.experiment + "]";
  }
  return "?";
}

TEST(Policies, BecomeATreeThatKnowsItsAccounts) {
  const struct {
    const char* use;
    const char* policy;
    std::vector<std::string> accounts;
  } cases[] = {
      {"use: b", "b", {"b"}},
      {"accounts: [b, a]", "[priority b a]", {"b", "a"}},
      {"use: [b, a]", "[priority b a]", {"b", "a"}},
      {"use: {priority: [c, {cheapest: [a, b]}]}", "[priority c [cheapest a b]]", {"c", "a", "b"}},
      {"use: {weighted: [{weight: 80, use: a}, {weight: 0, use: [b, a]}]}",
       "[weighted shop/weighted/0 80:a 0:[priority b a]]",
       {"a", "b"}},
      {"use: {weighted: {seed: x, parts: [{weight: 1, use: {weighted: [{weight: 2, use: a}]}}]}}",
       "[weighted x 1:[weighted shop/weighted/1 2:a]]",
       {"a"}},
      {"use: [{weighted: [{weight: 1, use: b}]}, {weighted: [{weight: 1, use: c}]}]",
       "[priority [weighted shop/weighted/0 1:b] [weighted shop/weighted/0 1:c]]",
       {"b", "c"}},
      {"use: [c, {experiment: e}]", "[priority c [experiment e]]", {"c", "b", "a"}},
      {"use: [[[[[[[[a]]]]]]]]",
       "[priority [priority [priority [priority [priority [priority [priority [priority a]]]]]]]]",
       {"a"}},
  };

  for (const auto& one : cases) {
    const Tenant tenant = load(std::string(k_accounts) +
                               "tenants:\n shop:\n  api_keys: []\n  routes: [{method: h5, checks: "
                               "[liveness], " +
                               one.use +
                               "}]\n  experiments: {e: {seed: s, arms: {control: {weight: 1, use: "
                               "[b, a]}, v: {weight: 1, use: a}}}}\n")
                              .tenants.at("shop");
    EXPECT_EQ(in_line(tenant.routes.at(0).use), one.policy) << one.use;
    EXPECT_EQ(tenant.routes.at(0).accounts, one.accounts) << one.use;
  }
}

TEST(Policies, ReadWhatCheapestTakesIntoAccount) {
  const Policy full =
      load_shop("",
                "use: {cheapest: {accounts: [main, spare], goal: spend, pass_rate_min: 90%, "
                "unit_price_max: \"1.50\", latency_max: 3s, explore: 0.02}}")
          .routes.at(0)
          .use;
  EXPECT_EQ(full.parts.size(), 2u);
  EXPECT_EQ(full.goal, Goal::spend);
  EXPECT_EQ(full.pass_rate_min_ppm, 900'000u);
  EXPECT_EQ(full.unit_price_max, Money{1'500'000});
  EXPECT_EQ(full.latency_max, 3s);
  EXPECT_EQ(full.explore_ppm, 20'000u);
  const Policy bare = load_shop("", "use: {cheapest: [main]}").routes.at(0).use;
  EXPECT_EQ(bare.goal, Goal::cost_per_pass);
  EXPECT_EQ(bare.pass_rate_min_ppm, 0u);
  EXPECT_FALSE(bare.unit_price_max);
  EXPECT_EQ(bare.latency_max, 0s);
  EXPECT_EQ(bare.explore_ppm, 0u);
}

TEST(Experiments, AreRead) {
  const Tenant tenant = load_shop(
      "  experiments:\n"
      "   full:\n"
      "    seed: 2026\n"
      "    coverage: 12.5%\n"
      "    arms: {v: {weight: 30, use: spare}, base: {weight: 0, use: [main, spare]}}\n"
      "    control: base\n"
      "    alpha: 1%\n"
      "    guardrail: {pass_rate_drop: 0.02, completion_rate_drop: 0.03, cost_per_pass_rise: "
      "0.2}\n"
      "   bare: {seed: s, arms: {v: {weight: 1, use: spare}, control: {weight: 1, use: main}}}\n",
      "use: {experiment: full}");
  ASSERT_EQ(tenant.experiments.size(), 2u);
  const Experiment& full = tenant.experiments[0];
  EXPECT_EQ(full.name, "full");
  EXPECT_EQ(full.seed, "2026");
  EXPECT_EQ(full.coverage_ppm, 125'000u);
  ASSERT_EQ(full.arms.size(), 2u);
  EXPECT_EQ(full.arms[0].name, "v");
  EXPECT_EQ(full.arms[0].weight, 30u);
  EXPECT_EQ(in_line(full.arms[0].use), "spare");
  EXPECT_EQ(in_line(full.arms[1].use), "[priority main spare]");
  EXPECT_EQ(full.control, 1u);
  EXPECT_EQ(full.alpha_ppm, 10'000u);
  EXPECT_EQ(full.guardrail.pass_rate_drop_ppm, 20'000u);
  EXPECT_EQ(full.guardrail.completion_rate_drop_ppm, 30'000u);
  EXPECT_EQ(full.guardrail.cost_per_pass_rise_ppm, 200'000u);
  EXPECT_EQ(full.where.text(), "f:5:4");
  const Experiment& bare = tenant.experiments[1];
  EXPECT_EQ(bare.coverage_ppm, k_all_ppm);
  EXPECT_EQ(bare.control, 1u);
  EXPECT_EQ(bare.alpha_ppm, 50'000u);
  EXPECT_FALSE(bare.guardrail.pass_rate_drop_ppm);
  EXPECT_FALSE(bare.guardrail.completion_rate_drop_ppm);
  EXPECT_FALSE(bare.guardrail.cost_per_pass_rise_ppm);
}

TEST(Routes, HaveNamesTimesAndLimits) {
  const Tenant tenant = load_shop(
      "  accounts: [main, spare]\n  data_regions: [eu, cn]\n",
      "use: main, name: first, attempts_max: 2, hedge_after: 1500ms}, {method: sdk, checks: "
      "[liveness], use: main");
  EXPECT_EQ(tenant.allowed_accounts, (std::vector<std::string>{"main", "spare"}));
  EXPECT_EQ(tenant.data_regions, (std::vector<std::string>{"eu", "cn"}));
  ASSERT_EQ(tenant.routes.size(), 2u);
  EXPECT_EQ(tenant.routes[0].name, "first");
  EXPECT_EQ(tenant.routes[0].attempts_max, 2u);
  EXPECT_EQ(tenant.routes[0].hedge_after, 1500ms);
  EXPECT_EQ(tenant.routes[1].name, "route-2");
  EXPECT_EQ(tenant.routes[1].attempts_max, 0u);
  EXPECT_EQ(tenant.routes[1].hedge_after, 0s);
}

TEST(Budgets, AdminAndStatisticsAreRead) {
  const Config config = load(
      "admin:\n"
      " api_keys: [{id: ops, sha256: "
      "22ff000000000000000000000000000000000000000000000000000000000001}]\n"
      "statistics: {window: 2h}\n"
      "budgets:\n"
      " shop-daily: {tenant: shop, accounts: [main], per: day, limit: \"3000.00\", currency: CNY, "
      "at_limit: warn, warn_at: 90%}\n"
      " all: {per: month, limit: 5, currency: USD}\n");
  ASSERT_EQ(config.admin_keys.size(), 1u);
  EXPECT_EQ(config.admin_keys[0].id, "ops");
  EXPECT_EQ(config.admin_keys[0].sha256[0], 0x22);
  EXPECT_EQ(config.statistics.window, 2h);
  ASSERT_EQ(config.budgets.size(), 2u);
  const Budget& daily = config.budgets[0];
  EXPECT_EQ(daily.name, "shop-daily");
  EXPECT_EQ(daily.tenant, "shop");
  EXPECT_EQ(daily.accounts, std::vector<std::string>{"main"});
  EXPECT_EQ(daily.per, Per::day);
  EXPECT_EQ(daily.limit.micros, 3'000'000'000);
  EXPECT_EQ(daily.currency, "CNY");
  EXPECT_FALSE(daily.stops);
  EXPECT_EQ(daily.warn_at_ppm, 900'000u);
  EXPECT_EQ(daily.where.text(), "f:5:2");
  const Budget& all = config.budgets[1];
  EXPECT_EQ(all.tenant, "");
  EXPECT_TRUE(all.accounts.empty());
  EXPECT_EQ(all.per, Per::month);
  EXPECT_TRUE(all.stops);
  EXPECT_EQ(all.warn_at_ppm, 800'000u);
  EXPECT_EQ(load("").statistics.window, 24h);
  EXPECT_TRUE(load("").admin_keys.empty());
}

TEST(Conduct, OfAnAccountIsRead) {
  const Account account =
      load(
          "accounts:\n"
          " main:\n"
          "  product: a/b\n"
          "  contract: {currency: CNY, prices: {}}\n"
          "  data_regions: [cn, hk]\n"
          "  limits: {concurrency_max: 40, starts_per_second: 7, starts_burst: 9, "
          "follow_ups: {concurrency_max: 8, per_second: 30}}\n"
          "  breaker: {consecutive_failures: 3, failure_rate: 25%, volume_min: 9, window: 1m, "
          "open_for: 2s, open_for_max: 4s, ramp: 0s, trip_for: 5m}\n"
          "  prior: {start_rate: 0.9, completion_rate: \"0.8\", pass_rate: 70%, weight: 0}\n")
          .accounts.at("main");
  EXPECT_EQ(account.data_regions, (std::vector<std::string>{"cn", "hk"}));
  EXPECT_EQ(account.limits.concurrency_max, 40u);
  EXPECT_EQ(account.limits.starts_per_second, 7u);
  EXPECT_EQ(account.limits.starts_burst, 9u);
  EXPECT_EQ(account.limits.follow_ups.concurrency_max, 8u);
  EXPECT_EQ(account.limits.follow_ups.per_second, 30u);
  EXPECT_EQ(account.breaker.consecutive_failures, 3u);
  EXPECT_EQ(account.breaker.failure_rate_ppm, 250'000u);
  EXPECT_EQ(account.breaker.volume_min, 9u);
  EXPECT_EQ(account.breaker.window, 1min);
  EXPECT_EQ(account.breaker.open_for, 2s);
  EXPECT_EQ(account.breaker.open_for_max, 4s);
  EXPECT_EQ(account.breaker.ramp, 0s);
  EXPECT_EQ(account.breaker.trip_for, 5min);
  EXPECT_EQ(account.prior.start_rate_ppm, 900'000u);
  EXPECT_EQ(account.prior.completion_rate_ppm, 800'000u);
  EXPECT_EQ(account.prior.pass_rate_ppm, 700'000u);
  EXPECT_EQ(account.prior.weight, 0u);
}

TEST(Conduct, HasDefaultsThatFitWhatIsWritten) {
  const Account account =
      load(
          "accounts: {main: {product: a/b, contract: {currency: CNY, prices: {}}, limits: "
          "{starts_per_second: 7, concurrency_max: 5}, breaker: {open_for: 10m}}}")
          .accounts.at("main");
  EXPECT_EQ(account.limits.starts_burst, 7u);
  EXPECT_EQ(account.limits.follow_ups.concurrency_max, 3u);
  EXPECT_EQ(account.limits.follow_ups.per_second, 70u);
  EXPECT_EQ(account.breaker.open_for_max, 10min) << "never shorter than open_for";
  EXPECT_EQ(load("").accounts.at("main").limits.starts_burst, 0u);
  EXPECT_EQ(load("").accounts.at("main").breaker.open_for_max, 5min);
}

}  // namespace
}  // namespace idswitch::config
