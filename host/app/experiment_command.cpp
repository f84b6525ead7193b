#include <algorithm>
#include <iomanip>
#include <iostream>
#include <sstream>

#include "app/commands.hpp"
#include "config/config_load.hpp"
#include "present/experiment_json.hpp"
#include "present/text_table.hpp"
#include "present/verification_json.hpp"

namespace idswitch::app {
namespace {

using Row = std::vector<std::string>;

std::string fixed(double value, int decimals) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(decimals) << value;
  return out.str();
}

// "81.2 % (70.0 to 90.1)"
std::string percent_text(const routing::Estimate& estimate) {
  if (!estimate.value) return "-";
  return fixed(*estimate.value * 100, 1) + " % (" + fixed(estimate.interval.low * 100, 1) + " to " +
         fixed(estimate.interval.high * 100, 1) + ")";
}

std::string cost_text(const routing::ArmReport& arm) {
  if (!arm.cost_per_pass_first) return "-";
  std::string text = arm.cost_per_pass_first->text();
  const auto& interval = arm.cost_per_pass_interval;
  if (!interval) return text;
  return text + " (" + interval->low.text() +
         (interval->high ? " to " + interval->high->text() : " or more") + ")";
}

void print(const std::vector<Row>& rows) {
  std::cout << table_text(rows, {}, "  ");
}

void print_arms(const config::Experiment& experiment, const engine::ExperimentState& state) {
  std::vector<Row> rows{
      {"arm", "weight", "persons", "crossed", "admitted", "pass rate", "completion",
       state.currency.empty() ? "cost per pass" : "cost per pass, " + state.currency,
       "time to result"}};
  for (std::size_t i = 0; i < state.report.arms.size(); ++i) {
    const routing::ArmReport& arm = state.report.arms[i];
    rows.push_back({experiment.arms[i].name + (i == experiment.control ? " *" : ""),
                    std::to_string(experiment.arms[i].weight), std::to_string(arm.tally.persons),
                    std::to_string(state.crossovers[i]), std::to_string(arm.tally.admitted_first),
                    percent_text(arm.pass_rate), percent_text(arm.completion_rate),
                    state.currency.empty() ? "-" : cost_text(arm),
                    arm.latency_mean_ms
                        ? fixed(static_cast<double>(*arm.latency_mean_ms) / 1000, 1) + " s"
                        : "-"});
  }
  print(rows);
}

// What is known of those that are not judged yet.
void print_waiting(const config::Experiment& experiment, const engine::ExperimentState& state) {
  if (state.admission_age_ms > 0) {
    std::cout << "  admitted, and judged: as they stood "
              << fixed(static_cast<double>(state.admission_age_ms) / 60'000, 0)
              << " min after their start or later\n";
  }
  std::vector<Row> rows{{"waiting, not judged", "persons", "ended", "completed", "passed"}};
  for (std::size_t i = 0; i < state.report.arms.size(); ++i) {
    const routing::WaitingTally& waiting = state.report.arms[i].tally.waiting;
    rows.push_back({experiment.arms[i].name, std::to_string(waiting.persons),
                    std::to_string(waiting.ended), std::to_string(waiting.completed),
                    std::to_string(waiting.passed)});
  }
  print(rows);
}

// "-3.1 points (-5.0 to -1.2): worse"
std::string points_text(const routing::Comparison& compared) {
  const routing::Interval& interval = compared.estimate.interval;
  const std::string value =
      compared.estimate.value ? fixed(*compared.estimate.value * 100, 1) + " points" : "-";
  return value + " (" + fixed(interval.low * 100, 1) + " to " + fixed(interval.high * 100, 1) +
         "): " + std::string(routing::finding_text(compared.finding));
}

std::string times_text(const routing::Comparison& compared) {
  const routing::Interval& interval = compared.estimate.interval;
  const std::string value =
      compared.estimate.value ? "x " + fixed(*compared.estimate.value, 2) : "-";
  return value + " (" + fixed(interval.low, 2) +
         (interval.high < 1e9 ? " to " + fixed(interval.high, 2) : " or more") +
         "): " + std::string(routing::finding_text(compared.finding));
}

void print_comparisons(const config::Experiment& experiment, const engine::ExperimentState& state) {
  for (const routing::ArmComparison& compared : state.report.comparisons) {
    std::cout << "  " << experiment.arms[compared.arm].name << " against "
              << experiment.arms[experiment.control].name << "\n";
    print({{"  pass rate", points_text(compared.pass_rate)},
           {"  completion", points_text(compared.completion_rate)},
           {"  cost per pass", state.currency.empty() ? "-" : times_text(compared.cost_per_pass)}});
  }
}

void print_report(const config::Experiment& experiment, const engine::ExperimentState& state) {
  std::cout << experiment.name << ": seed " << experiment.seed << ", coverage "
            << fixed(experiment.coverage_ppm / 1e4, 1) << " %, "
            << (state.pause ? "PAUSED since " + api::timestamp(state.pause->paused_unix_ms)
                            : "running")
            << "\n";
  if (state.pause) std::cout << "  " << state.pause->why << "\n";
  print_arms(experiment, state);
  print_waiting(experiment, state);
  print_comparisons(experiment, state);
  if (!state.no_costs.empty()) std::cout << "  " << state.no_costs << "\n";
  const routing::SampleRatio& ratio = state.report.sample_ratio;
  std::cout << "  sample ratio: "
            << (ratio.is_mismatch
                    ? "MISMATCH: people are lost or doubled on the way; trust no other number"
                    : "as the weights say")
            << " (p " << fixed(ratio.p_value, 3) << ", for display)\n";
  if (const auto& reason = state.report.reason_to_pause) std::cout << "  " << *reason << "\n";
  std::cout << "  * control. In parentheses what is certain to "
            << fixed(100 - experiment.alpha_ppm / 1e4, 1)
            << " %, for all of it together, however often one looks.\n";
}

// Which ones are asked for; empty after a complaint.
std::vector<const config::Experiment*> chosen(const config::Tenant& tenant,
                                              const std::string& name) {
  std::vector<const config::Experiment*> experiments;
  for (const config::Experiment& one : tenant.experiments) {
    if (name.empty() || one.name == name) experiments.push_back(&one);
  }
  if (!experiments.empty()) return experiments;
  std::cerr << (name.empty() ? "tenant " + tenant.name + " has no experiments"
                             : api::no_such_experiment(tenant, name).detail())
            << "\n";
  return experiments;
}

}  // namespace

int experiment_report(const ExperimentOptions& options) {
  const config::LoadResult loaded = config::load_file(options.config_file);
  for (const config::Complaint& complaint : loaded.complaints) {
    std::cerr << complaint.line() << "\n";
  }
  if (!loaded.complaints.empty()) return 2;
  const auto tenant = loaded.config.tenants.find(options.tenant);
  if (tenant == loaded.config.tenants.end()) {
    std::cerr << "the configuration has no tenant " << options.tenant << "\n";
    return 2;
  }
  const auto experiments = chosen(tenant->second, options.experiment);
  if (experiments.empty()) return 2;
  const auto store = store::Store::open_for_reading(loaded.config.store.path);
  if (!store) {
    std::cerr << store.error().detail() << "\n";
    return 2;
  }
  std::string json;
  for (const config::Experiment* experiment : experiments) {
    const auto state =
        engine::experiment_state(loaded.config, tenant->second, *experiment, **store);
    if (!state) {
      std::cerr << state.error().detail() << "\n";
      return 1;
    }
    if (!options.as_json) {
      if (experiment != experiments.front()) std::cout << "\n";
      print_report(*experiment, *state);
      continue;
    }
    json += (json.empty() ? "" : ",") + api::experiment_report_json(*experiment, *state);
  }
  // One by its name is what GET /v1/experiments/NAME answers.
  if (options.as_json && options.experiment.empty()) json = "{\"experiments\":[" + json + "]}";
  if (options.as_json) std::cout << json << "\n";
  return 0;
}

}  // namespace idswitch::app
