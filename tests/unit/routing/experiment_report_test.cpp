#include "routing/experiment_report.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace idswitch::routing {
namespace {

config::Experiment experiment(std::vector<std::string> arms = {"old", "new"}) {
  config::Experiment experiment;
  experiment.name = "eu-cheap";
  for (std::string& name : arms) {
    auto& arm = experiment.arms.emplace_back();
    arm.name = std::move(name);
    arm.weight = 1;
  }
  return experiment;
}

// An arm whose people tried once each; a verification costs 0.30 when it completes, at most 0.90.
ArmTally arm(std::string name, std::int64_t ended, std::int64_t completed, std::int64_t passed,
             std::int64_t charged_micros = -1) {
  ArmTally tally;
  tally.name = std::move(name);
  tally.persons = tally.verifications = tally.admitted_first = ended;
  tally.completed = tally.completed_first = completed;
  tally.passed = tally.passed_first = passed;
  if (charged_micros < 0) charged_micros = completed * 300'000;
  tally.charged_micros = tally.charged_first_micros = charged_micros;
  tally.charge_max_micros = 900'000;
  return tally;
}

ExperimentReport report(const config::Experiment& experiment, std::vector<ArmTally> arms) {
  return experiment_report(experiment, {std::move(arms), {}});
}

TEST(ExperimentReport, GivesTheRatesOfFirstVerificationsThatWereAdmitted) {
  ArmTally tally = arm("new", 200, 150, 120);
  tally.persons = 260;
  tally.waiting = {60, 50, 40, 30, 15'000'000};  // shown, not judged
  tally.verifications = 400;                     // further tries only count in the totals
  tally.completed = 380;
  tally.passed = 300;
  tally.charged_micros = 114'000'001;
  tally.latency_sum_ms = 1'999;
  tally.latency_count = 4;
  const ExperimentReport seen = report(experiment(), {tally, arm("old", 100, 90, 80)});

  ASSERT_EQ(seen.arms.size(), 2u);
  const ArmReport& fresh = seen.arms[1];  // arms stand as in the config, not as counted
  EXPECT_EQ(fresh.tally.name, "new");
  EXPECT_EQ(fresh.tally.persons, 260);
  EXPECT_EQ(fresh.pass_rate.value, 0.6);
  EXPECT_EQ(fresh.completion_rate.value, 0.75);
  EXPECT_EQ(fresh.cost_per_pass, Money{380'000});  // 380,000.0033 rounded down
  EXPECT_EQ(fresh.cost_per_pass_first, Money{375'000});
  EXPECT_EQ(fresh.latency_mean_ms, 499);
  EXPECT_EQ(seen.arms[0].pass_rate.value, 0.8);
  EXPECT_FALSE(seen.arms[0].latency_mean_ms);
}

TEST(ExperimentReport, SplitsItsAlphaOverThreeMeansOfEveryArm) {
  config::Experiment of_three = experiment({"a", "b", "c"});
  of_three.alpha_ppm = 90'000;
  const ExperimentReport seen =
      report(of_three, {arm("a", 1'000, 900, 800), arm("b", 500, 400, 300), arm("c", 9, 8, 7)});
  EXPECT_EQ(seen.arms[1].pass_rate.interval, mean_interval(300, 500, 0.09 / 9));
  EXPECT_EQ(seen.arms[1].completion_rate.interval, mean_interval(400, 500, 0.09 / 9));
  const Interval charge = mean_interval(400 / 3., 500, 0.09 / 9);
  const Interval pass = seen.arms[1].pass_rate.interval;
  ASSERT_TRUE(seen.arms[1].cost_per_pass_interval);
  EXPECT_NEAR(static_cast<double>(seen.arms[1].cost_per_pass_interval->low.micros),
              charge.low / pass.high * 900'000, 1);
  EXPECT_NEAR(static_cast<double>(seen.arms[1].cost_per_pass_interval->high->micros),
              charge.high / pass.low * 900'000, 1);
  ASSERT_EQ(seen.comparisons.size(), 2u);
  EXPECT_EQ(seen.comparisons[1].arm, 2u);
  EXPECT_EQ(seen.comparisons[0].pass_rate.estimate.interval,
            difference(pass, seen.arms[0].pass_rate.interval));
}

TEST(ExperimentReport, RoundsIntervalsOfCostsOutward) {
  const ExperimentReport seen =
      report(experiment(), {arm("old", 1'000, 1'000, 900), arm("new", 1'000, 1'000, 900)});
  const Interval charge = mean_interval(1'000 / 3., 1'000, 0.05 / 6);
  const Interval pass = mean_interval(900, 1'000, 0.05 / 6);
  const MoneyInterval cost = *seen.arms[0].cost_per_pass_interval;
  EXPECT_EQ(cost.low.micros, std::floor(charge.low * 900'000 / pass.high));
  EXPECT_EQ(cost.high->micros, std::ceil(charge.high * 900'000 / pass.low));
  EXPECT_LT(cost.low, *seen.arms[0].cost_per_pass);
  EXPECT_GT(*cost.high, *seen.arms[0].cost_per_pass);
}

TEST(ExperimentReport, HasNothingToSayOfWhatWasNotSeen) {
  ArmTally unlimited = arm("new", 200, 100, 90);
  unlimited.charge_max_micros = 0;
  const ExperimentReport seen = report(experiment({"old", "new", "later"}),
                                       {arm("old", 200, 0, 0), unlimited, arm("gone", 9, 9, 9)});
  ASSERT_EQ(seen.arms.size(), 3u);
  EXPECT_FALSE(seen.arms[0].cost_per_pass);  // no pass
  EXPECT_EQ(seen.arms[0].cost_per_pass_interval->high, std::nullopt);
  EXPECT_TRUE(seen.arms[1].cost_per_pass);
  EXPECT_FALSE(seen.arms[1].cost_per_pass_interval);  // no bound on the charge
  EXPECT_EQ(seen.arms[2].tally.name, "later");
  EXPECT_FALSE(seen.arms[2].pass_rate.value);
  EXPECT_EQ(seen.arms[2].pass_rate.interval, (Interval{0, 1}));
  for (const ArmComparison& compared : seen.comparisons) {
    EXPECT_EQ(compared.cost_per_pass.finding, Finding::not_enough_data);
    EXPECT_FALSE(compared.cost_per_pass.estimate.value);
  }
  EXPECT_EQ(seen.comparisons[1].pass_rate.estimate.interval.low,
            0 - seen.arms[0].pass_rate.interval.high);
  EXPECT_FALSE(seen.reason_to_pause);
}

TEST(ExperimentReport, GivesNoIntervalWhenMoreWasChargedThanTheContractsAllow) {
  const ExperimentReport seen =
      report(experiment(), {arm("old", 100, 100, 90, 90'000'001), arm("new", 100, 100, 90)});
  EXPECT_FALSE(seen.arms[0].cost_per_pass_interval);
  EXPECT_TRUE(seen.arms[1].cost_per_pass_interval);
  EXPECT_EQ(seen.comparisons[0].cost_per_pass.finding, Finding::not_enough_data);
}

TEST(ExperimentReport, JudgesEveryArmAgainstControl) {
  struct Row {
    ArmTally control, treatment;
    Finding pass, completion, cost;
  };

  using enum Finding;
  const Row rows[] = {
      {arm("old", 9'000, 8'000, 7'000), arm("new", 9'000, 8'000, 7'000), no_difference_yet,
       no_difference_yet, no_difference_yet},
      {arm("old", 90'000, 80'000, 60'000), arm("new", 90'000, 80'000, 70'000), better,
       no_difference_yet, better},
      {arm("old", 90'000, 80'000, 70'000), arm("new", 90'000, 80'000, 60'000), worse,
       no_difference_yet, worse},
      {arm("old", 9'000, 7'000, 6'000, 2'000'000'000),
       arm("new", 9'000, 8'000, 6'000, 4'000'000'000), no_difference_yet, better, worse},
      {arm("old", 9'000, 8'000, 6'000, 4'000'000'000),
       arm("new", 9'000, 7'000, 6'000, 2'000'000'000), no_difference_yet, worse, better},
      // Few people: silence, but what is certain is said.
      {arm("old", 99, 90, 70), arm("new", 9'000, 8'100, 6'300), not_enough_data, not_enough_data,
       not_enough_data},
      {arm("old", 100, 90, 70), arm("new", 9'000, 8'100, 6'300), no_difference_yet,
       no_difference_yet, no_difference_yet},
      {arm("old", 60, 60, 55), arm("new", 60, 60, 5), worse, not_enough_data, not_enough_data},
      // Nobody passed: what a pass costs is not known, however many there are.
      {arm("old", 200, 0, 0), arm("new", 200, 100, 90), better, better, not_enough_data},
      {arm("old", 0, 0, 0), arm("new", 60, 60, 5), not_enough_data, not_enough_data,
       not_enough_data},
  };
  for (const Row& row : rows) {
    const ExperimentReport seen = report(experiment(), {row.control, row.treatment});
    ASSERT_EQ(seen.comparisons.size(), 1u);
    const auto index = &row - rows;
    EXPECT_EQ(seen.comparisons[0].pass_rate.finding, row.pass) << index;
    EXPECT_EQ(seen.comparisons[0].completion_rate.finding, row.completion) << index;
    EXPECT_EQ(seen.comparisons[0].cost_per_pass.finding, row.cost) << index;
  }
}

TEST(ExperimentReport, ComparesWithTheControlThatTheConfigNames) {
  config::Experiment backwards = experiment();
  backwards.control = 1;
  const ExperimentReport seen =
      report(backwards, {arm("old", 9'000, 8'000, 6'000), arm("new", 9'000, 8'000, 7'200)});
  ASSERT_EQ(seen.comparisons.size(), 1u);
  EXPECT_EQ(seen.comparisons[0].arm, 0u);
  EXPECT_NEAR(*seen.comparisons[0].pass_rate.estimate.value, -0.13333333, 1e-6);
  EXPECT_NEAR(*seen.comparisons[0].cost_per_pass.estimate.value, 1.2, 1e-9);
}

TEST(ExperimentReport, SaysItsFindingsInWords) {
  EXPECT_EQ(finding_text(Finding::better), "better");
  EXPECT_EQ(finding_text(Finding::worse), "worse");
  EXPECT_EQ(finding_text(Finding::no_difference_yet), "no difference seen yet");
  EXPECT_EQ(finding_text(Finding::not_enough_data), "not enough data");
}

TEST(ExperimentReport, PausesOnlyForAHarmThatIsSurelyLargerThanTolerated) {
  // Treatment passes 10 points fewer; the interval of the drop is about 6 to 14 points.
  const std::vector<ArmTally> arms = {arm("old", 9'000, 9'000, 7'200),
                                      arm("new", 9'000, 9'000, 6'300)};
  const Interval change = report(experiment(), arms).comparisons[0].pass_rate.estimate.interval;
  const auto certain_ppm = static_cast<std::uint32_t>(-change.high * 1e6);
  config::Experiment guarded = experiment();
  EXPECT_FALSE(report(guarded, arms).reason_to_pause);  // worse, but not guarded
  for (const std::uint32_t tolerated : {0u, 20'000u, certain_ppm}) {
    guarded.guardrail.pass_rate_drop_ppm = tolerated;
    EXPECT_TRUE(report(guarded, arms).reason_to_pause) << tolerated;
  }
  for (const std::uint32_t tolerated : {certain_ppm + 1, 100'000u, 200'000u}) {
    guarded.guardrail.pass_rate_drop_ppm = tolerated;
    EXPECT_FALSE(report(guarded, arms).reason_to_pause) << tolerated;
  }
  guarded.guardrail.pass_rate_drop_ppm = 0;
  EXPECT_FALSE(report(guarded, {arm("old", 9'000, 9'000, 6'300), arm("new", 9'000, 9'000, 7'200)})
                   .reason_to_pause);  // that is a gain
}

TEST(ExperimentReport, PausesForFewerCompletionsOrDearerPasses) {
  config::Experiment guarded = experiment({"old", "new", "same", "last"});
  guarded.guardrail.completion_rate_drop_ppm = 10'000;
  const std::vector<ArmTally> lost = {
      arm("old", 9'000, 8'000, 6'000), arm("same", 9'000, 8'000, 6'000),
      arm("new", 9'000, 7'000, 6'000), arm("last", 9'000, 7'000, 6'000)};
  const auto completion = report(guarded, lost).reason_to_pause;
  ASSERT_TRUE(completion);
  EXPECT_NE(completion->find("completion_rate_drop"), std::string::npos) << *completion;
  EXPECT_NE(completion->find("'new'"), std::string::npos) << *completion;

  config::Experiment dear = experiment();
  const std::vector<ArmTally> doubled = {arm("old", 9'000, 8'000, 6'000, 1'500'000'000),
                                         arm("new", 9'000, 8'000, 6'000, 3'000'000'000)};
  const double least = report(dear, doubled).comparisons[0].cost_per_pass.estimate.interval.low - 1;
  const auto certain_ppm = static_cast<std::uint32_t>(least * 1e6);
  EXPECT_GT(certain_ppm, 200'000u);
  EXPECT_FALSE(report(dear, doubled).reason_to_pause);
  dear.guardrail.cost_per_pass_rise_ppm = certain_ppm;
  EXPECT_TRUE(report(dear, doubled).reason_to_pause);
  dear.guardrail.cost_per_pass_rise_ppm = certain_ppm + 1;
  EXPECT_FALSE(report(dear, doubled).reason_to_pause);
}

TEST(ExperimentReport, SaysWhichArmAndGuardAndIntervalAndLimit) {
  config::Experiment guarded = experiment();
  guarded.guardrail.pass_rate_drop_ppm = 25'000;
  const std::vector<ArmTally> arms = {arm("old", 9'000, 9'000, 7'200),
                                      arm("new", 9'000, 9'000, 6'300)};
  EXPECT_EQ(
      report(guarded, arms).reason_to_pause,
      "Guardrail pass_rate_drop: 6.03 to 13.95 percentage points fewer people pass in arm 'new' "
      "than in control 'old', more than the tolerated 2.5 (95 % sure, however often one "
      "looks); look into the arm before the experiment goes on.");
  config::Experiment dear = experiment();
  dear.alpha_ppm = 1'000;
  dear.guardrail.cost_per_pass_rise_ppm = 0;
  EXPECT_EQ(
      report(dear, {arm("old", 9'000, 9'000, 9'000), arm("new", 9'000, 9'000, 0)}).reason_to_pause,
      "Guardrail cost_per_pass_rise: a pass costs at least 55620.91 % more in arm 'new' than "
      "in control 'old', more than the tolerated 0 % (99.9 % sure, however often one "
      "looks); look into the arm before the experiment goes on.");
}

TEST(ExperimentReport, ChecksTheSampleRatioOfEveryPhase) {
  ExperimentTally tally;
  tally.phases = {{{"old", 9, 9'010}, {"new", 1, 990}}, {{"old", 1, 4'980}, {"new", 1, 5'020}}};
  EXPECT_FALSE(experiment_report(experiment(), tally).sample_ratio.is_mismatch);
  EXPECT_EQ(experiment_report(experiment(), tally).sample_ratio.degrees_of_freedom, 2);
  tally.phases[1] = {{"old", 1, 5'400}, {"new", 1, 4'600}};
  EXPECT_TRUE(experiment_report(experiment(), tally).sample_ratio.is_mismatch);
}

}  // namespace
}  // namespace idswitch::routing
