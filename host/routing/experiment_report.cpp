#include "routing/experiment_report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace idswitch::routing {
namespace {

constexpr double k_means_per_arm = 3;  // pass rate, completion rate, charge
constexpr double k_micros_max = 9e18;  // what fits into Money, with room

// An integer in units of 10^-decimals, as text: (-530, 2) is "-5.30".
std::string decimal(std::int64_t units, int decimals) {
  std::string digits = std::to_string(units < 0 ? -units : units);
  const auto fraction = static_cast<std::size_t>(decimals);
  if (digits.size() <= fraction) digits.insert(0, fraction + 1 - digits.size(), '0');
  digits.insert(digits.size() - fraction, ".");
  return (units < 0 ? "-" : "") + digits;
}

std::string percent(std::uint32_t ppm) {
  std::string text = decimal(ppm, 4);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

Estimate share(std::int64_t count, std::int64_t of, double alpha) {
  Estimate result;
  if (of <= 0) return result;
  result.value = static_cast<double>(count) / static_cast<double>(of);
  result.interval = mean_interval(static_cast<double>(count), static_cast<double>(of), alpha);
  return result;
}

// Mean charge of an admitted first verification, in micro-units.
std::optional<Interval> charge_interval(const ArmTally& tally, double alpha) {
  if (tally.charge_max_micros <= 0) return std::nullopt;
  const auto count = static_cast<double>(tally.admitted_first);
  const auto largest = static_cast<double>(tally.charge_max_micros);
  const double sum = static_cast<double>(tally.charged_first_micros) / largest;
  // More than the contracts allow was charged: the bound is wrong, and so would the interval be.
  if (sum > count || sum < 0) return std::nullopt;
  const Interval scaled = mean_interval(sum, count, alpha);
  return Interval{scaled.low * largest, scaled.high * largest};
}

std::optional<Money> quotient(std::int64_t charged_micros, std::int64_t passed) {
  if (passed <= 0) return std::nullopt;
  return Money{charged_micros / passed};
}

MoneyInterval rounded_outward(const Interval& micros) {
  MoneyInterval result;
  result.low.micros = static_cast<std::int64_t>(std::floor(std::min(micros.low, k_micros_max)));
  if (micros.high < k_micros_max) {
    result.high = Money{static_cast<std::int64_t>(std::ceil(micros.high))};
  }
  return result;
}

struct JudgedArm {
  ArmReport report;
  std::optional<Interval> cost;  // per pass, micro-units
};

JudgedArm judge_arm(const ArmTally& tally, double alpha) {
  JudgedArm arm;
  ArmReport& report = arm.report;
  report.tally = tally;
  report.pass_rate = share(tally.passed_first, tally.admitted_first, alpha);
  report.completion_rate = share(tally.completed_first, tally.admitted_first, alpha);
  report.cost_per_pass = quotient(tally.charged_micros, tally.passed);
  report.cost_per_pass_first = quotient(tally.charged_first_micros, tally.passed_first);
  if (const auto charge = charge_interval(tally, alpha)) {
    arm.cost = ratio(*charge, report.pass_rate.interval);
    report.cost_per_pass_interval = rounded_outward(*arm.cost);
  }
  if (tally.latency_count > 0) report.latency_mean_ms = tally.latency_sum_ms / tally.latency_count;
  return arm;
}

// `equal`: the value of no difference.
Finding find(const Interval& interval, double equal, bool is_more_better, bool is_enough) {
  if (interval.low > equal) return is_more_better ? Finding::better : Finding::worse;
  if (interval.high < equal) return is_more_better ? Finding::worse : Finding::better;
  return is_enough ? Finding::no_difference_yet : Finding::not_enough_data;
}

Comparison compare_shares(const Estimate& treatment, const Estimate& control, bool is_enough) {
  Comparison result;
  if (treatment.value && control.value) result.estimate.value = *treatment.value - *control.value;
  result.estimate.interval = difference(treatment.interval, control.interval);
  result.finding = find(result.estimate.interval, 0, true, is_enough);
  return result;
}

Comparison compare_costs(const JudgedArm& treatment, const JudgedArm& control, bool is_enough) {
  Comparison result;
  result.estimate.interval = {0, std::numeric_limits<double>::infinity()};
  const ArmTally& of_treatment = treatment.report.tally;
  const ArmTally& of_control = control.report.tally;
  if (of_treatment.passed_first > 0 && of_control.passed_first > 0 &&
      of_control.charged_first_micros > 0) {
    result.estimate.value = static_cast<double>(of_treatment.charged_first_micros) /
                            static_cast<double>(of_treatment.passed_first) /
                            static_cast<double>(of_control.charged_first_micros) *
                            static_cast<double>(of_control.passed_first);
  }
  if (!treatment.cost || !control.cost) return result;
  result.estimate.interval = ratio(*treatment.cost, *control.cost);
  // Without an upper end nothing was to be seen: one of the arms has no pass, or control no charge.
  const bool is_bounded = result.estimate.interval.high < std::numeric_limits<double>::infinity();
  result.finding = find(result.estimate.interval, 1, false, is_enough && is_bounded);
  return result;
}

ArmComparison compare(std::size_t index, const JudgedArm& treatment, const JudgedArm& control) {
  const bool is_enough = std::min(treatment.report.tally.admitted_first,
                                  control.report.tally.admitted_first) >= k_persons_to_compare;
  ArmComparison result;
  result.arm = index;
  result.pass_rate =
      compare_shares(treatment.report.pass_rate, control.report.pass_rate, is_enough);
  result.completion_rate =
      compare_shares(treatment.report.completion_rate, control.report.completion_rate, is_enough);
  result.cost_per_pass = compare_costs(treatment, control, is_enough);
  return result;
}

// Two shares as "5.30 to 9.12", hundredths of a percent, rounded outward.
std::string percent_range(double low, double high) {
  const auto hundredths = [](double value) { return static_cast<std::int64_t>(value); };
  if (!(high * 10'000 < k_micros_max)) {
    return "at least " + decimal(hundredths(std::floor(low * 10'000)), 2);
  }
  return decimal(hundredths(std::floor(low * 10'000)), 2) + " to " +
         decimal(hundredths(std::ceil(high * 10'000)), 2);
}

// The sentences of the guards, for one treatment arm.
class Guards {
 public:
  Guards(const config::Experiment& experiment, const ArmComparison& compared)
      : experiment_(experiment), compared_(compared) {}

  std::optional<std::string> reason() const {
    const config::Guardrail& guard = experiment_.guardrail;
    if (auto text = drop("pass_rate_drop", "pass", guard.pass_rate_drop_ppm, compared_.pass_rate)) {
      return text;
    }
    if (auto text = drop("completion_rate_drop", "complete", guard.completion_rate_drop_ppm,
                         compared_.completion_rate)) {
      return text;
    }
    return cost_rise();
  }

 private:
  std::optional<std::string> drop(const char* guard, const char* verb,
                                  const std::optional<std::uint32_t>& tolerance_ppm,
                                  const Comparison& compared) const {
    const Interval& change = compared.estimate.interval;
    if (!tolerance_ppm || !(change.high < -(*tolerance_ppm / 1e6))) return std::nullopt;
    return std::string("Guardrail ") + guard + ": " + percent_range(-change.high, -change.low) +
           " percentage points fewer people " + verb + " in arm '" + arm() + "' than in control '" +
           control() + "', more than the tolerated " + percent(*tolerance_ppm) + certainty();
  }

  std::optional<std::string> cost_rise() const {
    const auto& tolerance_ppm = experiment_.guardrail.cost_per_pass_rise_ppm;
    const Interval& times = compared_.cost_per_pass.estimate.interval;
    if (!tolerance_ppm || !(times.low > 1 + *tolerance_ppm / 1e6)) return std::nullopt;
    return "Guardrail cost_per_pass_rise: a pass costs " +
           percent_range(times.low - 1, times.high - 1) + " % more in arm '" + arm() +
           "' than in control '" + control() + "', more than the tolerated " +
           percent(*tolerance_ppm) + " %" + certainty();
  }

  const std::string& arm() const { return experiment_.arms[compared_.arm].name; }

  const std::string& control() const { return experiment_.arms[experiment_.control].name; }

  std::string certainty() const {
    return " (" + percent(config::k_all_ppm - experiment_.alpha_ppm) +
           " % sure, however often one looks); look into the arm before the experiment goes on.";
  }

  const config::Experiment& experiment_;
  const ArmComparison& compared_;
};

ArmTally tally_of(const std::string& name, const ExperimentTally& tally) {
  const auto found = std::find_if(tally.arms.begin(), tally.arms.end(),
                                  [&](const ArmTally& arm) { return arm.name == name; });
  if (found != tally.arms.end()) return *found;
  ArmTally nothing;
  nothing.name = name;
  return nothing;
}

std::vector<AssignmentPhase> phases_of(const ExperimentTally& tally) {
  std::vector<AssignmentPhase> phases;
  for (const auto& arms : tally.phases) {
    AssignmentPhase& phase = phases.emplace_back();
    for (const ArmAssignment& arm : arms) {
      phase.weights.push_back(arm.weight);
      phase.persons.push_back(arm.persons);
    }
  }
  return phases;
}

}  // namespace

std::string_view finding_text(Finding finding) {
  switch (finding) {
    case Finding::better: return "better";
    case Finding::worse: return "worse";
    case Finding::no_difference_yet: return "no difference seen yet";
    case Finding::not_enough_data: break;
  }
  return "not enough data";
}

ExperimentReport experiment_report(const config::Experiment& experiment,
                                   const ExperimentTally& tally) {
  const double alpha =
      experiment.alpha_ppm / 1e6 / (k_means_per_arm * static_cast<double>(experiment.arms.size()));
  std::vector<JudgedArm> judged;
  for (const config::Arm& arm : experiment.arms) {
    judged.push_back(judge_arm(tally_of(arm.name, tally), alpha));
  }
  ExperimentReport report;
  for (std::size_t i = 0; i < judged.size(); ++i) {
    if (i == experiment.control) continue;
    const auto& compared =
        report.comparisons.emplace_back(compare(i, judged[i], judged[experiment.control]));
    if (!report.reason_to_pause) report.reason_to_pause = Guards(experiment, compared).reason();
  }
  for (JudgedArm& arm : judged) report.arms.push_back(std::move(arm.report));
  report.sample_ratio = sample_ratio(phases_of(tally));
  return report;
}

}  // namespace idswitch::routing
