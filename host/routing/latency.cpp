#include "routing/latency.hpp"

#include <algorithm>

namespace idswitch::routing {

std::size_t bucket_of(std::int64_t latency_us) {
  const auto* const found =
      std::lower_bound(k_latency_bounds_us.begin(), k_latency_bounds_us.end() - 1, latency_us);
  return static_cast<std::size_t>(found - k_latency_bounds_us.begin());
}

std::optional<std::int64_t> p95_ms(const Counts& counts) {
  std::uint64_t all = 0;
  for (const std::uint32_t count : counts.latency) all += count;
  if (all == 0) return std::nullopt;
  const std::uint64_t needed = (all * 95 + 99) / 100;
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  for (; bucket + 1 < k_latency_buckets; ++bucket) {
    seen += counts.latency[bucket];
    if (seen >= needed) break;
  }
  return (k_latency_bounds_us[bucket] + 999) / 1'000;
}

}  // namespace idswitch::routing
