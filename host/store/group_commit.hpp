#pragma once

// GroupCommit: many batches in one transaction, each of them whole or absent. Not the queue and not
// the thread: see Writer. One thread at a time.

#include <cstddef>
#include <functional>
#include <optional>
#include <span>

#include "store/idempotency_table.hpp"
#include "store/image_table.hpp"
#include "store/ledger_table.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"
#include "store/verification_table.hpp"

namespace idswitch::store {

// One thing to make durable, and afterwards how that went.
struct Job {
  Batch batch;
  std::function<void(Result<WriteResult>)> done;
  Result<WriteResult> result;

  // Instead of a batch: Idempotency-Keys to forget, and how many they were.
  std::optional<std::int64_t> forget_before_unix_ms;
  std::size_t forgotten = 0;
  std::function<void(Result<std::size_t>)> counted;
};

class GroupCommit {
 public:
  // database: migrated, for writing.
  explicit GroupCommit(Database database);

  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // Error: storage_failed, when a statement does not fit the file's tables.
  Result<void> prepared() const { return database_.prepared(); }

  // Fills in each job's result; those with a value are durable. A job that fails takes no other
  // along.
  void commit(std::span<Job> jobs);

  // Moves the log into the database file once it has grown; nothing waits for it and nothing is
  // lost when it fails. Call between groups.
  void checkpoint();

  Database& database() { return database_; }

 private:
  // Error: nothing of the jobs is there.
  Result<void> commit_together(std::span<Job> jobs);
  Result<void> apply(Job& job);
  Result<WriteResult> apply(const Batch& batch);
  Error roll_back(Error error);
  void log_grew(int pages);

  Database database_;
  VerificationWriter verifications_;
  LedgerWriter ledger_;
  IdempotencyWriter idempotency_;
  ImageWriter images_;
  Statement begin_;
  Statement commit_;
  bool locked_out_ = false;  // the last transaction did not even begin
  int log_pages_ = 0;
  int checkpoint_at_pages_;
};

}  // namespace idswitch::store
