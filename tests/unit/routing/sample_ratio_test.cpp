#include "routing/sample_ratio.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace idswitch::routing {
namespace {

using Persons = std::vector<std::int64_t>;
using Weights = std::vector<std::uint32_t>;

std::size_t drawn(std::mt19937_64& random, const Weights& weights) {
  std::uint64_t all = 0;
  for (const std::uint32_t weight : weights) all += weight;
  std::uint64_t ticket = random() % all;
  std::size_t arm = 0;
  for (; ticket >= weights[arm]; ++arm) ticket -= weights[arm];
  return arm;
}

// Assigns people by `real` and looks after each; how many had come when the alarm was raised, or
// -1.
int alarm_after(std::mt19937_64& random, const Weights& real, const Weights& configured,
                int people) {
  AssignmentPhase phase{configured, Persons(configured.size())};
  for (int count = 1; count <= people; ++count) {
    ++phase.persons[drawn(random, real)];
    if (log_evidence(phase.persons, phase.weights) >= -std::log(k_sample_ratio_alpha)) {
      EXPECT_TRUE(sample_ratio({&phase, 1}).is_mismatch);
      return count;
    }
  }
  EXPECT_FALSE(sample_ratio({&phase, 1}).is_mismatch);
  return -1;
}

// Computed by another program with 60 digits.
TEST(SampleRatio, MeasuresTheEvidenceAgainstTheWeights) {
  struct Row {
    Persons persons;
    Weights weights;
    double evidence;
  };

  const Row rows[] = {
      {{0, 0}, {1, 1}, 0},
      {{1, 0}, {1, 1}, 0},
      {{60, 40}, {1, 1}, 0.658891818046672},
      {{520, 480}, {1, 1}, -0.473125233670751},
      {{5'200, 4'800}, {50, 50}, 5.61361341175711},
      {{100, 200, 310}, {1, 2, 3}, -1.88962550870596},
      {{1'000'000, 1'000'000}, {1, 1}, -4.95426860898767},
  };
  for (const Row& row : rows) {
    EXPECT_NEAR(log_evidence(row.persons, row.weights), row.evidence, 1e-8);
  }
}

TEST(SampleRatio, IsCertainWhenSomebodyIsInAnArmWithoutWeight) {
  EXPECT_TRUE(std::isinf(log_evidence(Persons{10, 1}, Weights{1, 0})));
  EXPECT_EQ(log_evidence(Persons{10, 0}, Weights{1, 0}), 0);
  const AssignmentPhase phase{{1, 0}, {10, 1}};
  EXPECT_TRUE(sample_ratio({&phase, 1}).is_mismatch);
}

TEST(SampleRatio, SeldomAlarmsForRightSharesHoweverOftenItIsLookedAt) {
  const Weights weightings[] = {{1, 1}, {9, 1}, {1, 2, 3, 4}};
  constexpr int k_runs = 2'000;
  for (const Weights& weights : weightings) {
    std::mt19937_64 random(5);
    int alarms = 0;
    for (int run = 0; run < k_runs; ++run) alarms += alarm_after(random, weights, weights, 700) > 0;
    EXPECT_LE(alarms, k_runs * k_sample_ratio_alpha + 4);  // 3 deviations of chance
  }
}

// The chi-square value beside it must not be used that way: the test above can fail.
TEST(SampleRatio, WouldOftenAlarmIfThePValueWereLookedAtAsOften) {
  std::mt19937_64 random(5);
  int alarms = 0;
  for (int run = 0; run < 500; ++run) {
    AssignmentPhase phase{{1, 1}, {0, 0}};
    double least = 1;
    for (int i = 0; i < 700; ++i) {
      ++phase.persons[drawn(random, phase.weights)];
      least = std::min(least, sample_ratio({&phase, 1}).p_value);
    }
    alarms += least < 0.01;
  }
  EXPECT_GT(alarms, 500 * 0.03);
}

TEST(SampleRatio, FindsASplitThatIsOffByTwoPoints) {
  std::mt19937_64 random(6);
  for (int run = 0; run < 20; ++run) {
    const int after = alarm_after(random, {52, 48}, {50, 50}, 60'000);
    EXPECT_GT(after, 100) << run;
  }
}

TEST(SampleRatio, FindsAnArmThatLosesATenthOfItsPeople) {
  std::mt19937_64 random(6);
  for (int run = 0; run < 20; ++run) {
    const int after = alarm_after(random, {100, 100, 90}, {1, 1, 1}, 60'000);
    EXPECT_GT(after, 100) << run;
  }
}

TEST(SampleRatio, JudgesEveryPhaseByItsOwnWeights) {
  // Each phase is as its weights say, though the sums are not as either says.
  const AssignmentPhase right[] = {{{9, 1}, {9'010, 990}}, {{1, 1}, {4'980, 5'020}}};
  const SampleRatio fine = sample_ratio(right);
  EXPECT_FALSE(fine.is_mismatch);
  EXPECT_EQ(fine.degrees_of_freedom, 2);
  EXPECT_NEAR(fine.chi_square, 100. / 9'000 + 100. / 1'000 + 400. / 5'000 * 2, 1e-9);
  EXPECT_DOUBLE_EQ(fine.log_evidence, log_evidence(right[0].persons, right[0].weights) +
                                          log_evidence(right[1].persons, right[1].weights));
  // Neither is enough for an alarm by itself, both together are.
  const AssignmentPhase off[] = {{{1, 1}, {2'632, 2'368}}, {{1, 1}, {2'632, 2'368}}};
  EXPECT_FALSE(sample_ratio({off, 1}).is_mismatch);
  EXPECT_TRUE(sample_ratio(off).is_mismatch);
  EXPECT_TRUE(sample_ratio({off, 1}, 0.05).is_mismatch);
}

TEST(SampleRatio, HasNothingToTestWithoutPeopleOrWithOneArm) {
  EXPECT_EQ(sample_ratio({}).degrees_of_freedom, 0);
  const AssignmentPhase phases[] = {{{1, 1}, {0, 0}}, {{1, 0}, {20, 0}}};
  const SampleRatio ratio = sample_ratio(phases);
  EXPECT_FALSE(ratio.is_mismatch);
  EXPECT_EQ(ratio.degrees_of_freedom, 0);
  EXPECT_EQ(ratio.p_value, 1);
}

TEST(SampleRatio, KnowsTheTailOfChiSquare) {
  struct Row {
    double statistic;
    int degrees;
    double tail;
  };

  const Row rows[] = {
      {0, 3, 1},
      {0.5, 1, 0.479500122186953},
      {3.841458820694124, 1, 0.05},
      {1, 2, 0.606530659712633},
      {99, 99, 0.481096912408264},
      {60, 99, 0.999319997049849},
      {150, 99, 0.000720445395716963},
      {30, 3, 1.38005703129325e-6},
      {2, 7, 0.959840368730102},
      {5, 0, 1},
  };
  for (const Row& row : rows) {
    EXPECT_NEAR(chi_square_tail(row.statistic, row.degrees), row.tail, 1e-12 + row.tail * 1e-10);
  }
}

}  // namespace
}  // namespace idswitch::routing
