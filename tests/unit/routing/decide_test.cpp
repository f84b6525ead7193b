#include "routing/decide.hpp"

#include <gtest/gtest.h>

#include "routing_sample.hpp"

namespace idswitch::routing {
namespace {

config::Policy a_b_c() {
  return priority({account("a"), account("b"), account("c")});
}

// Seen so often that the prior does not matter: `passes` of a hundred, all charged alike.
void set_seen(Sample& sample, std::size_t index, std::uint32_t passes, std::int64_t price_micros) {
  AccountNow& now = sample.now[index];
  now.account.starts = 100'000;
  now.account.ended = {0, passes * 1000, (100 - passes) * 1000, 0};
  now.account.charged[0] = {0, passes * 1000, (100 - passes) * 1000, 0};
  now.segment = now.account;
  now.price_micros[0] = {price_micros, price_micros, price_micros, price_micros};
}

// ---- situation -> plan
// ----------------------------------------------------------------------------

TEST(Decide, LeavesOutWhoFailsAFilterAndPutsClosedBreakersLast) {
  struct Row {
    const char* what;
    AccountNow a;
    const char* order;
    Filter left_out;  // of a
  };

  const auto now = [](Availability availability, std::uint32_t share = config::k_all_ppm) {
    AccountNow one;
    one.availability = availability;
    one.share_ppm = share;
    return one;
  };
  AccountNow full;
  full.is_full = true;
  AccountNow over_rate;
  over_rate.is_over_rate = true;
  AccountNow spent;
  spent.budget = "monthly";
  const Row rows[] = {
      {"up", {}, "a b c", Filter::none},
      {"probing", now(Availability::probing), "a b c", Filter::none},
      {"ramping with all of its share", now(Availability::ramping), "a b c", Filter::none},
      {"ramping with none of its share", now(Availability::ramping, 0), "b c a", Filter::none},
      {"open", now(Availability::open), "b c a", Filter::none},
      {"tripped", now(Availability::tripped), "b c a", Filter::none},
      {"throttled", now(Availability::throttled), "b c", Filter::throttled},
      {"full", full, "b c", Filter::full},
      {"over its rate", over_rate, "b c", Filter::over_rate},
      {"without budget", spent, "b c", Filter::budget},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    Sample sample(a_b_c());
    sample.now[0] = row.a;
    const Plan plan = sample.decide();
    EXPECT_EQ(sample.names(plan), row.order);
    ASSERT_EQ(plan.left_out.size(), row.left_out == Filter::none ? 0U : 1U);
    if (row.left_out != Filter::none) {
      EXPECT_EQ(plan.left_out[0], (LeftOut{0, row.left_out}));
    }
    if (sample.names(plan) == "b c a") {
      EXPECT_EQ(plan.candidates[2].why, Why::last_resort);
      EXPECT_NE(plan.candidates[2].in_spite_of, Filter::none);
      EXPECT_EQ(plan.candidates[2].first_ppm, 0U);
    }
  }
}

TEST(Decide, LetsTheLastAccountBeTriedWhenEveryBreakerIsOpen) {
  Sample sample(a_b_c());
  for (AccountNow& now : sample.now) now.availability = Availability::open;
  const Plan plan = sample.decide();
  EXPECT_EQ(sample.names(plan), "a b c");
  for (const Candidate& one : plan.candidates) EXPECT_EQ(one.why, Why::last_resort);
  EXPECT_EQ(plan.candidates[0].first_ppm, config::k_all_ppm);
}

TEST(Decide, NeverGoesAroundAVendorsPauseEvenForTheLastAccount) {
  Sample sample(account("a"));
  sample.now[0].availability = Availability::throttled;
  EXPECT_EQ(sample.order(), "");
  EXPECT_EQ(sample.decide().left_out[0].filter, Filter::throttled);
}

TEST(Decide, KeepsDataWhereTheTenantWantsIt) {
  Sample sample(a_b_c());
  sample.tenant().data_regions = {"cn", "sg"};
  sample.facts("a").data_regions = {"cn"};
  sample.facts("b").data_regions = {"cn", "us"};
  sample.facts("c").data_regions = {};  // nobody knows where
  sample.build();
  EXPECT_EQ(sample.order(), "a");
  for (const LeftOut& one : sample.decide().left_out) {
    EXPECT_TRUE(one.filter == Filter::data_region);
  }
}

TEST(Decide, AsksOnlyTheTenantsAccounts) {
  Sample sample(a_b_c());
  sample.tenant().allowed_accounts = {"b", "c"};
  sample.build();
  EXPECT_EQ(sample.order(), "b c");
  EXPECT_EQ(sample.decide().left_out[0].filter, Filter::not_allowed);
}

TEST(Decide, CallsWhoeverServesAPersonsDrawDrawn) {
  Sample sample(weighted("s", {account("a"), account("b")}, {50, 50}));
  for (const std::size_t away : {0U, 1U}) {
    sample.now[0].availability = sample.now[1].availability = Availability::up;
    sample.now[away].availability = Availability::throttled;
    const Plan plan = sample.decide();
    ASSERT_EQ(plan.candidates.size(), 1U);
    EXPECT_EQ(plan.candidates[0].why, Why::drawn);
  }
}

TEST(Decide, FollowsNestedPolicies) {
  struct Row {
    const char* what;
    config::Policy use;
    const char* order;
  };

  const Row rows[] = {
      {"one account", account("c"), "c"},
      {"lists in lists", priority({priority({account("c"), account("a")}), account("b")}), "c a b"},
      {"an account twice counts once",
       priority({account("b"), priority({account("b"), account("d")})}), "b d"},
      {"weight zero comes last", weighted("s", {account("a"), account("b")}, {0, 1}), "b a"},
      {"a list inside a draw",
       weighted("s", {priority({account("c"), account("d")}), account("a")}, {1, 0}), "c d a"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    EXPECT_EQ(Sample(row.use).order(), row.order);
  }
}

// ---- cheapest
// -------------------------------------------------------------------------------------

TEST(Decide, PrefersTheCheaperPerPassToTheCheaperPerCall) {
  Sample sample(cheapest({account("a"), account("b")}));
  set_seen(sample, 0, 50, 300'000);  // 0.30 a call, 0.60 a pass
  set_seen(sample, 1, 90, 450'000);  // 0.45 a call, 0.50 a pass
  const Plan plan = sample.decide();
  EXPECT_EQ(sample.names(plan), "b a");
  EXPECT_EQ(plan.candidates[0].why, Why::cheapest);
  EXPECT_NEAR(static_cast<double>(plan.candidates[0].cost_per_pass_micros), 500'000, 5'000);
  EXPECT_NEAR(static_cast<double>(plan.candidates[1].cost_per_pass_micros), 600'000, 5'000);
}

TEST(Decide, PutsWhoMissesALimitLast) {
  struct Row {
    const char* what;
    void (*limit)(config::Policy&);
    const char* order;
  };

  const Row rows[] = {
      {"no limit", [](config::Policy&) {}, "b a"},
      {"pass rate", [](config::Policy& policy) { policy.pass_rate_min_ppm = 950'000; }, "b a"},
      {"unit price", [](config::Policy& policy) { policy.unit_price_max = Money{400'000}; }, "a b"},
      {"latency", [](config::Policy& policy) { policy.latency_max = std::chrono::seconds(1); },
       "a b"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    config::Policy use = cheapest({account("a"), account("b")});
    row.limit(use);
    Sample sample(use);
    set_seen(sample, 0, 50, 300'000);
    set_seen(sample, 1, 90, 450'000);
    sample.now[0].account.latency[0] = 100;                      // milliseconds
    sample.now[1].account.latency[k_latency_buckets - 1] = 100;  // many seconds
    const Plan plan = sample.decide();
    EXPECT_EQ(sample.names(plan), row.order);
    const bool all_miss = row.what == std::string_view("pass rate");
    const bool none_misses = row.what == std::string_view("no limit");
    EXPECT_EQ(plan.candidates[1].why, none_misses ? Why::cheapest : Why::missed_limit);
    EXPECT_EQ(plan.candidates[0].why, all_miss ? Why::missed_limit : Why::cheapest);
  }
}

TEST(Decide, ExploresTheWantedShareAndSaysHowProbableThatWas) {
  config::Policy use = cheapest({account("a"), account("b"), account("c")});
  use.explore_ppm = 100'000;
  Sample sample(use);
  for (std::size_t i = 0; i < 3; ++i) {
    set_seen(sample, i, 80, static_cast<std::int64_t>(100'000 * (i + 1)));
  }
  std::map<std::string, int> first;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    const Plan plan = sample.decide("person", seed);
    const Candidate& one = plan.candidates[0];
    ++first[sample.names(plan).substr(0, 1)];
    EXPECT_EQ(one.why, one.account == 0 ? Why::cheapest : Why::explored);
    EXPECT_EQ(one.first_ppm, one.account == 0 ? 900'000U : 50'000U);
  }
  EXPECT_NEAR(first["a"], 18'000, 200);
  EXPECT_NEAR(first["b"], 1'000, 150);
  EXPECT_NEAR(first["c"], 1'000, 150);
}

// ---- experiments
// ----------------------------------------------------------------------------------

config::Experiment half_and_half() {
  config::Experiment one;
  one.name = "cheaper";
  one.seed = "1";
  one.arms = {{"control", 50, priority({account("a"), account("b")})},
              {"variant", 50, account("c")}};
  return one;
}

TEST(Decide, SendsEverybodyToControlWhileAnExperimentIsPaused) {
  Sample sample(experiment("cheaper"), {half_and_half()});
  sample.paused = {1};
  for (int i = 0; i < 100; ++i) {
    const Plan plan = sample.decide("person-" + std::to_string(i));
    EXPECT_EQ(sample.names(plan), "a b");
    EXPECT_EQ(plan.exposure.kind, Exposure::Kind::paused);
    EXPECT_EQ(plan.candidates[0].first_ppm, config::k_all_ppm);
  }
}

TEST(Decide, CountsOnlyPeopleItKnowsAndCovers) {
  config::Experiment one = half_and_half();
  one.coverage_ppm = 200'000;
  Sample sample(experiment("cheaper"), {one});
  EXPECT_EQ(sample.decide("").exposure.kind, Exposure::Kind::no_person);
  EXPECT_EQ(sample.order(""), "a b");
  int covered = 0;
  int variant = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Plan plan = sample.decide("person-" + std::to_string(i));
    if (plan.exposure.kind == Exposure::Kind::counted) {
      ++covered;
      variant += plan.exposure.arm == 1 ? 1 : 0;
    } else {
      EXPECT_EQ(plan.exposure.kind, Exposure::Kind::not_covered);
      EXPECT_EQ(sample.names(plan), "a b");
    }
    // Nine in ten begin at a: those outside, and half of those inside.
    EXPECT_EQ(plan.candidates[0].first_ppm, plan.candidates[0].account == 0 ? 900'000U : 100'000U);
  }
  EXPECT_NEAR(covered, 2'000, 150);
  EXPECT_NEAR(variant, 1'000, 120);
}

TEST(Decide, ServesTheArmsPeopleAsEverybodyWhenTheArmIsAway) {
  config::Experiment one = half_and_half();
  one.arms[0].weight = 0;
  Sample sample(experiment("cheaper"), {one});
  EXPECT_EQ(sample.order(), "c a b");
  sample.now[2].availability = Availability::throttled;
  const Plan plan = sample.decide();
  EXPECT_EQ(sample.names(plan), "a b");
  EXPECT_EQ(plan.exposure.arm, 1U);  // counted where they were assigned
}

}  // namespace
}  // namespace idswitch::routing
