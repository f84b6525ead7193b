#pragma once

// Slices of statistics in the file. One thread at a time; the database must outlive both classes.

#include <cstdint>
#include <vector>

#include "store/sqlite/sqlite.hpp"
#include "store/statistic_slice.hpp"

namespace idswitch::store {

class StatisticWriter {
 public:
  explicit StatisticWriter(Database& database);

  Result<void> keep(const StatisticSlice& slice);

  // A bounded number, the oldest first; answers how many.
  Result<std::size_t> forget_before(std::int64_t unix_ms);

 private:
  Database* database_;
  Statement keep_;
  Statement forget_;
};

class StatisticReader {
 public:
  explicit StatisticReader(Database& database);

  // By account, segment and time.
  Result<std::vector<StatisticSlice>> since(std::int64_t unix_ms);

 private:
  Database* database_;
  Statement since_;
};

}  // namespace idswitch::store
