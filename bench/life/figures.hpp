#pragma once

// What is counted of all lives, and how it is summed up.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

namespace idswitch::life {

using Time = std::chrono::steady_clock::time_point;

struct Counts {
  std::uint64_t offered = 0, finished = 0, settled = 0, told = 0, webhooks = 0, asks = 0;
  std::uint64_t starts_refused = 0, returns_refused = 0, badly_signed = 0;
  std::int64_t cpu_ns = 0;
};

inline double ms_between(Time from, Time to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

// What the scheduler gave all threads of a process so far.
inline std::int64_t cpu_ns(std::int64_t pid) {
  std::int64_t sum = 0;
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& task : std::filesystem::directory_iterator(tasks)) {
    std::ifstream file(task.path() / "schedstat");
    std::int64_t ns = 0;
    file >> ns;
    sum += ns;
  }
  return sum;
}

inline double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank),
                   values.end());
  return values[rank];
}

// third: 0, 1 or 2
inline double mean_of_third(const std::vector<double>& samples, std::size_t third) {
  const std::size_t count = samples.size() / 3;
  if (count == 0) return 0;
  const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(third * count);
  return std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(count), 0.0) /
         static_cast<double>(count);
}

}  // namespace idswitch::life
