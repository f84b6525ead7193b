#include "store/sqlite/group_commit.hpp"

#include <algorithm>

#include "base/crash_point.hpp"
#include "base/log.hpp"

namespace idswitch::store {
namespace {

// 16 MiB of log: long enough that a page written again and again reaches the file once.
constexpr int k_log_pages_max = 4000;

// A long read, an operator's for example, keeps the log from starting over. Trying again for every
// group would cost each of them two more syncs.
constexpr int k_retry_pages = 1000;

bool changes_the_ledger(const Job* job) {
  const auto changes = [](const Item& item) {
    const auto* append = std::get_if<Append>(&item);
    return append != nullptr && !append->entries.empty();
  };
  return !job->written.entries.empty() ||
         std::any_of(job->change.begin(), job->change.end(), changes);
}

Error deposed() {
  return Error(Errc::storage_failed,
               "another process has opened the store and writes to it: stop this one");
}

}  // namespace

GroupCommit::GroupCommit(Database database, const Clock& clock, OffsetOf offset_of)
    : database_(std::move(database)),
      lane_(database_, clock),
      counts_(database_),
      changes_(database_, lane_, counts_, std::move(offset_of)),
      begin_(database_, "BEGIN IMMEDIATE"),
      commit_(database_, "COMMIT"),
      checkpoint_at_pages_(k_log_pages_max) {
  // In place of the automatic checkpoint, which would run before the group hears that it is
  // durable.
  sqlite3_wal_hook(
      database_.handle(),
      [](void* self, sqlite3*, const char*, int pages) {
        static_cast<GroupCommit*>(self)->log_grew(pages);
        return SQLITE_OK;
      },
      this);
}

void GroupCommit::commit(std::span<Job> jobs) {
  Group group;
  group.reserve(jobs.size());
  for (Job& job : jobs) group.push_back(&job);
  while (!group.empty()) {
    Job* bad = nullptr;
    const auto together = commit_together(group, bad);
    if (together) return;
    // The others, once more without it.
    if (bad == nullptr) return commit_alone(group, together.error());
    std::erase(group, bad);
  }
}

void GroupCommit::commit_alone(const Group& group, const Error& error) {
  log::write(log::Level::error, "store_write_failed",
             {{"changes", static_cast<std::int64_t>(group.size())},
              {"detail", std::string_view(error.detail())}});
  // Waiting for another program's lock once more, for each job, would hold everybody up.
  const bool alone_too = group.size() > 1 && !locked_out_ && !fenced_;
  for (Job* job : group) {
    job->written = Written::failed(error);
    if (fenced_) job->written.outcome = Outcome::fenced;
    if (!alone_too) continue;
    Job* bad = nullptr;
    const auto alone = commit_together({job}, bad);
    if (!alone && bad == nullptr) job->written = Written::failed(alone.error());
  }
}

Result<void> GroupCommit::commit_together(const Group& group, Job*& bad) {
  locked_out_ = !begin_.run();
  if (locked_out_) return database_.error();
  if (const auto applied = apply_all(group, bad); !applied) return roll_back(applied.error());
  const bool has_entries = std::any_of(group.begin(), group.end(), changes_the_ledger);
  if (has_entries) crash_point("commit.applied");
  if (!commit_.run()) return roll_back(database_.error());
  lane_.committed();
  counts_.committed();
  if (has_entries) crash_point("commit.durable");
  return {};
}

Result<void> GroupCommit::apply_all(const Group& group, Job*& bad) {
  const auto is_ours = lane_.begin();
  if (!is_ours) return is_ours.error();
  fenced_ = !*is_ours;
  if (fenced_) return deposed();
  if (const auto begun = changes_.begin(); !begun) return begun;
  for (Job* job : group) {
    const auto applied = apply(*job);
    if (!applied) {
      if (!is_of_the_change()) return applied.error();
      bad = job;
      job->written = Written::failed(applied.error());
      return applied.error();
    }
    if (*applied == Applied::in_part) {
      bad = job;
      return job->written.error;
    }
  }
  if (const auto written = counts_.write(); !written) return written;
  const auto is_still_ours = lane_.write();
  if (!is_still_ours) return is_still_ours.error();
  fenced_ = !*is_still_ours;
  return fenced_ ? Result<void>(deposed()) : Result<void>();
}

bool GroupCommit::is_of_the_change() const {
  switch (sqlite3_errcode(database_.handle()) & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG: return true;
    default: return false;
  }
}

Error GroupCommit::roll_back(Error error) {
  const int code = sqlite3_errcode(database_.handle()) & 0xff;
  // SQLite has done it already after some failures.
  if (database_.in_transaction()) static_cast<void>(database_.execute("ROLLBACK"));
  // A damaged page that was read would stay in the cache when the file is restored.
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_IOERR)
    sqlite3_db_release_memory(database_.handle());
  lane_.rolled_back();
  counts_.rolled_back();
  return error;
}

Result<Applied> GroupCommit::apply(Job& job) {
  job.written = Written();
  if (!job.errand) return changes_.apply(job.change, job.written);
  const auto number = std::visit([this](const auto& errand) { return run(errand); }, *job.errand);
  if (!number) return number.error();
  job.number = *number;
  return Applied::whole;
}

Result<std::int64_t> GroupCommit::run(const ForgetClaims& errand) {
  const auto forgotten = changes_.forget_claims_before(errand.before_unix_ms);
  if (!forgotten) return forgotten.error();
  return static_cast<std::int64_t>(*forgotten);
}

Result<std::int64_t> GroupCommit::run(const ForgetStatistics& errand) {
  const auto forgotten = changes_.forget_statistics_before(errand.before_unix_ms);
  if (!forgotten) return forgotten.error();
  return static_cast<std::int64_t>(*forgotten);
}

Result<std::int64_t> GroupCommit::run(const Retain& errand) {
  return changes_.retain(errand);
}

Result<std::int64_t> GroupCommit::run(const AdoptedConfig& errand) {
  return changes_.adopt(errand);
}

void GroupCommit::log_grew(int pages) {
  const bool began_anew = pages < log_pages_;
  if (began_anew) checkpoint_at_pages_ = k_log_pages_max;
  log_pages_ = pages;
}

void GroupCommit::checkpoint() {
  if (log_pages_ < checkpoint_at_pages_) return;
  checkpoint_at_pages_ = log_pages_ + k_retry_pages;
  if (sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr,
                                nullptr) != SQLITE_OK) {
    log::write(log::Level::warn, "store_checkpoint_failed",
               {{"detail", sqlite3_errmsg(database_.handle())}});
  }
}

}  // namespace idswitch::store
