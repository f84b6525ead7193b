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

bool changes_the_ledger(const Job& job) {
  return std::any_of(job.change.begin(), job.change.end(), [](const Item& item) {
    const auto* append = std::get_if<Append>(&item);
    return append != nullptr && !append->entries.empty();
  });
}

const Claim* claim_of(const Change& change) {
  for (const Item& item : change) {
    if (const auto* claim = std::get_if<Claim>(&item)) return claim;
  }
  return nullptr;
}

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
             {{"changes", static_cast<std::int64_t>(jobs.size())},
              {"detail", std::string_view(together.error().detail())}});
  // Waiting for another program's lock once more, for each job, would hold everybody up.
  const bool alone_too = jobs.size() > 1 && !locked_out_;
  for (Job& job : jobs) {
    job.written = Written::failed(together.error());
    if (!alone_too) continue;
    if (const auto alone = commit_together({&job, 1}); !alone)
      job.written = Written::failed(alone.error());
  }
}

Result<void> GroupCommit::commit_together(std::span<Job> jobs) {
  locked_out_ = !begin_.run();
  if (locked_out_) return database_.error();
  ledger_.begin();
  for (Job& job : jobs) {
    if (const auto applied = apply(job); !applied) return roll_back(applied.error());
  }
  const bool has_entries = std::any_of(jobs.begin(), jobs.end(), changes_the_ledger);
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
  job.written = Written();
  if (!job.errand) return apply(job.change, job.written);
  const auto number = std::visit([this](const auto& errand) { return run(errand); }, *job.errand);
  if (!number) return number.error();
  job.number = *number;
  return {};
}

Result<void> GroupCommit::apply(const Change& change, Written& written) {
  if (const Claim* claim = claim_of(change)) {
    auto claimed = idempotency_.claim(*claim);
    if (!claimed) return claimed.error();
    written.claim = std::move(*claimed);
    if (written.claim.state != ClaimState::fresh) {
      written.outcome = Outcome::claimed_before;
      return {};
    }
  }
  for (const Item& item : change) {
    auto done = std::visit([&](const auto& one) { return apply(one, written); }, item);
    if (!done) return done;
  }
  return {};
}

Result<void> GroupCommit::apply(const Insert& item, Written&) {
  return verifications_.insert(*item.record);
}

Result<void> GroupCommit::apply(const Progress& item, Written&) {
  return verifications_.update(*item.record);
}

Result<void> GroupCommit::apply(const Append& item, Written& written) {
  for (const LedgerEntry& entry : item.entries) {
    const auto appended = ledger_.append(entry);
    if (!appended) return appended.error();
    if (*appended == Appended::refused) ++written.entries_refused;
  }
  return {};
}

Result<void> GroupCommit::apply(const Answer& item, Written&) {
  return idempotency_.answer(item);
}

Result<void> GroupCommit::apply(const Release& item, Written&) {
  return idempotency_.release(item.tenant, item.key);
}

Result<void> GroupCommit::apply(const KeepImage& item, Written&) {
  return images_.keep(item);
}

Result<void> GroupCommit::apply(const Expose& item, Written&) {
  return experiments_.expose(item.exposure);
}

Result<void> GroupCommit::apply(const PauseExperiment& item, Written&) {
  return experiments_.pause(item.pause);
}

Result<void> GroupCommit::apply(const Admit& item, Written&) {
  return experiments_.admit(item.admission);
}

Result<void> GroupCommit::apply(const ResumeExperiment& item, Written&) {
  return experiments_.resume(item.tenant, item.experiment, item.seed);
}

Result<void> GroupCommit::apply(const KeepStatistic& item, Written&) {
  return statistics_.keep(item.slice);
}

Result<void> GroupCommit::apply(const ChargePerson& item, Written&) {
  return person_charges_.charge(item);
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
