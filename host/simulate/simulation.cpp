#include "simulate/simulation.hpp"

#include <cmath>

namespace idswitch::engine {
namespace {

void add_spend(SimulatedSide& side) {
  for (const SimulatedAccount& account : side.accounts) {
    Money& sum = side.spend[account.currency];
    sum = sum + account.spend;
  }
}

void add_cost_per_pass(SimulatedSide& side, double passes) {
  if (side.spend.size() != 1 || passes <= 0) return;
  const auto micros = static_cast<double>(side.spend.begin()->second.micros);
  side.cost_per_pass = Money{std::llround(micros / passes)};
}

}  // namespace

void WeightedOutcomes::add(bool passed, double weight) {
  ++count_;
  weights_ += weight;
  squares_ += weight * weight;
  if (passed) passed_ += weight;
}

double WeightedOutcomes::effective() const {
  return squares_ == 0 ? 0 : weights_ * weights_ / squares_;
}

std::optional<double> WeightedOutcomes::pass_rate() const {
  // Equal weights add up to a hair less than their number.
  if (effective() < k_effective_min - 1e-6) return {};
  return passed_ / weights_;
}

double SimulatedAccount::share_without_support() const {
  return volume == 0 ? 0 : static_cast<double>(without_support) / static_cast<double>(volume);
}

void add_totals(SimulatedSide& side) {
  add_spend(side);
  double supported = 0;
  double passed = 0;
  for (const SimulatedAccount& account : side.accounts) {
    const std::optional<double> rate = account.outcomes.pass_rate();
    if (!rate) continue;
    supported += static_cast<double>(account.volume - account.without_support);
    passed += *rate * static_cast<double>(account.volume - account.without_support);
  }
  if (side.routed == 0) return;
  side.supported = supported / static_cast<double>(side.routed);
  if (side.supported < k_supported_min) return;
  side.pass_rate = passed / supported;
  add_cost_per_pass(side, *side.pass_rate * static_cast<double>(side.routed));
}

void add_true_totals(SimulatedSide& side, std::int64_t passed) {
  add_spend(side);
  side.supported = side.routed == 0 ? 0 : 1;
  if (static_cast<double>(side.routed) < k_effective_min) return;
  side.pass_rate = static_cast<double>(passed) / static_cast<double>(side.routed);
  add_cost_per_pass(side, static_cast<double>(passed));
}

}  // namespace idswitch::engine
