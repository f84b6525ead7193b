#pragma once

// ExperimentReport: what an experiment has shown so far, and whether a guardrail must pause it.
// Pure: tallies in, report out; it may be made after every outcome. Any thread.
//
// The unit is a person's FIRST verification in the experiment: the tries of one person are not
// independent, so further tries count only in the totals. It is an observation from the moment it
// is ADMITTED, which depends on its age alone and comes alike in all arms; what it is worth was
// fixed then. So the order of the observations is that of the exposures. An order in which they end
// is none: an arm whose vendor gives up on people later would at first consist of those who finish.
// One that has not ended when it is admitted is neither passed nor completed. Both rates are shares
// of all that were admitted, also of those that no vendor could start: an arm that loses people
// before the check shall not look better for it.
//
// The alpha of the experiment is the chance of any false statement about its arms, over all time.
// Three means are watched per arm (pass rate, completion rate, charge), each with alpha / (3 arms);
// every comparison and guard follows from them, and holds when they hold.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/values/money.hpp"
#include "config/rules.hpp"
#include "routing/confidence.hpp"
#include "routing/sample_ratio.hpp"

namespace idswitch::routing {

// First verifications that are too young to be admitted.
struct WaitingTally {
  std::int64_t persons = 0;
  std::int64_t ended = 0;  // has a status that is final (completed, expired, failed, cancelled)
  std::int64_t completed = 0;
  std::int64_t passed = 0;
  std::int64_t charged_micros = 0;
};

// What was counted of one arm. All charges are of one currency, that of the experiment's accounts.
struct ArmTally {
  std::string name;
  std::int64_t persons = 0;

  // Totals, all tries of all people.
  std::int64_t verifications = 0;
  std::int64_t completed = 0;
  std::int64_t passed = 0;
  std::int64_t charged_micros = 0;

  // First verifications that were admitted: these are judged; passed <= completed <= admitted.
  std::int64_t admitted_first = 0;
  std::int64_t completed_first = 0;
  std::int64_t passed_first = 0;
  std::int64_t charged_first_micros = 0;

  // Those that were not, as they stand now: these are shown, and never judged.
  WaitingTally waiting;

  // The largest that one verification of this arm can cost by its accounts' contracts, failover
  // included; not the largest seen. 0 = not known, then the cost has no interval.
  std::int64_t charge_max_micros = 0;

  std::int64_t latency_sum_ms = 0;
  std::int64_t latency_count = 0;
};

// What was assigned to one arm while the weights stayed the same.
struct ArmAssignment {
  std::string name;
  std::uint32_t weight = 0;
  std::int64_t persons = 0;  // assigned for the first time in this phase
};

struct ExperimentTally {
  std::vector<ArmTally> arms;  // in any order; none for an arm nobody is in yet
  // Per set of weights, every arm that had one; those without persons too: their absence is what
  // the sample ratio check looks for.
  std::vector<std::vector<ArmAssignment>> phases;
};

struct Estimate {
  std::optional<double> value;  // nothing = nothing observed
  Interval interval;
};

// Rounded outward to whole micro-units.
struct MoneyInterval {
  Money low;
  std::optional<Money> high;  // nothing = nothing bounds it yet

  friend bool operator==(const MoneyInterval&, const MoneyInterval&) = default;
};

struct ArmReport {
  ArmTally tally;
  Estimate pass_rate;
  Estimate completion_rate;
  // Charges divided by passes, rounded down; nothing without a pass. The total is what was paid,
  // the one of first verifications is what the interval is about.
  std::optional<Money> cost_per_pass;
  std::optional<Money> cost_per_pass_first;
  std::optional<MoneyInterval> cost_per_pass_interval;
  std::optional<std::int64_t> latency_mean_ms;
};

enum class Finding : std::uint8_t {
  better,  // than control; of a cost: lower
  worse,
  no_difference_yet,
  not_enough_data,  // as no_difference_yet, with too few admitted people to expect one
};

// "better", "worse", "no difference seen yet", "not enough data".
std::string_view finding_text(Finding finding);

inline constexpr std::int64_t k_persons_to_compare = 100;  // below: not_enough_data

struct Comparison {
  Estimate estimate;
  Finding finding = Finding::not_enough_data;
};

// A treatment arm against control.
struct ArmComparison {
  std::size_t arm = 0;         // index into Experiment::arms
  Comparison pass_rate;        // treatment - control
  Comparison completion_rate;  // treatment - control
  Comparison cost_per_pass;    // treatment / control, of first verifications
};

struct ExperimentReport {
  std::vector<ArmReport> arms;             // as in Experiment::arms
  std::vector<ArmComparison> comparisons;  // every arm but control
  SampleRatio sample_ratio;
  // The first guardrail that tripped, in a sentence: its interval shows a harm larger than the
  // configured tolerance.
  std::optional<std::string> reason_to_pause;
};

ExperimentReport experiment_report(const config::Experiment& experiment,
                                   const ExperimentTally& tally);

}  // namespace idswitch::routing
