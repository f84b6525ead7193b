#include "store/sqlite/lane_table.hpp"

#include <algorithm>

#include "store/sqlite/schema.hpp"

namespace idswitch::store {
namespace {

constexpr int k_lane = 0;

// A checkpoint is noted with the first commit after either.
constexpr std::int64_t k_checkpoint_ms = 60'000;
constexpr std::int64_t k_checkpoint_entries = 100'000;

// Less is a clock that is being adjusted, and puts nothing off for long.
constexpr std::int64_t k_set_back_ms = 1'000;

Chain chain_of(std::string_view bytes) {
  Chain chain{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), chain.size()), chain.begin());
  return chain;
}

}  // namespace

LaneWriter::LaneWriter(Database& database, const Clock& clock)
    : database_(&database),
      clock_(&clock),
      read_(database,
            "SELECT epoch, batch, position, chain, seen_ms FROM writer_lane WHERE lane = ?1"),
      write_(database,
             "UPDATE writer_lane SET batch = ?3, position = ?4, chain = ?5, seen_ms = ?6,"
             " finished_up_to = ?7 WHERE lane = ?1 AND epoch = ?2 AND batch = ?3 - 1"),
      checkpoint_(database,
                  "INSERT INTO chain_checkpoint (lane, position, chain, at_ms)"
                  " VALUES (?1,?2,?3,?4) ON CONFLICT (lane, position) DO NOTHING") {}

Result<void> LaneWriter::join() {
  Statement join(*database_,
                 "UPDATE writer_lane SET epoch = epoch + 1, batch = 0, schema = ?2"
                 " WHERE lane = ?1 RETURNING epoch, position, chain, finished_up_to, seen_ms");
  Statement noted(*database_,
                  "SELECT position, at_ms FROM chain_checkpoint WHERE lane = ?1"
                  " ORDER BY position DESC LIMIT 1");
  {
    Rows rows(join.bind(k_lane, schema_version()));
    if (!rows.next()) {
      if (rows.failed()) return database_->error();
      return Error(Errc::storage_failed,
                   "the row of its writer is missing: restore the file from a backup");
    }
    epoch_ = static_cast<std::uint64_t>(join.integer(0));
    tip_ = committed_tip_ = {join.integer(1), chain_of(join.bytes(2))};
    finished_ = committed_finished_ = static_cast<std::uint64_t>(join.integer(3));
    seen_unix_ms_ = join.integer(4);
    // The row is written when the statement has ended.
    if (rows.next() || rows.failed()) return database_->error();
  }
  Rows rows(noted.bind(k_lane));
  if (rows.next()) {
    noted_position_ = committed_noted_position_ = noted.integer(0);
    noted_at_unix_ms_ = committed_noted_at_unix_ms_ = noted.integer(1);
  } else if (rows.failed()) {
    return database_->error();
  }
  return {};
}

// After a commit that failed the row is asked: it says whether that commit is in it after all.
Result<bool> LaneWriter::begin() {
  now_unix_ms_ = clock_->now_unix_ms();
  if (is_sure_) return true;
  Rows rows(read_.bind(k_lane));
  if (!rows.next()) return database_->error();
  if (static_cast<std::uint64_t>(read_.integer(0)) != epoch_) return false;
  batch_ = static_cast<std::uint64_t>(read_.integer(1));
  tip_ = committed_tip_ = {read_.integer(2), chain_of(read_.bytes(3))};
  seen_unix_ms_ = read_.integer(4);
  is_sure_ = true;
  return true;
}

std::int64_t LaneWriter::set_back_ms() const {
  return set_back_ms(seen_unix_ms_);
}

std::int64_t LaneWriter::set_back_ms(std::int64_t made_unix_ms) const {
  const std::int64_t by = made_unix_ms - now_unix_ms_;
  return by < k_set_back_ms ? 0 : by;
}

void LaneWriter::finished_up_to(std::uint64_t high) {
  finished_ = std::max(finished_, high);
}

Result<bool> LaneWriter::write() {
  if (!write_
           .bind(k_lane, epoch_, batch_ + 1, tip_.position, Blob(tip_.chain), now_unix_ms_,
                 finished_)
           .run()) {
    return database_->error();
  }
  if (database_->changed() == 0) return false;
  if (const auto noted = note_checkpoint(); !noted) return noted.error();
  return true;
}

Result<void> LaneWriter::note_checkpoint() {
  const std::int64_t entries = tip_.position - noted_position_;
  // A clock set back must not put it off.
  const std::int64_t ms = now_unix_ms_ - noted_at_unix_ms_;
  const bool is_time = ms >= k_checkpoint_ms || ms < 0;
  if (entries == 0 || (!is_time && entries < k_checkpoint_entries)) return {};
  if (!checkpoint_.bind(k_lane, tip_.position, Blob(tip_.chain), now_unix_ms_).run())
    return database_->error();
  noted_position_ = tip_.position;
  noted_at_unix_ms_ = now_unix_ms_;
  return {};
}

void LaneWriter::committed() {
  ++batch_;
  seen_unix_ms_ = now_unix_ms_;
  committed_tip_ = tip_;
  committed_finished_ = finished_;
  committed_noted_position_ = noted_position_;
  committed_noted_at_unix_ms_ = noted_at_unix_ms_;
}

void LaneWriter::rolled_back() {
  is_sure_ = false;
  tip_ = committed_tip_;
  finished_ = committed_finished_;
  noted_position_ = committed_noted_position_;
  noted_at_unix_ms_ = committed_noted_at_unix_ms_;
}

LaneReader::LaneReader(Database& database)
    : database_(&database),
      row_(database, "SELECT position, chain, finished_up_to FROM writer_lane WHERE lane = 0") {}

Result<Tip> LaneReader::tip() {
  Rows rows(row_.bind());
  if (!rows.next()) return database_->error();
  return Tip{row_.integer(0), chain_of(row_.bytes(1))};
}

Result<std::uint64_t> LaneReader::finished_up_to() {
  Rows rows(row_.bind());
  if (!rows.next()) return database_->error();
  return static_cast<std::uint64_t>(row_.integer(2));
}

}  // namespace idswitch::store
