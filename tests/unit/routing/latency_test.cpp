#include "routing/latency.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace idswitch::routing {
namespace {

TEST(Latency, BucketsGrowByTheRootOfTwo) {
  EXPECT_EQ(k_latency_bounds_us[0], 8'000);
  for (std::size_t i = 0; i + 1 < k_latency_buckets; ++i) {
    SCOPED_TRACE(i);
    EXPECT_LT(k_latency_bounds_us[i], k_latency_bounds_us[i + 1]);
    if (i + 2 < k_latency_buckets) {
      EXPECT_NEAR(static_cast<double>(k_latency_bounds_us[i + 2]),
                  static_cast<double>(k_latency_bounds_us[i] * 2), 1.0);
    }
  }
}

TEST(Latency, IsInTheFirstBucketWhoseBoundItDoesNotExceed) {
  for (std::size_t i = 0; i < k_latency_buckets; ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(bucket_of(k_latency_bounds_us[i]), i);
    EXPECT_EQ(bucket_of(k_latency_bounds_us[i] + 1), std::min(i + 1, k_latency_buckets - 1));
  }
  EXPECT_EQ(bucket_of(0), 0u);
  EXPECT_EQ(bucket_of(-5), 0u);
  EXPECT_EQ(bucket_of(3'600'000'000), k_latency_buckets - 1);
}

TEST(Latency, HasNoPercentileWithoutStarts) {
  Counts counts;
  counts.starts = 9;
  counts.starts_failed = 9;
  EXPECT_EQ(p95_ms(counts), std::nullopt);
}

TEST(Latency, PercentileIsTheBoundThatNineteenOfTwentyKeep) {
  Counts counts;
  counts.latency[4] = 19;
  counts.latency[9] = 1;
  EXPECT_EQ(p95_ms(counts), 32);
  counts.latency[4] = 18;
  counts.latency[9] = 2;
  EXPECT_EQ(p95_ms(counts), 182);  // 181.019 ms, rounded up
  counts.latency = {};
  counts.latency.back() = 1;
  EXPECT_EQ(p95_ms(counts), 23'171);
}

TEST(Latency, PercentileIsNeverBelowTheExactOneNorMoreThanAStepAbove) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    Counts counts;
    std::vector<std::int64_t> latencies(1 + random() % 300);
    for (std::int64_t& latency : latencies) {
      latency = 8'000 + static_cast<std::int64_t>(random() % 5'000'000);
      ++counts.latency[bucket_of(latency)];
    }
    std::sort(latencies.begin(), latencies.end());
    const std::int64_t exact = latencies[(latencies.size() * 95 + 99) / 100 - 1];
    const auto p95 = p95_ms(counts);
    ASSERT_TRUE(p95);
    EXPECT_GE(*p95 * 1'000, exact);
    EXPECT_LE(*p95 * 1'000, exact * 1'415 / 1'000 + 1'001);
  }
}

}  // namespace
}  // namespace idswitch::routing
