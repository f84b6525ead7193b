#pragma once

// The ledger in the file: append and read, nothing else. One thread at a time; the database must
// outlive both classes.

#include <cstdint>
#include <optional>
#include <vector>

#include "store/ledger.hpp"
#include "store/ledger/ledger_chain.hpp"
#include "store/sqlite/lane_table.hpp"
#include "store/sqlite/sqlite.hpp"
#include "store/sqlite/time_search.hpp"

namespace idswitch::store {

enum class Appended : std::uint8_t { added, already_there, refused };

class LedgerWriter {
 public:
  LedgerWriter(Database& database, LaneWriter& lane);

  // Fills in what the store gives: sequence, lane, epoch and chain. already_there: the charge's
  // hold, or the very same adjustment. refused: a second resolution.
  Result<Appended> append(LedgerEntry& entry);

  // Of the entry's charge; nothing when it has none.
  Result<std::optional<LedgerEntry>> hold_of(const LedgerEntry& entry);

 private:
  // Where the adjustment goes; nothing when it is there already.
  Result<std::optional<std::int64_t>> free_slot(const LedgerEntry& entry);
  // otherwise: what it means that the slot is taken.
  Result<Appended> insert(LedgerEntry& entry, std::int64_t slot, Appended otherwise);

  Database* database_;
  LaneWriter* lane_;
  Statement insert_;
  Statement adjusted_;
  Statement hold_;
  Chainer chainer_;
};

class LedgerReader {
 public:
  explicit LedgerReader(Database& database);

  Result<std::vector<LedgerEntry>> of(VerificationId id);
  Result<std::vector<LedgerEntry>> entries(const EntryQuery& query);
  Result<EntryPage> page(const EntryQuery& query);
  Result<std::uint64_t> last();
  Result<std::uint64_t> sequence_at(std::int64_t unix_ms);

 private:
  Result<std::vector<LedgerEntry>> read_all(Statement& statement);

  Database* database_;
  Statement of_;
  Statement entries_;
  Statement last_;
  TimeSearch times_;
};

}  // namespace idswitch::store
