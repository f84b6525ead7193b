#include "store/group_commit.hpp"

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

}  // namespace

GroupCommit::GroupCommit(Database database)
    : database_(std::move(database)),
      verifications_(database_),
      ledger_(database_),
      idempotency_(database_),
      images_(database_),
      experiments_(database_),
      statistics_(database_),
      person_charges_(database_),
      webhooks_(database_),
      config_versions_(database_),
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
  const auto together = commit_together(jobs);
  if (together) return;
  log::write(log::Level::error, "store_write_failed",
             {{"batches", static_cast<std::int64_t>(jobs.size())},
              {"detail", std::string_view(together.error().detail())}});
  // Waiting for another program's lock once more, for each job, would hold everybody up.
  const bool alone_too = jobs.size() > 1 && !locked_out_;
  for (Job& job : jobs) {
    job.result = together.error();
    if (!alone_too) continue;
    if (const auto alone = commit_together({&job, 1}); !alone) job.result = alone.error();
  }
}

Result<void> GroupCommit::commit_together(std::span<Job> jobs) {
  locked_out_ = !begin_.run();
  if (locked_out_) return database_.error();
  ledger_.begin();
  for (Job& job : jobs) {
    if (const auto applied = apply(job); !applied) return roll_back(applied.error());
  }
  const bool has_entries = std::any_of(jobs.begin(), jobs.end(),
                                       [](const Job& job) { return !job.batch.entries().empty(); });
  if (has_entries) crash_point("commit.applied");
  if (!commit_.run()) return roll_back(database_.error());
  if (has_entries) crash_point("commit.durable");
  return {};
}

Error GroupCommit::roll_back(Error error) {
  const int code = sqlite3_errcode(database_.handle()) & 0xff;
  // SQLite has done it already after some failures.
  if (database_.in_transaction()) static_cast<void>(database_.execute("ROLLBACK"));
  // A damaged page that was read would stay in the cache when the file is restored.
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_IOERR)
    sqlite3_db_release_memory(database_.handle());
  return error;
}

Result<void> GroupCommit::apply(Job& job) {
  if (job.errand) {
    const auto number = std::visit([this](const auto& errand) { return run(errand); }, *job.errand);
    if (!number) return number.error();
    job.number = *number;
    job.result = WriteResult();
    return {};
  }
  job.result = apply(job.batch);
  if (!job.result) return job.result.error();
  return {};
}

Result<WriteResult> GroupCommit::apply(const Batch& batch) {
  WriteResult result;
  if (batch.claimed()) {
    auto claimed = idempotency_.claim(*batch.claimed());
    if (!claimed) return claimed.error();
    result.claim = std::move(*claimed);
    if (result.claim.state != ClaimState::fresh) return result;
  }
  for (const auto& record : batch.inserts()) {
    if (const auto done = verifications_.insert(record); !done) return done.error();
  }
  for (const auto& record : batch.updates()) {
    if (const auto done = verifications_.update(record); !done) return done.error();
  }
  for (const auto& entry : batch.entries()) {
    const auto appended = ledger_.append(entry);
    if (!appended) return appended.error();
    if (*appended == Appended::refused) ++result.entries_refused;
  }
  for (const auto& answer : batch.answers()) {
    if (const auto done = idempotency_.answer(answer); !done) return done.error();
  }
  for (const auto& [tenant, key] : batch.releases()) {
    if (const auto done = idempotency_.release(tenant, key); !done) return done.error();
  }
  if (const auto done = apply_rare(batch); !done) return done.error();
  return result;
}

Result<void> GroupCommit::apply_rare(const Batch& batch) {
  for (const auto& kept : batch.images()) {
    if (auto done = images_.keep(kept); !done) return done;
  }
  for (const auto& exposure : batch.exposures()) {
    if (auto done = experiments_.expose(exposure); !done) return done;
  }
  for (const auto& pause : batch.pauses()) {
    if (auto done = experiments_.pause(pause); !done) return done;
  }
  for (const auto& [tenant, experiment, seed, time, why] : batch.resumptions()) {
    if (auto done = experiments_.resume(tenant, experiment, seed); !done) return done;
  }
  for (const auto& admission : batch.admissions()) {
    if (auto done = experiments_.admit(admission); !done) return done;
  }
  for (const auto& slice : batch.statistics()) {
    if (auto done = statistics_.keep(slice); !done) return done;
  }
  for (const auto& charge : batch.person_charges()) {
    if (auto done = person_charges_.charge(charge); !done) return done;
  }
  for (const auto& change : batch.webhook_changes()) {
    if (auto done = webhooks_.apply(change); !done) return done;
  }
  return {};
}

Result<std::int64_t> GroupCommit::run(const ForgetClaims& errand) {
  const auto forgotten = idempotency_.forget_before(errand.before_unix_ms);
  if (!forgotten) return forgotten.error();
  return static_cast<std::int64_t>(*forgotten);
}

Result<std::int64_t> GroupCommit::run(const ForgetStatistics& errand) {
  const auto forgotten = statistics_.forget_before(errand.before_unix_ms);
  if (!forgotten) return forgotten.error();
  return static_cast<std::int64_t>(*forgotten);
}

Result<std::int64_t> GroupCommit::run(const AdoptConfig& errand) {
  return config_versions_.adopt(errand.text, errand.sha256, errand.now_unix_ms);
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
