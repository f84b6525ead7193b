#include "store/sqlite/statistic_table.hpp"

namespace idswitch::store {
namespace {

// Bounds how long other writes wait.
constexpr int k_forget_max = 1000;

}  // namespace

StatisticWriter::StatisticWriter(Database& database)
    : database_(&database),
      keep_(
          database,
          "INSERT INTO statistic (account, segment, slice_unix_ms, counts) VALUES (?1,?2,?3,?4)"
          " ON CONFLICT (account, segment, slice_unix_ms) DO UPDATE SET counts = excluded.counts"),
      forget_(database,
              "DELETE FROM statistic WHERE (account, segment, slice_unix_ms) IN"
              " (SELECT account, segment, slice_unix_ms FROM statistic WHERE slice_unix_ms < ?1"
              "  ORDER BY slice_unix_ms, account, segment LIMIT ?2)") {}

Result<void> StatisticWriter::keep(const StatisticSlice& slice) {
  if (!keep_.bind(slice.account, slice.segment, slice.slice_unix_ms, slice.counts).run())
    return database_->error();
  return {};
}

Result<std::size_t> StatisticWriter::forget_before(std::int64_t unix_ms) {
  if (!forget_.bind(unix_ms, k_forget_max).run()) return database_->error();
  return static_cast<std::size_t>(database_->changed());
}

StatisticReader::StatisticReader(Database& database)
    : database_(&database),
      since_(database,
             "SELECT account, segment, slice_unix_ms, counts FROM statistic"
             " WHERE slice_unix_ms >= ?1 ORDER BY account, segment, slice_unix_ms") {}

Result<std::vector<StatisticSlice>> StatisticReader::since(std::int64_t unix_ms) {
  std::vector<StatisticSlice> slices;
  Rows rows(since_.bind(unix_ms));
  while (rows.next())
    slices.push_back({since_.text(0), since_.text(1), since_.integer(2), since_.text(3)});
  if (rows.failed()) return database_->error();
  return slices;
}

}  // namespace idswitch::store
