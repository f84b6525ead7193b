#pragma once

// Whether people came to the arms in the shares that the weights say. When they did not, something
// loses or doubles people on the way (a crash in one arm, a filter after the draw), and no other
// number of the experiment can be trusted.
//
// The evidence may be read after every assignment: it is a Bayes factor against the configured
// shares, with a Dirichlet prior around them (Lindon and Malek 2020, "Anytime-valid inference for
// multinomial count data"), so with right shares it ever reaches 1/alpha with a chance of at most
// alpha. The chi-square test beside it is for display only: who looks at it often sees p < 0.05
// sooner or later with certainty.
//
// Statistics to read, in double; pure; any thread.

#include <cstdint>
#include <span>
#include <vector>

namespace idswitch::routing {

inline constexpr double k_sample_ratio_alpha = 0.001;

// A time in which the weights stayed the same.
struct AssignmentPhase {
  std::vector<std::uint32_t> weights;  // by arm
  std::vector<std::int64_t> persons;   // by arm: who was assigned for the first time in it
};

struct SampleRatio {
  double log_evidence = 0;     // ln of the evidence; of several phases their sum
  bool is_mismatch = false;    // evidence >= 1 / alpha
  double chi_square = 0;       // display only
  int degrees_of_freedom = 0;  // 0 = nothing to test yet
  double p_value = 1;          // display only
};

// ln of the evidence that the persons did not come in the shares of the weights: about 0 or less
// when they did; infinity when somebody is in an arm of weight 0. Both have the same size.
double log_evidence(std::span<const std::int64_t> persons, std::span<const std::uint32_t> weights);

SampleRatio sample_ratio(std::span<const AssignmentPhase> phases,
                         double alpha = k_sample_ratio_alpha);

// Chance that a chi-square variable is at least this large.
double chi_square_tail(double statistic, int degrees_of_freedom);

}  // namespace idswitch::routing
