#pragma once

// TimeSearch: where in a table whose keys grow with time the rows of a time begin. Halves the range
// of keys instead of reading rows: some sixty look-ups at most, and no index over times. One thread
// at a time; the database must outlive it.

#include <cstdint>

#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

class TimeSearch {
 public:
  // from: (key, time) of the first row whose key is ?1 or higher. last: the highest key, or NULL.
  // Keys are positive.
  TimeSearch(Database& database, std::string_view from, std::string_view last);

  // A key such that the rows from unix_ms or later all have higher ones, as long as no clock was
  // set back by more than an hour; 0 when that may be all of them.
  Result<std::int64_t> key_before(std::int64_t unix_ms);

 private:
  Database* database_;
  Statement from_;
  Statement last_;
};

}  // namespace idswitch::store
