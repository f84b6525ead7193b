// Whole experiments, simulated: how often a false alarm is raised when one looks after every
// outcome, and how soon a real difference is found.

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "routing/experiment_report.hpp"
#include "routing/person_draw.hpp"

namespace idswitch::routing {
namespace {

constexpr std::int64_t k_charge_max_micros = 900'000;

config::Experiment experiment() {
  config::Experiment experiment;
  experiment.arms.resize(2);
  experiment.arms[0].name = "control";
  experiment.arms[1].name = "treatment";
  experiment.arms[0].weight = experiment.arms[1].weight = 1;
  experiment.guardrail.pass_rate_drop_ppm = 0;
  experiment.guardrail.completion_rate_drop_ppm = 0;
  experiment.guardrail.cost_per_pass_rise_ppm = 0;
  return experiment;
}

// One experiment as it goes on. Of the people nine tenths complete; a verification is charged once,
// and one in ten that completes three times.
class SimulatedExperiment {
 public:
  SimulatedExperiment(int number, double control_pass_rate, double treatment_pass_rate)
      : random_(1'000 + static_cast<std::uint64_t>(number)),
        salt_("run-" + std::to_string(number)),
        pass_rates_{control_pass_rate, treatment_pass_rate} {
    tally_.arms.resize(2);
    for (std::size_t i = 0; i < 2; ++i) {
      tally_.arms[i].name = experiment_.arms[i].name;
      tally_.arms[i].charge_max_micros = k_charge_max_micros;
    }
  }

  void add_person() {
    const DrawPart parts[] = {{experiment_.arms[0].name, 1}, {experiment_.arms[1].name, 1}};
    const PersonDraw draw(salt_, "user-" + std::to_string(people_++));
    const std::size_t index = draw.first(parts);
    ArmTally& arm = tally_.arms[index];
    ++arm.admitted_first;
    arm.charged_first_micros += 300'000;
    const double completion_rate = 0.95;
    if (uniform() >= completion_rate) return;
    ++arm.completed_first;
    if (uniform() < 0.1) arm.charged_first_micros += 600'000;
    if (uniform() < pass_rates_[index] / completion_rate) ++arm.passed_first;
  }

  const ArmTally& arm(std::size_t index) const { return tally_.arms[index]; }

  ExperimentReport report() const { return experiment_report(experiment_, tally_); }

 private:
  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  const config::Experiment experiment_ = experiment();
  ExperimentTally tally_;
  std::mt19937_64 random_;
  std::string salt_;
  double pass_rates_[2];
  int people_ = 0;
};

bool is_alarm(const ExperimentReport& report) {
  const auto is_said = [](const Comparison& compared) {
    return compared.finding == Finding::better || compared.finding == Finding::worse;
  };
  const ArmComparison& compared = report.comparisons.at(0);
  return report.reason_to_pause.has_value() || is_said(compared.pass_rate) ||
         is_said(compared.completion_rate) || is_said(compared.cost_per_pass);
}

// Whether two means' intervals do not overlap: whether some mean is ruled out for both. Halves the
// gap until both or neither are ruled out there, most often at once: the cheap way to look.
bool are_apart(double sum_a, double count_a, double sum_b, double count_b, double limit) {
  if (count_a == 0 || count_b == 0) return false;
  if (sum_a / count_a > sum_b / count_b) {
    std::swap(sum_a, sum_b);
    std::swap(count_a, count_b);
  }
  double low = sum_a / count_a, high = sum_b / count_b;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    const bool is_above_a = log_mean_evidence(sum_a, count_a, middle) >= limit;
    const bool is_below_b = log_mean_evidence(sum_b, count_b, middle) >= limit;
    if (is_above_a == is_below_b) return is_above_a;
    (is_above_a ? high : low) = middle;
  }
  return true;
}

// False only when the report raises no alarm. A cost per pass can only differ surely where the
// charges or the pass rates do, since both arms have the same largest charge.
bool may_alarm(const SimulatedExperiment& run) {
  const ArmTally &a = run.arm(0), &b = run.arm(1);
  const double limit = -std::log(0.05 / 6) - 1e-9;
  const auto differs = [&](std::int64_t ArmTally::*sum, double unit) {
    return are_apart(static_cast<double>(a.*sum) / unit, static_cast<double>(a.admitted_first),
                     static_cast<double>(b.*sum) / unit, static_cast<double>(b.admitted_first),
                     limit);
  };
  return differs(&ArmTally::passed_first, 1) || differs(&ArmTally::completed_first, 1) ||
         differs(&ArmTally::charged_first_micros, k_charge_max_micros);
}

// The test that is taught for samples of fixed size, at p < 0.05.
bool says_fixed_sample_test(const ArmTally& a, const ArmTally& b) {
  const auto count_a = static_cast<double>(a.admitted_first);
  const auto count_b = static_cast<double>(b.admitted_first);
  if (std::min(count_a, count_b) < k_persons_to_compare) return false;
  const double share_a = static_cast<double>(a.passed_first) / count_a;
  const double share_b = static_cast<double>(b.passed_first) / count_b;
  const double share = static_cast<double>(a.passed_first + b.passed_first) / (count_a + count_b);
  const double variance = share * (1 - share) * (1 / count_a + 1 / count_b);
  return std::abs(share_a - share_b) > 1.96 * std::sqrt(variance);
}

TEST(ExperimentSimulation, WithoutADifferenceSeldomAlarmsThoughLookedAtAfterEveryOutcome) {
  constexpr int k_runs = 1'000, k_outcomes = 2'000;
  int alarms = 0, alarms_of_fixed_sample_test = 0;
  for (int number = 0; number < k_runs; ++number) {
    SimulatedExperiment run(number, 0.85, 0.85);
    bool has_alarmed = false, has_fixed_alarmed = false;
    for (int i = 0; i < k_outcomes; ++i) {
      run.add_person();
      const bool may = may_alarm(run);
      if (may || i % 250 == 0) {
        const bool is = is_alarm(run.report());
        ASSERT_TRUE(may || !is) << "the cheap look overlooks an alarm, run " << number;
        has_alarmed |= is;
      }
      has_fixed_alarmed |= says_fixed_sample_test(run.arm(0), run.arm(1));
    }
    alarms += has_alarmed;
    alarms_of_fixed_sample_test += has_fixed_alarmed;
  }
  EXPECT_LE(alarms, k_runs / 20);
  // The same runs, looked at as often with a test that is not made for it: this can fail.
  EXPECT_GT(alarms_of_fixed_sample_test, k_runs / 5);
}

TEST(ExperimentSimulation, FindsADifferenceOfFivePointsWithinTwentyThousandPeopleAnArm) {
  constexpr int k_runs = 200;
  int found = 0, wrong = 0;
  for (int number = 0; number < k_runs; ++number) {
    SimulatedExperiment run(number, 0.85, 0.80);
    for (int looks = 0; looks < 80; ++looks) {
      for (int i = 0; i < 500; ++i) run.add_person();
      const ExperimentReport report = run.report();
      const Finding finding = report.comparisons.at(0).pass_rate.finding;
      wrong += finding == Finding::better;
      if (finding != Finding::worse) continue;
      EXPECT_TRUE(report.reason_to_pause);
      ++found;
      break;
    }
  }
  EXPECT_GE(found, k_runs * 95 / 100);
  EXPECT_EQ(wrong, 0);
}

TEST(ExperimentSimulation, SaysTheOppositeOfADifferenceTheOtherWay) {
  SimulatedExperiment run(1, 0.80, 0.85);
  for (int i = 0; i < 40'000; ++i) run.add_person();
  EXPECT_EQ(run.report().comparisons.at(0).pass_rate.finding, Finding::better);
  EXPECT_FALSE(run.report().reason_to_pause);
}

}  // namespace
}  // namespace idswitch::routing
