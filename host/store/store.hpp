#pragma once

// Store: the one SQLite file (WAL, synchronous=FULL). Changes are queued and made durable in groups
// by one writer thread; reads run on the calling thread over a connection of its own. Not for
// decisions: what to write is the engine's and billing's business. Any thread, unless said
// otherwise.

#include <array>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/ledger_entry.hpp"
#include "model/verification_record.hpp"
#include "store/batch.hpp"
#include "store/config_version.hpp"
#include "store/experiment.hpp"
#include "store/ledger_faults.hpp"
#include "store/ledger_report.hpp"
#include "store/statistic_slice.hpp"
#include "store/webhook.hpp"

namespace idswitch::store {

struct Options {
  std::string path;             // created with mode 0600 when absent; its folder must exist
  std::size_t group_max = 512;  // batches in one commit at most
};

struct ListQuery {
  std::string tenant;
  std::optional<VerificationId> before;  // older than this one; newest first
  std::string reference;                 // empty = any
  std::size_t limit = 50;
};

struct EntryQuery {
  std::string tenant;       // empty = any
  std::string account;      // empty = any
  std::uint64_t after = 0;  // sequence
  std::size_t limit = 1000;
};

// A page of the entries that an EntryQuery asks for.
struct EntryPage {
  std::vector<LedgerEntry> entries;
  std::uint64_t next = 0;  // EntryQuery::after of the next page
  bool is_last = false;    // nothing more for the time being
};

struct DueVerification {
  VerificationId id;
  std::int64_t due_unix_ms = 0;
};

struct RecordedQuery {
  std::string tenant;  // empty = any
  std::int64_t since_unix_ms = 0;
  std::uint64_t after = 0;  // VerificationId.high of the last one read; 0 = from the start
  std::size_t limit = 1000;
};

class Store {
 public:
  // Creates or migrates the schema. Fails with storage_failed and a sentence that names the file
  // when it is not ours, newer than this program, locked by another process, or its folder is
  // missing or read-only. [blocking]
  static Result<std::unique_ptr<Store>> open(const Options& options);

  // For reading beside the process that has it open, or while nobody has: every write fails. The
  // file must exist and have this program's schema. [blocking]
  static Result<std::unique_ptr<Store>> open_for_reading(const std::string& path);

  virtual ~Store() = default;  // waits until everything queued is durable

  // The switch stops: a read that is under way gives up, and none begins any more; they fail with
  // shutting_down. Writes go on. Any thread, and at once.
  virtual void end_reads() = 0;

  // done is called on the writer thread after the commit, or with storage_failed after the
  // roll-back: keep it short and do not throw. Batches are applied in the order they were queued.
  virtual void write(Batch batch, std::function<void(Result<WriteResult>)> done) = 0;

  // The same; resumes on the awaiting coroutine's own executor, whose context must outlive the
  // store.
  boost::asio::awaitable<Result<WriteResult>> write(Batch batch);

  // [blocking], a few microseconds from the page cache.
  virtual Result<std::optional<VerificationRecord>> find(VerificationId id) = 0;
  virtual Result<std::vector<VerificationRecord>> list(const ListQuery& query) = 0;
  virtual Result<std::vector<LedgerEntry>> entries_of(VerificationId id) = 0;
  virtual Result<std::vector<LedgerEntry>> entries(const EntryQuery& query) = 0;

  // The same in bounded time however few entries fit: a page looks at 100,000 entries at most, so
  // it may be empty and not the last.
  virtual Result<EntryPage> entry_page(const EntryQuery& query) = 0;

  virtual Result<std::optional<ClaimResult>> find_claim(std::string_view tenant,
                                                        std::string_view key) = 0;
  virtual Result<std::vector<Image>> kept_images(VerificationId id) = 0;

  // Verifications created since a time, in the order of their ids, whatever became of them.
  virtual Result<std::vector<VerificationRecord>> recorded(const RecordedQuery& query) = 0;

  // A sequence such that every entry from unix_ms or later comes after it; some of the last hour
  // before may do so too. For EntryQuery::after. Clocks that were set back by more than an hour can
  // hide entries.
  virtual Result<std::uint64_t> ledger_sequence_at(std::int64_t unix_ms) = 0;

  // Open verifications whose next_ask_unix_ms has come, the longest due first; after: the last one
  // read. A look-up, however many there are.
  virtual Result<std::vector<DueVerification>> due(
      std::int64_t now_unix_ms, std::size_t limit,
      const std::optional<DueVerification>& after = {}) = 0;

  // The smallest next_ask_unix_ms; 0 when nobody is to be asked about.
  virtual Result<std::int64_t> next_due() = 0;

  // Whether the ledger is whole and consistent as far as it reaches now. Reads all of it, in
  // bounded memory and in steps that hold no writer up. [blocking], seconds for a million entries.
  virtual Result<LedgerFaults> verify_ledger(const LedgerCheck& check) = 0;

  // What came of the charges of a period. Reads the period's entries only. Error: invalid_field
  // when more rows would come out than query.rows_max. [blocking]
  virtual Result<std::vector<ReportRow>> ledger_report(const ReportQuery& query) = 0;

  // Holds that nothing has resolved, in the order of their verifications. With unknown_only a
  // look-up; without, it reads the index of all older charges until the page is full. [blocking]
  virtual Result<std::vector<AgedHold>> aged_holds(const AgedQuery& query) = 0;

  // What Batch::advance_webhook said last; nothing for an endpoint that was never heard of.
  virtual Result<std::optional<std::uint64_t>> webhook_cursor(std::string_view endpoint) = 0;
  virtual Result<std::vector<WebhookFailure>> pending_webhooks(const WebhookQuery& query) = 0;

  // Waiting ones whose time has come, the longest due first.
  virtual Result<std::vector<WebhookFailure>> due_webhooks(std::string_view endpoint,
                                                           std::int64_t now_unix_ms,
                                                           std::size_t limit) = 0;

  // Waiting and dead ones of one verification, in the order of their sequences.
  virtual Result<std::vector<WebhookFailure>> pending_webhooks_of(std::string_view endpoint,
                                                                  VerificationId id) = 0;

  // When the next waiting one is due; 0 when none is waiting.
  virtual Result<std::int64_t> next_webhook_try(std::string_view endpoint) = 0;

  // The highest high half of any verification id in the file; 0 when there is none.
  virtual Result<std::uint64_t> last_id() = 0;

  // Verifications that a dead process left in Status::starting or Status::submitting. Call before
  // the first write.
  virtual Result<std::vector<VerificationRecord>> interrupted() = 0;

  // Forgets Idempotency-Keys claimed before the given time, a bounded number per call; answers how
  // many. Queued like a write and waits for it. [blocking]
  virtual Result<std::size_t> forget_claims_before(std::int64_t unix_ms) = 0;

  // The number of this configuration: that of the newest version when it has the same sha256, else
  // the next one, which is durable when this returns. Queued like a write. [blocking]
  virtual Result<std::int64_t> adopt_config(std::string text,
                                            const std::array<std::uint8_t, 32>& sha256,
                                            std::int64_t now_unix_ms) = 0;
  virtual Result<std::optional<ConfigVersion>> config_version(std::int64_t number) = 0;

  // Newest first, with empty texts.
  virtual Result<std::vector<ConfigVersion>> config_versions(std::size_t limit) = 0;

  virtual Result<std::vector<ExperimentPause>> experiment_pauses() = 0;

  // What was admitted is a look-up; those that wait are read, unless they are not asked for.
  virtual Result<ExperimentCounts> experiment_counts(std::string_view tenant,
                                                     std::string_view experiment,
                                                     std::string_view seed,
                                                     bool with_waiting = true) = 0;

  // Looks at the next exposures, in the order of their ids, until one is too young; at most `limit`
  // of them, those of other experiments included.
  virtual Result<Admission> admissible(std::string_view tenant, std::string_view experiment,
                                       std::string_view seed, const AdmissionRule& rule,
                                       std::size_t limit) = 0;

  // Slices that begin at the given time or later, by account, segment and time.
  virtual Result<std::vector<StatisticSlice>> statistics(std::int64_t since_unix_ms) = 0;

  // Forgets slices that begin before the given time, the oldest first, a bounded number per call;
  // answers how many. Queued like a write and waits for it. [blocking]
  virtual Result<std::size_t> forget_statistics_before(std::int64_t unix_ms) = 0;

  // What Batch::charge_person said last.
  virtual Result<std::optional<std::int64_t>> person_charged_at(std::string_view account,
                                                                std::string_view sku,
                                                                std::uint64_t person) = 0;
};

}  // namespace idswitch::store
