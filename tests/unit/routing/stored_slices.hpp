#pragma once

// Stored: a store of statistics slices in memory, as a test needs one. One thread.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "routing/statistics.hpp"

namespace idswitch::routing {

// A store that keeps what take_changed() says.
class Stored {
 public:
  void upsert(const std::vector<Statistics::Slice>& slices) {
    for (const Statistics::Slice& slice : slices) {
      rows_[{slice.account, slice.segment, slice.begin_unix_ms}] = slice.counts;
    }
  }

  void forget_before(std::int64_t unix_ms) {
    std::erase_if(rows_, [&](const auto& row) { return std::get<2>(row.first) < unix_ms; });
  }

  Statistics reloaded(std::chrono::milliseconds window) const {
    Statistics statistics(window);
    for (const auto& [key, counts] : rows_) {
      statistics.load({std::get<0>(key), std::get<1>(key), std::get<2>(key), counts});
    }
    return statistics;
  }

 private:
  std::map<std::tuple<std::string, std::string, std::int64_t>, Counts> rows_;
};

}  // namespace idswitch::routing
