#include "store/sqlite_store.hpp"

#include "store/aged_hold_reader.hpp"
#include "store/database_file.hpp"
#include "store/ledger_reporter.hpp"
#include "store/ledger_verifier.hpp"
#include "store/schema.hpp"

namespace idswitch::store {
namespace {

Result<std::unique_ptr<Store>> open_resolved(const std::string& path, std::size_t group_max) {
  auto lock = FileLock::take(path);
  if (!lock) return lock.error();
  auto database = open_for_writing(path);
  if (!database) return database.error();
  auto group_commit = std::make_unique<GroupCommit>(std::move(*database));
  if (const auto prepared = group_commit->prepared(); !prepared) return prepared.error();
  return std::unique_ptr<Store>(
      std::make_unique<SqliteStore>(std::move(*lock), path, std::move(group_commit), group_max));
}

Error opened_for_reading() {
  return Error(Errc::storage_failed, "the store is open for reading only");
}

Error given_up() {
  return Error(Errc::shutting_down, "the switch is stopping, and what it read was not done");
}

// Reads on a connection of the pool.
template <class Read>
auto with(ReaderPool& readers, Read read) -> decltype(read(std::declval<Reader&>())) {
  auto reader = readers.lend();
  if (!reader) return reader.error();
  auto answer = read(*reader->operator->());
  if (!answer) reader->discard();
  if (!answer && readers.ended()) return given_up();
  return answer;
}

// Reads all there is on a connection of its own, so that the pool's caches stay what they are.
template <class Reading, class Read>
auto with_own(const std::string& path, const ReaderPool& readers, Read read)
    -> decltype(read(std::declval<Reading&>())) {
  if (readers.ended()) return given_up();
  auto database = open_for_reading(path);
  if (!database) return database.error();
  database->give_up_when(readers.ended());
  Reading reading(*database);
  if (const auto prepared = database->prepared(); !prepared) return prepared.error();
  auto answer = read(reading);
  if (!answer && readers.ended()) return given_up();
  return answer;
}

Result<std::size_t> counted(const Result<std::int64_t>& number) {
  if (!number) return number.error();
  return static_cast<std::size_t>(*number);
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const Options& options) {
  const auto fail = [&](const Error& error) {
    return Error(error.code(),
                 "the store " + options.path + " cannot be opened: " + error.detail());
  };
  const auto path = resolve_database_path(options.path);
  if (!path) return fail(path.error());
  auto opened = open_resolved(*path, options.group_max);
  if (!opened) return fail(opened.error());
  return opened;
}

Result<std::unique_ptr<Store>> Store::open_for_reading(const std::string& path) {
  const auto fail = [&](const Error& error) {
    return Error(error.code(), "the store " + path + " cannot be read: " + error.detail());
  };
  auto database = store::open_for_reading(path);
  if (!database) return fail(database.error());
  if (const auto checked = check_schema(*database); !checked) return fail(checked.error());
  const auto version = database->number("PRAGMA user_version");
  if (!version) return fail(version.error());
  if (*version != schema_version()) {
    return fail(Error(Errc::storage_failed,
                      "it was written by an older idswitch: start the switch on it once"));
  }
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(path));
}

SqliteStore::SqliteStore(FileLock lock, const std::string& path,
                         std::unique_ptr<GroupCommit> group_commit, std::size_t group_max)
    : lock_(std::move(lock)),
      path_(path),
      readers_(path),
      writer_(std::make_unique<Writer>(std::move(group_commit), group_max)) {}

void SqliteStore::write(Batch batch, std::function<void(Result<WriteResult>)> done) {
  if (writer_ == nullptr) return done(opened_for_reading());
  writer_->submit(std::move(batch), std::move(done));
}

Result<std::optional<VerificationRecord>> SqliteStore::find(VerificationId id) {
  return with(readers_, [&](Reader& reader) { return reader.verifications.find(id); });
}

Result<std::vector<VerificationRecord>> SqliteStore::list(const ListQuery& query) {
  return with(readers_, [&](Reader& reader) { return reader.verifications.list(query); });
}

Result<std::vector<LedgerEntry>> SqliteStore::entries_of(VerificationId id) {
  return with(readers_, [&](Reader& reader) { return reader.ledger.of(id); });
}

Result<std::vector<LedgerEntry>> SqliteStore::entries(const EntryQuery& query) {
  return with(readers_, [&](Reader& reader) { return reader.ledger.entries(query); });
}

Result<EntryPage> SqliteStore::entry_page(const EntryQuery& query) {
  return with(readers_, [&](Reader& reader) { return reader.ledger.page(query); });
}

Result<std::vector<DueVerification>> SqliteStore::due(std::int64_t now_unix_ms, std::size_t limit,
                                                      const std::optional<DueVerification>& after) {
  return with(readers_,
              [&](Reader& reader) { return reader.verifications.due(now_unix_ms, limit, after); });
}

Result<std::int64_t> SqliteStore::next_due() {
  return with(readers_, [](Reader& reader) { return reader.verifications.next_due(); });
}

Result<LedgerFaults> SqliteStore::verify_ledger(const LedgerCheck& check) {
  return with_own<LedgerVerifier>(path_, readers_,
                                  [&](auto& verifier) { return verifier.verify(check); });
}

Result<std::vector<ReportRow>> SqliteStore::ledger_report(const ReportQuery& query) {
  return with_own<LedgerReporter>(path_, readers_,
                                  [&](auto& reporter) { return reporter.report(query); });
}

Result<std::vector<AgedHold>> SqliteStore::aged_holds(const AgedQuery& query) {
  return with_own<AgedHoldReader>(path_, readers_, [&](auto& holds) { return holds.read(query); });
}

Result<std::optional<std::uint64_t>> SqliteStore::webhook_cursor(std::string_view endpoint) {
  return with(readers_, [&](Reader& reader) { return reader.webhooks.cursor(endpoint); });
}

Result<std::vector<WebhookFailure>> SqliteStore::pending_webhooks(const WebhookQuery& query) {
  return with(readers_, [&](Reader& reader) { return reader.webhooks.pending(query); });
}

Result<std::vector<WebhookFailure>> SqliteStore::due_webhooks(std::string_view endpoint,
                                                              std::int64_t now_unix_ms,
                                                              std::size_t limit) {
  return with(readers_,
              [&](Reader& reader) { return reader.webhooks.due(endpoint, now_unix_ms, limit); });
}

Result<std::vector<WebhookFailure>> SqliteStore::pending_webhooks_of(std::string_view endpoint,
                                                                     VerificationId id) {
  return with(readers_, [&](Reader& reader) { return reader.webhooks.pending_of(endpoint, id); });
}

Result<std::int64_t> SqliteStore::next_webhook_try(std::string_view endpoint) {
  return with(readers_, [&](Reader& reader) { return reader.webhooks.next_try(endpoint); });
}

Result<std::optional<ClaimResult>> SqliteStore::find_claim(std::string_view tenant,
                                                           std::string_view key) {
  return with(readers_, [&](Reader& reader) { return reader.idempotency.find(tenant, key); });
}

Result<std::vector<Image>> SqliteStore::kept_images(VerificationId id) {
  return with(readers_, [&](Reader& reader) { return reader.images.of(id); });
}

Result<std::uint64_t> SqliteStore::last_id() {
  return with(readers_, [](Reader& reader) { return reader.verifications.last_id(); });
}

Result<std::vector<VerificationRecord>> SqliteStore::interrupted() {
  return with(readers_, [](Reader& reader) { return reader.verifications.interrupted(); });
}

Result<std::size_t> SqliteStore::forget_claims_before(std::int64_t unix_ms) {
  if (writer_ == nullptr) return opened_for_reading();
  return counted(writer_->perform(ForgetClaims{unix_ms}));
}

Result<std::vector<VerificationRecord>> SqliteStore::recorded(const RecordedQuery& query) {
  return with(readers_, [&](Reader& reader) { return reader.verifications.recorded(query); });
}

Result<std::uint64_t> SqliteStore::ledger_sequence_at(std::int64_t unix_ms) {
  return with(readers_, [&](Reader& reader) { return reader.ledger.sequence_at(unix_ms); });
}

Result<std::int64_t> SqliteStore::adopt_config(std::string text,
                                               const std::array<std::uint8_t, 32>& sha256,
                                               std::int64_t now_unix_ms) {
  if (writer_ == nullptr) return opened_for_reading();
  return writer_->perform(AdoptConfig{std::move(text), sha256, now_unix_ms});
}

Result<std::optional<ConfigVersion>> SqliteStore::config_version(std::int64_t number) {
  return with(readers_, [&](Reader& reader) { return reader.config_versions.find(number); });
}

Result<std::vector<ConfigVersion>> SqliteStore::config_versions(std::size_t limit) {
  return with(readers_, [&](Reader& reader) { return reader.config_versions.list(limit); });
}

Result<std::vector<ExperimentPause>> SqliteStore::experiment_pauses() {
  return with(readers_, [](Reader& reader) { return reader.experiments.pauses(); });
}

Result<ExperimentCounts> SqliteStore::experiment_counts(std::string_view tenant,
                                                        std::string_view experiment,
                                                        std::string_view seed, bool with_waiting) {
  return with(readers_, [&](Reader& reader) {
    return reader.experiments.counts(tenant, experiment, seed, with_waiting);
  });
}

Result<Admission> SqliteStore::admissible(std::string_view tenant, std::string_view experiment,
                                          std::string_view seed, const AdmissionRule& rule,
                                          std::size_t limit) {
  return with(readers_, [&](Reader& reader) {
    return reader.experiments.admissible(tenant, experiment, seed, rule, limit);
  });
}

Result<std::vector<StatisticSlice>> SqliteStore::statistics(std::int64_t since_unix_ms) {
  return with(readers_, [&](Reader& reader) { return reader.statistics.since(since_unix_ms); });
}

Result<std::size_t> SqliteStore::forget_statistics_before(std::int64_t unix_ms) {
  if (writer_ == nullptr) return opened_for_reading();
  return counted(writer_->perform(ForgetStatistics{unix_ms}));
}

Result<std::optional<std::int64_t>> SqliteStore::person_charged_at(std::string_view account,
                                                                   std::string_view sku,
                                                                   std::uint64_t person) {
  return with(readers_, [&](Reader& reader) {
    return reader.person_charges.charged_at(account, sku, person);
  });
}

}  // namespace idswitch::store
