#pragma once

// Who works on a verification, and when it is looked at next, in the file: rows of sixty bytes
// apart from what there is to tell of it. A verification without a row is in its maker's hands. One
// thread at a time; the database must outlive both classes.

#include <cstdint>
#include <vector>

#include "store/sqlite/sqlite.hpp"
#include "store/verifications.hpp"

namespace idswitch::store {

class WorkWriter {
 public:
  explicit WorkWriter(Database& database);

  // Of a verification that does not begin in its maker's hands. What is there already stays.
  Result<void> insert(const VerificationRecord& record);

  // Status and next question of the record. last_number: of the entries written with it, 0 = none.
  // set_back_ms: the wall clock shows so much less than when the next time was worked out.
  // False: somebody else has the case.
  Result<bool> progress(const Progress& progress, std::uint32_t last_number,
                        std::int64_t set_back_ms);
  Result<bool> lease(const Lease& lease, std::int64_t set_back_ms);
  Result<bool> give_back(const GiveBack& item);

  // The wall clock shows so much less than when the next times were written: nothing that is to
  // come waits longer for that. What was written before the clock went wrong is asked for early,
  // once.
  Result<void> set_back(std::int64_t by_ms, std::int64_t now_unix_ms);

 private:
  Result<bool> changed(Statement& statement);

  Database* database_;
  Statement insert_;
  Statement begin_;
  Statement progress_;
  Statement take_from_maker_;
  Statement lease_;
  Statement give_back_;
  Statement set_back_;
};

class WorkReader {
 public:
  explicit WorkReader(Database& database);

  Result<std::vector<DueVerification>> due(std::int64_t now_unix_ms, std::size_t limit,
                                           const std::optional<DueVerification>& after);
  Result<std::int64_t> next_due();
  Result<UnfinishedPage> unfinished(std::uint64_t after, std::size_t limit);

 private:
  Database* database_;
  Statement due_;
  Statement next_due_;
  Statement unfinished_;
};

}  // namespace idswitch::store
