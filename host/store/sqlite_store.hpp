#pragma once

// SqliteStore: the Store over one SQLite file. Any thread.

#include "store/file_lock.hpp"
#include "store/reader_pool.hpp"
#include "store/store.hpp"
#include "store/writer.hpp"

namespace idswitch::store {

class SqliteStore final : public Store {
 public:
  // path: resolved; its lock is held.
  SqliteStore(FileLock lock, const std::string& path, std::unique_ptr<GroupCommit> group_commit,
              std::size_t group_max);

  // For reading alone.
  explicit SqliteStore(const std::string& path) : path_(path), readers_(path) {}

  void end_reads() override { readers_.end(); }

  using Store::write;
  void write(Batch batch, std::function<void(Result<WriteResult>)> done) override;

  Result<std::optional<VerificationRecord>> find(VerificationId id) override;
  Result<std::vector<VerificationRecord>> list(const ListQuery& query) override;
  Result<std::vector<LedgerEntry>> entries_of(VerificationId id) override;
  Result<std::vector<LedgerEntry>> entries(const EntryQuery& query) override;
  Result<EntryPage> entry_page(const EntryQuery& query) override;
  Result<std::vector<DueVerification>> due(std::int64_t now_unix_ms, std::size_t limit,
                                           const std::optional<DueVerification>& after) override;
  Result<std::int64_t> next_due() override;
  Result<LedgerFaults> verify_ledger(const LedgerCheck& check) override;
  Result<std::vector<ReportRow>> ledger_report(const ReportQuery& query) override;
  Result<std::vector<AgedHold>> aged_holds(const AgedQuery& query) override;
  Result<std::optional<std::uint64_t>> webhook_cursor(std::string_view endpoint) override;
  Result<std::vector<WebhookFailure>> pending_webhooks(const WebhookQuery& query) override;
  Result<std::vector<WebhookFailure>> due_webhooks(std::string_view endpoint,
                                                   std::int64_t now_unix_ms,
                                                   std::size_t limit) override;
  Result<std::vector<WebhookFailure>> pending_webhooks_of(std::string_view endpoint,
                                                          VerificationId id) override;
  Result<std::int64_t> next_webhook_try(std::string_view endpoint) override;
  Result<std::optional<ClaimResult>> find_claim(std::string_view tenant,
                                                std::string_view key) override;
  Result<std::vector<Image>> kept_images(VerificationId id) override;
  Result<std::uint64_t> last_id() override;
  Result<std::vector<VerificationRecord>> interrupted() override;
  Result<std::vector<VerificationRecord>> recorded(const RecordedQuery& query) override;
  Result<std::uint64_t> ledger_sequence_at(std::int64_t unix_ms) override;
  Result<std::size_t> forget_claims_before(std::int64_t unix_ms) override;
  Result<std::int64_t> adopt_config(std::string text, const std::array<std::uint8_t, 32>& sha256,
                                    std::int64_t now_unix_ms) override;
  Result<std::optional<ConfigVersion>> config_version(std::int64_t number) override;
  Result<std::vector<ConfigVersion>> config_versions(std::size_t limit) override;
  Result<std::vector<ExperimentPause>> experiment_pauses() override;
  Result<ExperimentCounts> experiment_counts(std::string_view tenant, std::string_view experiment,
                                             std::string_view seed, bool with_waiting) override;
  Result<Admission> admissible(std::string_view tenant, std::string_view experiment,
                               std::string_view seed, const AdmissionRule& rule,
                               std::size_t limit) override;
  Result<std::vector<StatisticSlice>> statistics(std::int64_t since_unix_ms) override;
  Result<std::size_t> forget_statistics_before(std::int64_t unix_ms) override;
  Result<std::optional<std::int64_t>> person_charged_at(std::string_view account,
                                                        std::string_view sku,
                                                        std::uint64_t person) override;

 private:
  std::optional<FileLock> lock_;  // first: held until both connections below are closed
  std::string path_;
  ReaderPool readers_;
  std::unique_ptr<Writer> writer_;  // null: opened for reading
};

}  // namespace idswitch::store
