#include "routing/confidence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>

namespace idswitch::routing {
namespace {

constexpr double k_infinity = std::numeric_limits<double>::infinity();

double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53;
}

// Computed by another program with 60 digits.
TEST(Confidence, IsTheIntervalOfTheMixture) {
  struct Row {
    double sum, count, alpha, low, high;
  };

  const Row rows[] = {
      {0, 1, 0.05, 0, 0.975},
      {1, 1, 0.05, 0.025, 1},
      {0, 50, 0.05, 0, 0.1046424771045156},
      {3, 7, 0.05, 0.05336988452998753, 0.8847805379377292},
      {850, 1000, 0.05, 0.8057181359268271, 0.8880795417713035},
      {12.375, 40, 0.01, 0.09977177526163864, 0.5956731663154187},
      {2.5e9, 1e10, 0.001, 0.2499735574238886, 0.2500264438192096},
      {999'999'999'999, 1e12, 0.05, 0.9999999999788727, 1},
  };
  for (const Row& row : rows) {
    const Interval interval = mean_interval(row.sum, row.count, row.alpha);
    EXPECT_NEAR(interval.low, row.low, 1e-11) << row.sum << " of " << row.count;
    EXPECT_NEAR(interval.high, row.high, 1e-11) << row.sum << " of " << row.count;
  }
}

TEST(Confidence, MeasuresTheEvidenceAgainstAMean) {
  struct Row {
    double sum, count, mean, evidence;
  };

  const Row rows[] = {
      {0, 1, 0.5, 0},
      {3, 7, 0.1, 1.31401626788814},
      {9.5, 20, 0.4, -1.50567529109853},
      {10.5, 20.5, 0.4, -1.22230903170675},
      {9.99, 19.99, 0.5, -1.73590598024905},
      {850, 1000, 0.8, 4.69853855407462},
      {0, 0, 0.3, 0},
      {1, 2, 0, k_infinity},
      {1, 2, 1, k_infinity},
  };
  for (const Row& row : rows) {
    const double evidence = log_mean_evidence(row.sum, row.count, row.mean);
    if (std::isinf(row.evidence)) {
      EXPECT_EQ(evidence, row.evidence);
    } else {
      EXPECT_NEAR(evidence, row.evidence, 1e-9) << row.sum << " of " << row.count;
    }
  }
}

TEST(Confidence, KnowsNothingWithoutObservationsAndNeverLeavesTheRange) {
  EXPECT_EQ(mean_interval(0, 0, 0.05), (Interval{0, 1}));
  for (const double count : {1., 10., 1e3, 1e6, 1e12, 1e15}) {
    const Interval none = mean_interval(0, count, 0.05), all = mean_interval(count, count, 0.05);
    EXPECT_EQ(none.low, 0);
    EXPECT_EQ(all.high, 1);
    EXPECT_GT(none.high, 0);
    EXPECT_LT(none.high, 1);
    EXPECT_NEAR(all.low, 1 - none.high, 1e-15);
    const Interval half = mean_interval(count / 2, count, 0.05);
    EXPECT_LT(half.low, 0.5);
    EXPECT_GT(half.high, 0.5);
  }
}

TEST(Confidence, IsRoundedOutward) {
  for (const double count : {3., 70., 1'234., 5e6}) {
    const Interval interval = mean_interval(count / 3, count, 0.05);
    EXPECT_GE(log_mean_evidence(count / 3, count, interval.low), -std::log(0.05));
    EXPECT_GE(log_mean_evidence(count / 3, count, interval.high), -std::log(0.05));
  }
}

TEST(Confidence, IsWiderForASmallerAlphaAndNarrowerForMoreObservations) {
  for (const double share : {0., 0.02, 0.5, 0.8123, 1.}) {
    Interval before{-1, 2};
    for (const double alpha : {1e-9, 0.001, 0.01, 0.05, 0.2, 0.9}) {
      const Interval now = mean_interval(500 * share, 500, alpha);
      EXPECT_GE(now.low, before.low);
      EXPECT_LE(now.high, before.high);
      EXPECT_LT(now.high - now.low, before.high - before.low);
      before = now;
    }
    before = {-1, 2};
    for (const double count : {10., 100., 1e4, 1e6, 1e8}) {
      const Interval now = mean_interval(count * share, count, 0.05);
      EXPECT_LT(now.high - now.low, before.high - before.low);
      before = now;
    }
  }
}

TEST(Confidence, IsAboutTwiceAsWideAsATestThatMayBeReadOnce) {
  for (const double count : {1'000., 3'000., 10'000.}) {
    const Interval interval = mean_interval(count * 0.8, count, 0.05);
    const double fixed = 2 * 1.96 * std::sqrt(0.8 * 0.2 / count);
    EXPECT_GT((interval.high - interval.low) / fixed, 1.7);
    EXPECT_LT((interval.high - interval.low) / fixed, 2.2);
  }
}

// The interval is read after every observation; it must never miss in all but alpha of the runs.
TEST(Confidence, HoldsAtEveryLookAtOnceWithTheChanceItPromises) {
  struct Row {
    double mean;
    std::function<double(std::mt19937_64&)> draw;
    bool is_share;  // the bound is nearly reached only by observations of 0 and 1
  };

  const auto share = [](double p) {
    return Row{p, [p](std::mt19937_64& random) { return uniform(random) < p ? 1. : 0.; }, true};
  };
  const Row rows[] = {
      share(0.02),
      share(0.5),
      share(0.98),
      {0.5, uniform, false},
      // A charge: nothing, the usual price, or the dearest cascade.
      {0.28,
       [](std::mt19937_64& random) {
         const double u = uniform(random);
         return u < 0.3 ? 0 : u < 0.9 ? 0.3 : 1.;
       },
       false},
  };
  constexpr double k_alpha = 0.1;
  constexpr int k_runs = 1'000, k_looks = 1'500;
  for (const Row& row : rows) {
    std::mt19937_64 random(20'26);
    int missed = 0;
    for (int run = 0; run < k_runs; ++run) {
      double sum = 0;
      bool has_missed = false;
      for (int count = 1; count <= k_looks && !has_missed; ++count) {
        sum += row.draw(random);
        const bool is_out = log_mean_evidence(sum, count, row.mean) >= -std::log(k_alpha);
        if (is_out || count % 100 == 1) {  // the evidence is only the cheaper way to ask
          const Interval interval = mean_interval(sum, count, k_alpha);
          ASSERT_EQ(is_out, row.mean <= interval.low || row.mean >= interval.high);
        }
        has_missed = is_out;
      }
      missed += has_missed;
    }
    EXPECT_LE(missed, k_runs * k_alpha) << row.mean;
    if (row.is_share) {
      EXPECT_GE(missed, k_runs * k_alpha / 5) << row.mean << ": needlessly wide";
    }
  }
}

TEST(Confidence, OfADifferenceTakesTheEndsThatAreFarthestApart) {
  EXPECT_EQ(difference({0.5, 0.75}, {0.25, 0.375}), (Interval{0.125, 0.5}));
  EXPECT_EQ(difference({0, 1}, {0, 1}), (Interval{-1, 1}));
}

TEST(Confidence, OfARatioTakesTheEndsThatAreFarthestApart) {
  EXPECT_EQ(ratio({1, 2}, {0.25, 0.5}), (Interval{2, 8}));
  EXPECT_EQ(ratio({1, 2}, {0, 0.5}), (Interval{2, k_infinity}));
  EXPECT_EQ(ratio({0, 0}, {0, 0}), (Interval{0, k_infinity}));
  EXPECT_EQ(ratio({3, k_infinity}, {2, k_infinity}), (Interval{0, k_infinity}));
  EXPECT_EQ(ratio({3, k_infinity}, {2, 6}), (Interval{0.5, k_infinity}));
}

TEST(Confidence, KnowsTheLogarithmOfTheGammaFunction) {
  const double rows[][2] = {{0.001, 6.9071788853838537},
                            {0.5, 0.57236494292470009},
                            {1, 0},
                            {2, 0},
                            {3.3, 0.98709857789473459},
                            {9.99, 12.779315214350193},
                            {10, 12.80182748008147},
                            {25.5, 56.389167643719947},
                            {1e6, 12815504.569147612}};
  for (const auto& row : rows) {
    EXPECT_NEAR(log_gamma(row[0]), row[1], 1e-11 + std::abs(row[1]) * 1e-14) << row[0];
  }
}

}  // namespace
}  // namespace idswitch::routing
