#pragma once

// ExperimentWatch: looks at experiments while they run: admits what has become old enough, lets
// routing/ judge what was admitted, and pauses an experiment whose guardrail has tripped. Which
// ones are paused is said by the store; Traffic, which decisions ask, follows it in the order of
// the commits.
// Everything here blocks: never call it on a lane. A look is bounded, however many people an
// experiment has. Any thread, but one look at a time.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "config/config.hpp"
#include "engine/setup/setup.hpp"
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
  std::int64_t admission_age_ms = 0;  // 0 = nobody has looked at it yet
};

// At most so many exposures are read at once, and in one look so many times that.
inline constexpr std::size_t k_admission_step = 1'000;
inline constexpr int k_admission_steps_per_look = 50;

// Reads weights_text() back; nobody is assigned yet. Error: storage_failed, it is not such a text.
Result<std::vector<routing::ArmAssignment>> read_weights(std::string_view text);

// The most that one verification of the arm can cost: a unit of every SKU, at the worst price of
// any version of its contract, at every account that a person of the arm may be handed on to.
std::int64_t charge_max_micros(const config::Config& config, const config::Tenant& tenant,
                               const config::Experiment& experiment, const config::Arm& arm);

// How old an exposure has to be to count, from the products that may serve somebody of any arm.
std::int64_t admission_age_ms(const Setup& setup, const config::Tenant& tenant,
                              const config::Experiment& experiment);

// What routing/ is told of an arm. admitted, waiting: the arm's counts of the two kinds. Without
// costs those are left 0: the report then has no interval for them, and no guard trips.
routing::ArmTally arm_tally(const store::ArmCounts& admitted, const store::ArmCounts& waiting,
                            bool has_costs, std::int64_t charge_max_micros);

// nullptr when the tenant has no such experiment.
const config::Experiment* find_experiment(const config::Tenant& tenant, std::string_view name);

// Of this name and seed.
std::optional<store::ExperimentPause> find_pause(const std::vector<store::ExperimentPause>& pauses,
                                                 const std::string& tenant,
                                                 const config::Experiment& experiment);

// with_waiting: also what nobody is judged by, which has to be read.
Result<ExperimentState> experiment_state(const config::Config& config, const config::Tenant& tenant,
                                         const config::Experiment& experiment, store::Store& store,
                                         bool with_waiting = true);

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

  // Admits what is old enough in every experiment, and judges those that are guarded and not
  // paused. goes_on is asked before each step. What cannot be read or written is logged, and looked
  // at again the next time.
  void look(const Setup& setup, const std::function<bool()>& goes_on);

 private:
  struct Watched {
    const config::Tenant* tenant;
    const config::Experiment* experiment;
    std::int64_t age_ms;
    bool is_behind;
  };

  // By turns, so that one with many people to catch up with does not keep the others waiting;
  // false: told to stop.
  bool admit(std::vector<Watched>& all, const std::function<bool()>& goes_on);
  // Whether there may be more to admit.
  Result<bool> admit_step(const Watched& watched);
  Result<void> judge(const config::Config& config, const config::Tenant& tenant,
                     const config::Experiment& experiment);

  store::Store& store_;
  Traffic& traffic_;
  const Clock& clock_;
};

}  // namespace idswitch::engine
