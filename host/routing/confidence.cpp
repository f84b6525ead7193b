#include "routing/confidence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace idswitch::routing {
namespace {

constexpr double k_infinity = std::numeric_limits<double>::infinity();
constexpr double k_half_log_2pi = 0.91893853320467274178;
constexpr double k_series_from = 10;  // the series below are exact to 1e-12 from here on

// ln Gamma(x) - ((x - 1/2) ln x - x + (1/2) ln 2pi), by Stirling's series.
double stirling_rest(double x) {
  const double y = 1 / (x * x);
  return (1. / 12 - y * (1. / 360 - y * (1. / 1260 - y / 1680))) / x;
}

// ln Gamma(x + 1/2) without its large part, (1/2) ln 2pi + x ln x - x. The large parts of the
// evidence cancel against each other on paper; in double they would leave noise at 10^9 people.
double rest_at_half(double x) {
  if (x >= k_series_from) {
    const double y = 1 / (x * x);
    return -(1. / 24 - y * (7. / 2880 - y * (31. / 40320 - y * 127. / 215040))) / x;
  }
  const double x_log_x = x > 0 ? x * std::log(x) : 0;
  return log_gamma(x + 0.5) - (k_half_log_2pi + x_log_x - x);
}

// The same of ln Gamma(x + 1), without (1/2) ln 2pi + (x + 1/2) ln x - x. x > 0.
double rest_at_one(double x) {
  if (x >= k_series_from) return stirling_rest(x);
  return log_gamma(x + 1) - (k_half_log_2pi + (x + 0.5) * std::log(x) - x);
}

// a ln(a/b), a as a share of all observations; precise also where a and b are nearly equal.
double divergence(double a, double b) {
  if (a <= 0) return 0;
  if (b <= 0) return k_infinity;
  return a * std::log1p((a - b) / b);
}

// What was seen, with the part of the evidence that does not depend on the mean.
class Seen {
 public:
  Seen(double sum, double count)
      : count_(count), share_(std::clamp(sum / count, 0., 1.)), rest_(1 - share_) {
    // ln B(sum + 1/2, rest + 1/2) - ln B(1/2, 1/2) - ln(likelihood at the mean that was seen)
    at_share_ = k_half_log_2pi - std::log(std::numbers::pi) - std::log(count) / 2 +
                rest_at_half(share_ * count) + rest_at_half(rest_ * count) - rest_at_one(count);
  }

  double log_evidence(double mean) const {
    return at_share_ + count_ * (divergence(share_, mean) + divergence(rest_, 1 - mean));
  }

  // Where the evidence reaches `limit` between the share and the end of the range; the outer side.
  double bound(double outside, double limit) const {
    if (share_ == outside) return outside;
    double inside = share_;
    for (int i = 0; i < 64; ++i) {
      const double middle = (inside + outside) / 2;
      (log_evidence(middle) < limit ? inside : outside) = middle;
    }
    return outside;
  }

 private:
  double count_;
  double share_;
  double rest_;
  double at_share_;
};

}  // namespace

double log_mean_evidence(double sum, double count, double mean) {
  return count > 0 ? Seen(sum, count).log_evidence(mean) : 0;
}

Interval mean_interval(double sum, double count, double alpha) {
  if (!(count > 0)) return {0, 1};
  const Seen seen(sum, count);
  const double limit = -std::log(alpha);
  return {seen.bound(0, limit), seen.bound(1, limit)};
}

Interval difference(const Interval& a, const Interval& b) {
  return {a.low - b.high, a.high - b.low};
}

Interval ratio(const Interval& a, const Interval& b) {
  // Infinity over infinity is 0 here: nothing is known at that end.
  const double low = a.low > 0 && b.high > 0 && b.high < k_infinity ? a.low / b.high : 0;
  return {low, b.low > 0 ? a.high / b.low : k_infinity};
}

double log_gamma(double x) {
  double factors = 1;
  for (; x < k_series_from; ++x) factors *= x;
  return (x - 0.5) * std::log(x) - x + k_half_log_2pi + stirling_rest(x) - std::log(factors);
}

}  // namespace idswitch::routing
