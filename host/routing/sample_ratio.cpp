#include "routing/sample_ratio.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "routing/confidence.hpp"

namespace idswitch::routing {
namespace {

// How many people the prior is worth: with 100 a share of one half is believed to be off by some
// five points, which finds both a gross and a small mismatch soon.
constexpr double k_prior_persons = 100;

// Both regularised incomplete gamma functions, each where it converges fast.
double lower_by_series(double a, double x) {
  double term = 1 / a, sum = term;
  for (double n = a + 1; term > sum * 1e-16; ++n) sum += term *= x / n;
  return sum * std::exp(a * std::log(x) - x - log_gamma(a));
}

double upper_by_fraction(double a, double x) {  // modified Lentz
  constexpr double tiny = 1e-300;
  double b = x + 1 - a, c = 1 / tiny, d = 1 / b, value = d;
  for (int i = 1; i < 10'000; ++i) {
    const double numerator = -i * (i - a);
    b += 2;
    d = numerator * d + b;
    c = b + numerator / c;
    d = 1 / (std::abs(d) < tiny ? tiny : d);
    c = std::abs(c) < tiny ? tiny : c;
    value *= d * c;
    if (std::abs(d * c - 1) < 1e-15) break;
  }
  return value * std::exp(a * std::log(x) - x - log_gamma(a));
}

void add_chi_square(const AssignmentPhase& phase, SampleRatio& result) {
  const double weights = std::accumulate(phase.weights.begin(), phase.weights.end(), 0.);
  const double persons = std::accumulate(phase.persons.begin(), phase.persons.end(), 0.);
  if (persons <= 0) return;
  int arms = 0;
  for (std::size_t i = 0; i < phase.weights.size(); ++i) {
    if (phase.weights[i] == 0) continue;
    const double expected = persons * phase.weights[i] / weights;
    const double off = static_cast<double>(phase.persons[i]) - expected;
    result.chi_square += off * off / expected;
    ++arms;
  }
  if (arms > 1) result.degrees_of_freedom += arms - 1;
}

}  // namespace

double log_evidence(std::span<const std::int64_t> persons, std::span<const std::uint32_t> weights) {
  if (persons.size() != weights.size()) std::abort();
  const double weights_sum = std::accumulate(weights.begin(), weights.end(), 0.);
  double result = 0, persons_sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto count = static_cast<double>(persons[i]);
    if (count <= 0) continue;
    if (weights[i] == 0) return std::numeric_limits<double>::infinity();
    const double share = weights[i] / weights_sum;
    const double prior = k_prior_persons * share;
    result += log_gamma(prior + count) - log_gamma(prior) - count * std::log(share);
    persons_sum += count;
  }
  return result + log_gamma(k_prior_persons) - log_gamma(k_prior_persons + persons_sum);
}

SampleRatio sample_ratio(std::span<const AssignmentPhase> phases, double alpha) {
  SampleRatio result;
  for (const AssignmentPhase& phase : phases) {
    result.log_evidence += log_evidence(phase.persons, phase.weights);
    add_chi_square(phase, result);
  }
  result.is_mismatch = result.log_evidence >= -std::log(alpha);
  if (result.degrees_of_freedom > 0) {
    result.p_value = chi_square_tail(result.chi_square, result.degrees_of_freedom);
  }
  return result;
}

double chi_square_tail(double statistic, int degrees_of_freedom) {
  if (!(statistic > 0) || degrees_of_freedom <= 0) return 1;
  const double a = degrees_of_freedom / 2., x = statistic / 2;
  return x < a + 1 ? 1 - lower_by_series(a, x) : upper_by_fraction(a, x);
}

}  // namespace idswitch::routing
