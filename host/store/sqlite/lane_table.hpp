#pragma once

// The writer's lane in the file: a row that every commit changes. It is where the ledger's chain
// and positions end, it shows that somebody writes, and its epoch says who: one that was opened
// later has a higher one, and what an older one would commit is refused. One thread at a time; the
// database must outlive both classes.

#include <cstdint>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/ledger/ledger_chain.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

// Where a lane's entries end.
struct Tip {
  std::int64_t position = 0;
  Chain chain{};

  friend bool operator==(const Tip&, const Tip&) = default;
};

class LaneWriter {
 public:
  // clock: must outlive it.
  LaneWriter(Database& database, const Clock& clock);

  // Begins a new epoch; in no transaction. Error: storage_failed.
  Result<void> join();

  // First in a transaction. False: somebody else has the lane.
  Result<bool> begin();

  // By how much the wall clock has been set back since the last commit, of this process or of one
  // before it: what was put off until then would wait so much longer. 0: it has not been. After
  // begin().
  std::int64_t set_back_ms() const;

  // The same for what was made before the clock was set back and is written only now, queued for a
  // lock for example.
  std::int64_t set_back_ms(std::int64_t made_unix_ms) const;

  std::int64_t now_unix_ms() const { return now_unix_ms_; }  // of the transaction

  std::uint64_t epoch() const { return epoch_; }

  const Tip& tip() const { return tip_; }

  void move(const Tip& tip) { tip_ = tip; }

  void finished_up_to(std::uint64_t high);

  // The row, last in a transaction. False: somebody else has the lane; roll back.
  Result<bool> write();

  void committed();
  void rolled_back();

 private:
  Result<void> note_checkpoint();

  Database* database_;
  const Clock* clock_;
  Statement read_;
  Statement write_;
  Statement checkpoint_;
  std::uint64_t epoch_ = 0;
  std::int64_t now_unix_ms_ = 0;
  std::int64_t seen_unix_ms_ = 0;  // at the last commit

  // With what the transaction changes, and as the last commit left them.
  Tip tip_, committed_tip_;
  std::uint64_t finished_ = 0, committed_finished_ = 0;
  std::uint64_t batch_ = 0;
  bool is_sure_ = true;  // that the row is as the last commit left it

  // The newest checkpoint.
  std::int64_t noted_position_ = 0, noted_at_unix_ms_ = 0;
  std::int64_t committed_noted_position_ = 0, committed_noted_at_unix_ms_ = 0;
};

class LaneReader {
 public:
  explicit LaneReader(Database& database);

  Result<Tip> tip();
  Result<std::uint64_t> finished_up_to();

 private:
  Database* database_;
  Statement row_;
};

}  // namespace idswitch::store
