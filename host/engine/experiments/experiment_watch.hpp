#pragma once

// ExperimentWatch: looks at experiments while they run: reads what the store has counted, lets
// routing/ judge it, and pauses an experiment whose guardrail has tripped. Which ones are paused is
// said by the store; Traffic, which decisions ask, follows it in the order of the commits.
// Everything here blocks, for seconds with a million exposures: never call it on a lane. Any
// thread.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "engine/traffic/traffic.hpp"
#include "routing/experiment_report.hpp"
#include "store/store.hpp"

namespace idswitch::engine {

// An experiment as it stands.
struct ExperimentState {
  routing::ExperimentReport report;
  std::vector<std::int64_t> crossovers;  // beside report.arms: persons who met another arm later
  std::string currency;                  // of all charges; empty = there are no cost figures
  std::string no_costs;                  // why there are none, in a sentence
  std::optional<store::ExperimentPause> pause;
};

// Reads weights_text() back; nobody is assigned yet. Error: storage_failed, it is not such a text.
Result<std::vector<routing::ArmAssignment>> read_weights(std::string_view text);

// The most that one verification of the arm can cost: a unit of every SKU, at the worst price of
// any version of its contract, at every account that a person of the arm may be handed on to.
std::int64_t charge_max_micros(const config::Config& config, const config::Tenant& tenant,
                               const config::Experiment& experiment, const config::Arm& arm);

// nullptr when the tenant has no such experiment.
const config::Experiment* find_experiment(const config::Tenant& tenant, std::string_view name);

// Of this name and seed.
std::optional<store::ExperimentPause> find_pause(const std::vector<store::ExperimentPause>& pauses,
                                                 const std::string& tenant,
                                                 const config::Experiment& experiment);

Result<ExperimentState> experiment_state(const config::Config& config, const config::Tenant& tenant,
                                         const config::Experiment& experiment, store::Store& store);

// Everybody gets control, and nobody is counted, from the moment this is durable. One that is
// paused already stays as it is.
Result<void> pause_experiment(store::Store& store, Traffic& traffic, const config::Tenant& tenant,
                              const config::Experiment& experiment, std::int64_t now_unix_ms,
                              std::string why);

// Error: conflict when the guardrail of this configuration would pause it again at once.
Result<void> resume_experiment(const config::Config& config, store::Store& store, Traffic& traffic,
                               const config::Tenant& tenant, const config::Experiment& experiment);

// How long to wait after a look that took so long: looking shall take 5 % of the time at most.
std::chrono::nanoseconds rest_after(std::chrono::nanoseconds look);

class ExperimentWatch {
 public:
  ExperimentWatch(store::Store& store, Traffic& traffic, const Clock& clock)
      : store_(store), traffic_(traffic), clock_(clock) {}

  // Judges every guarded experiment that is not paused; goes_on is asked before each. What cannot
  // be read or written is logged, and looked at again the next time.
  void look(const config::Config& config, const std::function<bool()>& goes_on);

 private:
  Result<void> judge(const config::Config& config, const config::Tenant& tenant,
                     const config::Experiment& experiment);

  store::Store& store_;
  Traffic& traffic_;
  const Clock& clock_;
};

}  // namespace idswitch::engine
