#pragma once

// StatisticSlice: what was counted for an account and a segment in one slice of time. Plain value.

#include <cstdint>
#include <string>

namespace idswitch::store {

struct StatisticSlice {
  std::string account;
  std::string segment;
  std::int64_t slice_unix_ms = 0;  // where the slice begins
  std::string counts;              // its owner's text, opaque here
};

}  // namespace idswitch::store
