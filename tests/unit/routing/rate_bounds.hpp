#pragma once

// For tests of rates: counts drawn at random, and the bounds between which a rate must lie. One
// thread.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>

#include "routing/situation.hpp"

namespace idswitch::routing {

// From 0 to most.
inline std::uint32_t up_to(std::mt19937_64& random, std::uint64_t most) {
  return static_cast<std::uint32_t>(random() % (most + 1));
}

// Each end at most `most` times, and at most one unit of a SKU each time.
inline Counts draw_counts(std::mt19937_64& random, std::uint64_t most) {
  Counts counts;
  counts.starts = up_to(random, most);
  counts.starts_failed = up_to(random, counts.starts);
  for (std::uint32_t& ended : counts.ended) ended = up_to(random, most);
  for (auto& by_end : counts.charged) {
    for (std::size_t end = 0; end < k_ends; ++end) by_end[end] = up_to(random, counts.ended[end]);
  }
  return counts;
}

struct Ratio {
  std::uint64_t part = 0;
  std::uint64_t all = 0;
};

// found is between the least and the most of what segment, account and prior say.
inline void expect_between(std::uint32_t found, Ratio segment, Ratio account,
                           std::uint32_t prior_ppm, std::uint32_t weight,
                           double tolerance = 1.001) {
  double least = 1e18;
  double most = -1;
  const auto reach = [&](double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  };
  const auto reach_ratio = [&](Ratio ratio) {
    if (ratio.all > 0)
      reach(1e6 * static_cast<double>(ratio.part) / static_cast<double>(ratio.all));
  };
  reach_ratio(segment);
  reach_ratio(account);
  if (weight > 0 || account.all == 0) reach(prior_ppm);
  EXPECT_GE(found, least - tolerance);
  EXPECT_LE(found, most + tolerance);
}

}  // namespace idswitch::routing
