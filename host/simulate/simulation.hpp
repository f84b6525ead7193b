#pragma once

// Simulation: what a draft configuration would do with a population of requests, beside the running
// one, as figures. Recorded traffic is run through by recorded_simulation.hpp, a generated
// population by population_simulation.hpp; here is what both report. Figures for people to read, so
// rates are floating-point numbers; money is not. Plain values; any thread.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/values/money.hpp"

namespace idswitch::engine {

// Below so many (effective) requests a pass rate is never shown.
inline constexpr double k_effective_min = 30;
// A total is shown when at least this share of the volume has a pass rate behind it.
inline constexpr double k_supported_min = 0.95;

// Outcomes that speak for a pass rate, each with the weight of how many requests it stands for.
class WeightedOutcomes {
 public:
  void add(bool passed, double weight);

  std::int64_t count() const { return count_; }

  // How many equally weighted outcomes would say as much: (sum w)^2 / sum w^2.
  double effective() const;

  // Self-normalised: sum of w over those who passed / sum of w. Nothing when fewer than
  // k_effective_min are behind it.
  std::optional<double> pass_rate() const;

 private:
  std::int64_t count_ = 0;
  double weights_ = 0;
  double squares_ = 0;
  double passed_ = 0;
};

struct SimulatedAccount {
  std::string account;
  std::int64_t asked = 0;   // generated: starts, those that failed included
  std::int64_t volume = 0;  // recorded: requests it is asked first for; generated: it served
  Money spend;              // what is charged; recorded: expected; the missing minimum included
  Money minimum_missing;    // of spend: what a minimum commitment adds to the charges
  std::string currency;
  WeightedOutcomes outcomes;
  std::int64_t without_support = 0;  // of volume: nothing recorded could speak for it

  double share_without_support() const;
};

// One configuration.
struct SimulatedSide {
  std::string name;  // "draft.yaml", "version 3 in idswitch.db"
  std::vector<SimulatedAccount> accounts;
  std::int64_t routed = 0;
  std::int64_t not_served = 0;  // generated: routed, and every account that was asked failed
  std::map<std::string, std::int64_t> rejected;  // requests it would not take, by the reason
  // Recorded: requests that were asked first at an account that this configuration lacks.
  std::map<std::string, std::int64_t> lacking;

  // Filled by add_totals().
  std::map<std::string, Money> spend;  // by currency
  double supported = 0;                // share of the volume that has a pass rate
  std::optional<double> pass_rate;
  std::optional<Money> cost_per_pass;  // nothing with charges in several currencies, too
};

struct SimulationReport {
  bool is_generated = false;
  std::int64_t requests = 0;  // in the population, or recorded
  int days = 0;
  std::string tenant;          // empty = all
  std::int64_t not_ended = 0;  // recorded: outcome not known yet; counted in volume and spend only
  std::map<std::string, std::int64_t>
      unusable;  // recorded requests that tell too little, by reason
  std::int64_t elapsed_ms = 0;
  SimulatedSide draft;
  std::optional<SimulatedSide> running;  // nothing = there is none to compare with
};

// The totals of recorded traffic. The pass rate is the accounts' rates, weighted by their volume:
// each account's outcomes speak for its own requests only.
void add_totals(SimulatedSide& side);

// The totals of a generated population, where every outcome is known.
void add_true_totals(SimulatedSide& side, std::int64_t passed);

}  // namespace idswitch::engine
