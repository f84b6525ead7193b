#pragma once

// GroupCommit: many changes in one transaction, each of them whole or absent. Not the queue and not
// the thread: see Writer. One thread at a time.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "store/change.hpp"
#include "store/sqlite/config_version_table.hpp"
#include "store/sqlite/experiment_table.hpp"
#include "store/sqlite/idempotency_table.hpp"
#include "store/sqlite/image_table.hpp"
#include "store/sqlite/ledger_table.hpp"
#include "store/sqlite/person_charge_table.hpp"
#include "store/sqlite/sqlite.hpp"
#include "store/sqlite/statistic_table.hpp"
#include "store/sqlite/verification_table.hpp"
#include "store/sqlite/webhook_table.hpp"

namespace idswitch::store {

// Changes that answer with a number, and for which somebody waits.
struct ForgetClaims {
  std::int64_t before_unix_ms;  // answers how many
};

struct ForgetStatistics {
  std::int64_t before_unix_ms;  // answers how many
};

struct AdoptConfig {
  std::string text;
  std::array<std::uint8_t, 32> sha256;
  std::int64_t now_unix_ms;  // answers the version's number
};

using Errand = std::variant<ForgetClaims, ForgetStatistics, AdoptConfig>;

// One thing to make durable, and afterwards how that went.
struct Job {
  Change change;
  std::function<void(Written)> done;
  Written written;

  // Instead of a change.
  std::optional<Errand> errand;
  std::int64_t number = 0;
  std::function<void(Result<std::int64_t>)> answered;
};

class GroupCommit {
 public:
  // database: migrated, for writing.
  explicit GroupCommit(Database database);

  GroupCommit(const GroupCommit&) = delete;
  GroupCommit& operator=(const GroupCommit&) = delete;

  // Error: storage_failed, when a statement does not fit the file's tables.
  Result<void> prepared() const { return database_.prepared(); }

  // Fills in what became of each job; those that say committed are durable. A job that fails takes
  // no other along.
  void commit(std::span<Job> jobs);

  // Moves the log into the database file once it has grown; nothing waits for it and nothing is
  // lost when it fails. Call between groups.
  void checkpoint();

  Database& database() { return database_; }

 private:
  // Error: nothing of the jobs is there.
  Result<void> commit_together(std::span<Job> jobs);
  Result<void> apply(Job& job);
  Result<void> apply(const Change& change, Written& written);

  // Claims are passed over.
  Result<void> apply(const Claim&, Written&) { return {}; }

  Result<void> apply(const Insert& item, Written& written);
  Result<void> apply(const Progress& item, Written& written);
  Result<void> apply(const Append& item, Written& written);
  Result<void> apply(const Answer& item, Written& written);
  Result<void> apply(const Release& item, Written& written);
  Result<void> apply(const KeepImage& item, Written& written);
  Result<void> apply(const Expose& item, Written& written);
  Result<void> apply(const PauseExperiment& item, Written& written);
  Result<void> apply(const Admit& item, Written& written);
  Result<void> apply(const ResumeExperiment& item, Written& written);
  Result<void> apply(const KeepStatistic& item, Written& written);
  Result<void> apply(const ChargePerson& item, Written& written);

  // What the webhooks' own table takes.
  template <class WebhookItem>
  Result<void> apply(const WebhookItem& item, Written&) {
    return webhooks_.apply(item);
  }

  Result<std::int64_t> run(const ForgetClaims& errand);
  Result<std::int64_t> run(const ForgetStatistics& errand);
  Result<std::int64_t> run(const AdoptConfig& errand);
  Error roll_back(Error error);
  void log_grew(int pages);

  Database database_;
  VerificationWriter verifications_;
  LedgerWriter ledger_;
  IdempotencyWriter idempotency_;
  ImageWriter images_;
  ExperimentWriter experiments_;
  StatisticWriter statistics_;
  PersonChargeWriter person_charges_;
  WebhookWriter webhooks_;
  ConfigVersionWriter config_versions_;
  Statement begin_;
  Statement commit_;
  bool locked_out_ = false;  // the last transaction did not even begin
  int log_pages_ = 0;
  int checkpoint_at_pages_;
};

}  // namespace idswitch::store
