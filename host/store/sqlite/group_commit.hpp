#pragma once

// GroupCommit: many changes in one transaction, each of them whole or absent. Not the queue and not
// the thread: see Writer; not what a change does: see ChangeWriter. One thread at a time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "store/sqlite/change_writer.hpp"
#include "store/sqlite/lane_table.hpp"

namespace idswitch::store {

// Changes that answer with a number, and for which somebody waits.
struct ForgetClaims {
  std::int64_t before_unix_ms;  // answers how many
};

struct ForgetStatistics {
  std::int64_t before_unix_ms;  // answers how many
};

// AdoptedConfig answers the version's number, Retain see RetentionWriter.
using Errand = std::variant<ForgetClaims, ForgetStatistics, Retain, AdoptedConfig>;

// One thing to make durable, and afterwards how that went.
struct Job {
  Change change;
  std::function<void(Written)> done;
  Written written;

  // Instead of a change.
  std::optional<Errand> errand;
  std::int64_t number = 0;
  std::function<void(Result<std::int64_t>)> answered;

  std::size_t bytes = 0;  // of the change, about
};

class GroupCommit {
 public:
  // database: migrated, for writing. clock: must outlive it. offset_of: of accounts whose entries
  // do not say.
  GroupCommit(
      Database database, const Clock& clock,
      OffsetOf offset_of = [](std::string_view) { return 0; });

  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // Error: storage_failed, when a statement does not fit the file's tables.
  Result<void> prepared() const { return database_.prepared(); }

  // Begins a new epoch. Error: storage_failed.
  Result<void> join() { return lane_.join(); }

  // Fills in what became of each job; those that say committed are durable. A job that fails takes
  // no other along.
  void commit(std::span<Job> jobs);

  // Moves the log into the database file once it has grown; nothing waits for it and nothing is
  // lost when it fails. Call between groups.
  void checkpoint();

  Database& database() { return database_; }

  // For looking at them.
  CountCache& counts() { return counts_; }

 private:
  // Jobs and nulls.
  using Group = std::vector<Job*>;

  // Error: nothing of the group is there. bad: the job that is to blame alone, if one is; its
  // written says why.
  Result<void> commit_together(const Group& group, Job*& bad);
  Result<void> apply_all(const Group& group, Job*& bad);
  void commit_alone(const Group& group, const Error& error);
  Result<Applied> apply(Job& job);
  Result<std::int64_t> run(const ForgetClaims& errand);
  Result<std::int64_t> run(const ForgetStatistics& errand);
  Result<std::int64_t> run(const Retain& errand);
  Result<std::int64_t> run(const AdoptedConfig& errand);
  // The change asked for what cannot be, and the database is well.
  bool is_of_the_change() const;
  Error roll_back(Error error);
  void log_grew(int pages);

  Database database_;
  LaneWriter lane_;
  CountCache counts_;
  ChangeWriter changes_;
  Statement begin_;
  Statement commit_;
  bool locked_out_ = false;  // the last transaction did not even begin
  bool fenced_ = false;      // somebody else has the lane
  int log_pages_ = 0;
  int checkpoint_at_pages_;
};

}  // namespace idswitch::store
