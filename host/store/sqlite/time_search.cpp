#include "store/sqlite/time_search.hpp"

#include <algorithm>

namespace idswitch::store {
namespace {

// How far times may be out of order: rows are written a little after their time, and clocks are
// corrected.
constexpr std::int64_t k_disorder_ms = 3'600'000;

}  // namespace

TimeSearch::TimeSearch(Database& database, std::string_view from, std::string_view last)
    : database_(&database), from_(database, from), last_(database, last) {}

Result<std::int64_t> TimeSearch::key_before(std::int64_t unix_ms) {
  const std::int64_t wanted = std::max<std::int64_t>(unix_ms, 0) - k_disorder_ms;
  std::int64_t earlier = 0;  // the row here, if any, is too early
  std::int64_t last = 0;     // the answer is this one at most
  {
    Rows rows(last_.bind());
    if (!rows.next()) return database_->error();
    last = last_.integer(0);  // NULL is 0
  }
  while (earlier < last) {
    const std::int64_t middle = earlier + (last - earlier) / 2;
    Rows rows(from_.bind(middle + 1));
    if (!rows.next()) return rows.failed() ? Result<std::int64_t>(database_->error()) : last;
    if (from_.integer(1) < wanted) {
      earlier = from_.integer(0);
    } else {
      last = middle;
    }
  }
  return earlier;
}

}  // namespace idswitch::store
