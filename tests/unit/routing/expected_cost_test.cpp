#include "routing/expected_cost.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace idswitch::routing {
namespace {

using config::Goal;

// Spend and passes of asking the stages in this order, computed another way.
struct Figures {
  long double spend = 0;
  long double passes = 0;
};

Figures figures(const std::vector<Stage>& stages, const std::vector<std::size_t>& order) {
  Figures sum;
  long double reach = 1;
  for (const std::size_t index : order) {
    sum.spend += reach * static_cast<long double>(stages[index].charge_micros);
    sum.passes += reach * static_cast<long double>(stages[index].pass_ppm) / 1e6L;
    reach *= static_cast<long double>(stages[index].fall_ppm) / 1e6L;
  }
  return sum;
}

long double value_of(const Figures& figures, Goal goal) {
  return goal == Goal::spend ? figures.spend : figures.spend / figures.passes;
}

long double least_by_trying_all(const std::vector<Stage>& stages, Goal goal) {
  std::vector<std::size_t> order(stages.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  long double least = value_of(figures(stages, order), goal);
  while (std::next_permutation(order.begin(), order.end())) {
    least = std::min(least, value_of(figures(stages, order), goal));
  }
  return least;
}

std::vector<Stage> random_stages(std::mt19937_64& random, std::size_t count) {
  std::vector<Stage> stages;
  for (std::size_t i = 0; i < count; ++i) {
    Stage stage;
    stage.charge_micros = static_cast<std::int64_t>(random() % 3'000'000);
    stage.fall_ppm = static_cast<std::uint32_t>(random() % 900'000);
    stage.pass_ppm =
        static_cast<std::uint32_t>(1 + random() % (config::k_all_ppm - stage.fall_ppm));
    stages.push_back(stage);
  }
  return stages;
}

TEST(CheapestOrder, IsTheBestOfAllOrdersOfFourVendors) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 5000; ++round) {
    const std::vector<Stage> stages = random_stages(random, 4);
    for (const Goal goal : {Goal::spend, Goal::cost_per_pass}) {
      const long double reached = value_of(figures(stages, cheapest_order(stages, goal)), goal);
      const long double least = least_by_trying_all(stages, goal);
      ASSERT_LE(reached, least * (1 + 1e-9L) + 1e-6L) << "round " << round;
    }
  }
}

TEST(CheapestOrder, MayDifferBetweenSpendAndCostPerPass) {
  // The first is cheaper to ask; the second lets far more people pass.
  const std::vector<Stage> stages = {{300'000, 300'000, 0}, {400'000, 900'000, 0}};
  EXPECT_EQ(cheapest_order(stages, Goal::spend), (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(cheapest_order(stages, Goal::cost_per_pass), (std::vector<std::size_t>{1, 0}));
}

TEST(CheapestOrder, KeepsTheGivenOrderOfEquals) {
  const std::vector<Stage> stages(5, Stage{300'000, 800'000, 10'000});
  EXPECT_EQ(cheapest_order(stages, Goal::cost_per_pass), (std::vector<std::size_t>{0, 1, 2, 3, 4}));
}

TEST(CheapestOrder, PutsOneThatNeverOpensLast) {
  const std::vector<Stage> stages = {{10, 0, 1'000'000}, {300'000, 800'000, 10'000}};
  EXPECT_EQ(cheapest_order(stages, Goal::spend), (std::vector<std::size_t>{1, 0}));
}

TEST(CheapestOrder, HoldsForPricesUpToAMillion) {
  const std::vector<Stage> stages = {{1'000'000'000'000, 1'000'000, 0},
                                     {999'999'999'999, 1, 999'999}};
  EXPECT_EQ(cheapest_order(stages, Goal::spend).front(), 0U);
  EXPECT_EQ(cheapest_order(stages, Goal::cost_per_pass).front(), 0U);
}

TEST(Stage, ChargesOnlyWhatTheEndIsChargedFor) {
  Rates rates;
  rates.start_fail_ppm = 100'000;
  rates.end_ppm = {200'000, 600'000, 150'000, 50'000};
  rates.charged_ppm[0] = {0, 1'000'000, 1'000'000, 500'000};
  std::array<std::array<std::int64_t, k_ends>, k_skus_max> prices{};
  prices[0] = {300'000, 300'000, 100'000, 300'000};
  const Stage stage = stage_of(rates, prices);
  // Of an open session 0.6*0.30 + 0.15*0.10 + 0.05*0.5*0.30 = 0.2025; nine in ten open.
  EXPECT_EQ(stage.charge_micros, 182'250);
  EXPECT_EQ(stage.pass_ppm, 540'000U);
  EXPECT_EQ(stage.fall_ppm, 100'000U);
  EXPECT_EQ(cost_per_pass_micros(stage), 337'500);
}

TEST(Stage, WithoutAnyPassHasNoCostPerPass) {
  EXPECT_EQ(cost_per_pass_micros({300'000, 0, 0}), -1);
}

}  // namespace
}  // namespace idswitch::routing
