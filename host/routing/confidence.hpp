#pragma once

// Intervals for means that may be read after every observation, for ever: the chance that such an
// interval EVER misses the true mean is at most alpha ("anytime-valid", "confidence sequence").
// The price: with some thousand observations it is about twice as wide as the interval of a test
// whose sample size was fixed beforehand and which is read once.
//
// How. Observations x in [0,1], independent with mean m. For every q, the product over x of
// (q/m)^x ((1-q)/(1-m))^(1-x) is a supermartingale that begins at 1: the factor is convex in x, so
// at most its chord x q/m + (1-x)(1-q)/(1-m), whose mean is q + (1-q) = 1 (for x of only 0 and 1
// it is exactly that, the likelihood ratio). So is its average over q drawn from Beta(1/2,1/2), the
// "evidence" against m. By Ville's inequality it ever reaches 1/alpha with a chance of at most
// alpha. The interval is every m whose evidence is below 1/alpha. So it serves shares (pass rate,
// completion rate) and, scaled to [0,1] by their largest possible value, charges and latencies.
//
// Statistics to read, in double; pure; any thread.

namespace idswitch::routing {

struct Interval {
  double low = 0;
  double high = 1;  // infinity where nothing bounds it yet

  friend bool operator==(const Interval&, const Interval&) = default;
};

// ln of the evidence against this mean, from the number of observations and their sum; infinity
// where the observations rule it out. 0 <= sum <= count; nothing observed gives 0.
double log_mean_evidence(double sum, double count, double mean);

// Of the mean. Rounded outward. Nothing observed gives [0,1]; alpha in (0,1).
Interval mean_interval(double sum, double count, double alpha);

// Of a - b and a / b (a and b not negative). Each holds whenever both a and b do, so for ever with
// a chance of at least 1 - (alpha of a + alpha of b); give each half to get one alpha.
Interval difference(const Interval& a, const Interval& b);
Interval ratio(const Interval& a, const Interval& b);

// ln Gamma(x), x > 0. Not std::lgamma, which writes a global variable.
double log_gamma(double x);

}  // namespace idswitch::routing
