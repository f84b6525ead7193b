#pragma once

// When an event that could not be delivered is tried again. Pure; any thread.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace idswitch::engine {

// What passes after the attempt of this number (the first is 1) failed; nothing when it was the
// last. Nine to eleven tenths of the configured time, by the seed: what failed together is not
// tried together.
std::optional<std::chrono::milliseconds> retry_delay(
    const std::vector<std::chrono::milliseconds>& retries, std::uint32_t attempt,
    std::uint64_t seed);

// A Retry-After header as a delay: seconds, or a date ("Sun, 06 Nov 1994 08:49:37 GMT"); a day at
// most, zero when the date has passed. Nothing when there is no header, or it is neither.
std::optional<std::chrono::milliseconds> retry_after(std::string_view header,
                                                     std::int64_t now_unix_ms);

}  // namespace idswitch::engine
