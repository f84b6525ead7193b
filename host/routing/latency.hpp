#pragma once

// Latency: the buckets in which Counts::latency counts how long starts took. Pure; any thread.

#include <array>
#include <cstdint>
#include <optional>

#include "routing/situation.hpp"

namespace idswitch::routing {

// The longest latency of each bucket, in microseconds: 8 ms and on by factors of sqrt(2), rounded,
// so that every second one is exact. They end above the longest usual timeout; the last bucket also
// takes everything that is slower, and its bound is only what such a start is read as.
inline constexpr std::array<std::int64_t, k_latency_buckets> k_latency_bounds_us = {
    8'000,     11'314,    16'000,    22'627,    32'000,    45'255,     64'000,     90'510,
    128'000,   181'019,   256'000,   362'039,   512'000,   724'077,    1'024'000,  1'448'155,
    2'048'000, 2'896'309, 4'096'000, 5'792'619, 8'192'000, 11'585'238, 16'384'000, 23'170'475,
};

// The first bucket whose bound is not below latency_us. A negative latency (a clock was set back)
// is in the first.
std::size_t bucket_of(std::int64_t latency_us);

// 95% of the starts that worked took at most so long: the bound of the bucket in which the 95th
// percentile lies, rounded up to whole milliseconds. Nothing when no start worked.
std::optional<std::int64_t> p95_ms(const Counts& counts);

}  // namespace idswitch::routing
