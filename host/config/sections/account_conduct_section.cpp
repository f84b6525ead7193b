#include "config/sections/account_conduct_section.hpp"

#include <algorithm>

namespace idswitch::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// The rate, and the burst that goes with it.
void read_rate(Section& section, Limits& limits) {
  section.read("starts_per_second", limits.starts_per_second,
               [](const Value& v) { return v.integer(0, 1'000'000); });
  const auto burst = section.find("starts_burst");
  if (limits.starts_per_second == 0) {
    if (burst) burst->complain("without starts_per_second: give that too, or remove this");
    return;
  }
  limits.starts_burst = limits.starts_per_second;
  if (!burst) return;
  const auto read = burst->integer(1, 1'000'000);
  if (read) limits.starts_burst = static_cast<std::uint32_t>(*read);
}

// A verification is asked about some ten times, and half as many questions as sessions are at the
// vendor at the same time.
FollowUpLimits follow_ups_of(const Limits& limits) {
  FollowUpLimits follow_ups;
  follow_ups.concurrency_max = (limits.concurrency_max + 1) / 2;
  follow_ups.per_second = std::min<std::uint32_t>(limits.starts_per_second * 10, 1'000'000);
  return follow_ups;
}

void read_follow_ups(const Value& value, FollowUpLimits& follow_ups) {
  Section section(value);
  section.read("concurrency_max", follow_ups.concurrency_max,
               [](const Value& v) { return v.integer(0, 100'000); });
  section.read("per_second", follow_ups.per_second,
               [](const Value& v) { return v.integer(0, 1'000'000); });
  section.finish();
}

}  // namespace

Limits read_limits(const Value& value) {
  Limits limits;
  Section section(value);
  const auto request_time = [](const Value& v) {
    return v.duration(milliseconds(100), minutes(5));
  };
  section.read("timeout", limits.timeout, request_time);
  const auto connect = section.find("connect_timeout");
  if (!connect) {
    limits.connect_timeout = std::min(limits.connect_timeout, limits.timeout);
  } else if (const auto read = request_time(*connect)) {
    limits.connect_timeout = *read;
    if (*read > limits.timeout) connect->complain("longer than timeout, which includes it");
  }
  section.read("result_interval", limits.result_interval,
               [](const Value& v) { return v.duration(milliseconds(0), minutes(60)); });
  section.read("connections_max", limits.connections_max,
               [](const Value& v) { return v.integer(1, 65'535); });
  section.read("response_bytes_max", limits.response_bytes_max,
               [](const Value& v) { return v.bytes(1 << 10, 1 << 30); });
  section.read("concurrency_max", limits.concurrency_max,
               [](const Value& v) { return v.integer(0, 100'000); });
  read_rate(section, limits);
  limits.follow_ups = follow_ups_of(limits);
  if (const auto follow_ups = section.find("follow_ups")) {
    read_follow_ups(*follow_ups, limits.follow_ups);
  }
  section.finish();
  return limits;
}

Breaker read_breaker(const Value& value) {
  Breaker breaker;
  Section section(value);
  section.read("consecutive_failures", breaker.consecutive_failures,
               [](const Value& v) { return v.integer(1, 1'000); });
  // A rate of 0 would be reached by an account without a single failure.
  section.read("failure_rate", breaker.failure_rate_ppm, [](const Value& v) { return v.share(1); });
  section.read("volume_min", breaker.volume_min,
               [](const Value& v) { return v.integer(1, 1'000'000); });
  section.read("window", breaker.window,
               [](const Value& v) { return v.duration(seconds(1), hours(1)); });
  const auto open_time = [](const Value& v) { return v.duration(milliseconds(100), hours(24)); };
  section.read("open_for", breaker.open_for, open_time);
  const auto longest = section.find("open_for_max");
  if (!longest) {
    breaker.open_for_max = std::max(breaker.open_for_max, breaker.open_for);
  } else if (const auto read = open_time(*longest)) {
    breaker.open_for_max = *read;
    if (*read < breaker.open_for) longest->complain("shorter than open_for, which grows up to it");
  }
  section.read("ramp", breaker.ramp,
               [](const Value& v) { return v.duration(seconds(0), hours(1)); });
  section.read("trip_for", breaker.trip_for,
               [](const Value& v) { return v.duration(seconds(1), hours(744)); });
  section.finish();
  return breaker;
}

Prior read_prior(const Value& value) {
  Prior prior;
  Section section(value);
  const auto share = [](const Value& v) { return v.share(); };
  section.read("start_rate", prior.start_rate_ppm, share);
  section.read("completion_rate", prior.completion_rate_ppm, share);
  section.read("pass_rate", prior.pass_rate_ppm, share);
  section.read("weight", prior.weight, [](const Value& v) { return v.integer(0, 1'000'000); });
  section.finish();
  return prior;
}

}  // namespace idswitch::config
