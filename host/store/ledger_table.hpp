#pragma once

// The ledger in the file: append and read, nothing else. One thread at a time; the database must
// outlive both classes.

#include <cstdint>
#include <vector>

#include "store/sqlite.hpp"
#include "store/store.hpp"
#include "store/time_search.hpp"

namespace idswitch::store {

enum class Appended : std::uint8_t { added, already_there, refused };

class LedgerWriter {
 public:
  explicit LedgerWriter(Database& database);

  // already_there: the charge's hold, or the very same adjustment. refused: a second resolution.
  Result<Appended> append(const LedgerEntry& entry);

 private:
  Database* database_;
  Statement once_;
  Statement adjust_;
};

class LedgerReader {
 public:
  explicit LedgerReader(Database& database);

  Result<std::vector<LedgerEntry>> of(VerificationId id);
  Result<std::vector<LedgerEntry>> entries(const EntryQuery& query);
  Result<std::uint64_t> sequence_at(std::int64_t unix_ms);

 private:
  Result<std::vector<LedgerEntry>> read_all(Statement& statement);

  Database* database_;
  Statement of_;
  Statement entries_;
  TimeSearch times_;
};

}  // namespace idswitch::store
