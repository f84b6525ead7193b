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

namespace idswitch::store {

// A use of an Idempotency-Key. Unique by (tenant, key) for seven days: an older claim is replaced,
// whether or not forget_claims_before came by.
struct Claim {
  std::string tenant;
  std::string key;                              // as the caller sent it, 1-255 bytes
  std::array<std::uint8_t, 32> request_digest;  // SHA-256 over route and body
  VerificationId verification;                  // what the request works on
  std::int64_t at_unix_ms = 0;
};

enum class ClaimState : std::uint8_t {
  fresh,     // ours now; everything in the batch was applied
  answered,  // the same request was answered before: see http_status and body
  running,   // the same request has no answer yet (or the process died before it wrote one)
  mismatch,  // the key was used with another request
};

struct ClaimResult {
  ClaimState state = ClaimState::fresh;
  VerificationId verification;                    // the earlier request's; set unless fresh
  std::array<std::uint8_t, 32> request_digest{};  // the earlier request's; set unless fresh
  std::int64_t claimed_unix_ms = 0;
  int http_status = 0;  // answered
  std::string body;     // answered: byte for byte what was sent then
};

// One atomic set of changes: all of it is durable, or none of it is there.
class Batch {
 public:
  // At most one, and looked at first: unless the claim is fresh nothing else of the batch is
  // applied.
  void claim(Claim claim) { claim_ = std::move(claim); }

  // Cheapest while it has only what the request fixed (see update) and the status `starting`. Its
  // id must be new: the batch fails otherwise.
  void insert(VerificationRecord record) { inserts_.push_back(std::move(record)); }

  // Everything is replaced but what the request fixed: id, tenant, method, checks, person_id,
  // reference, return_url, path secret and created time. It must exist: the batch fails otherwise.
  void update(VerificationRecord record) { updates_.push_back(std::move(record)); }

  // Idempotent: a hold that is there already is left alone. A second resolution (capture or void)
  // of a charge is left out as well, and counted in WriteResult::entries_refused. An adjustment is
  // repeated when verification, account, sku, dedupe_key, evidence, source, amount and vendor_code
  // are those of an earlier one.
  void append(LedgerEntry entry) { entries_.push_back(std::move(entry)); }

  // The answer to a claimed request, kept to be given again.
  void answer(std::string tenant, std::string key, int http_status, std::string body) {
    answers_.push_back({std::move(tenant), std::move(key), http_status, std::move(body)});
  }

  // Gives a claim up again, because the request it stood for did nothing at all. One that is
  // answered stays.
  void release(std::string tenant, std::string key) {
    releases_.push_back({std::move(tenant), std::move(key)});
  }

  // A picture the tenant's config wants kept. It replaces an earlier one of the same verification
  // and name.
  void keep_image(VerificationId verification, Image image) {
    images_.push_back({verification, std::move(image)});
  }

  bool empty() const;

  struct Answer {
    std::string tenant, key;
    int http_status;
    std::string body;
  };

  struct KeptImage {
    VerificationId verification;
    Image image;
  };

  // For the store.
  const std::optional<Claim>& claimed() const { return claim_; }

  const std::vector<VerificationRecord>& inserts() const { return inserts_; }

  const std::vector<VerificationRecord>& updates() const { return updates_; }

  const std::vector<LedgerEntry>& entries() const { return entries_; }

  const std::vector<Answer>& answers() const { return answers_; }

  const std::vector<std::pair<std::string, std::string>>& releases() const { return releases_; }

  const std::vector<KeptImage>& images() const { return images_; }

 private:
  std::optional<Claim> claim_;
  std::vector<VerificationRecord> inserts_;
  std::vector<VerificationRecord> updates_;
  std::vector<LedgerEntry> entries_;
  std::vector<Answer> answers_;
  std::vector<std::pair<std::string, std::string>> releases_;
  std::vector<KeptImage> images_;
};

struct WriteResult {
  ClaimResult claim;  // fresh when the batch had no claim
  std::uint32_t entries_refused =
      0;  // resolutions that contradicted an earlier one, or repeated it
};

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

class Store {
 public:
  // Creates or migrates the schema. Fails with storage_failed and a sentence that names the file
  // when it is not ours, newer than this program, locked by another process, or its folder is
  // missing or read-only. [blocking]
  static Result<std::unique_ptr<Store>> open(const Options& options);

  virtual ~Store() = default;  // waits until everything queued is durable

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
  virtual Result<std::optional<ClaimResult>> find_claim(std::string_view tenant,
                                                        std::string_view key) = 0;
  virtual Result<std::vector<Image>> kept_images(VerificationId id) = 0;

  // The highest high half of any verification id in the file; 0 when there is none.
  virtual Result<std::uint64_t> last_id() = 0;

  // Verifications that a dead process left in Status::starting or Status::submitting. Call before
  // the first write.
  virtual Result<std::vector<VerificationRecord>> interrupted() = 0;

  // Forgets Idempotency-Keys claimed before the given time, a bounded number per call; answers how
  // many. Queued like a write and waits for it. [blocking]
  virtual Result<std::size_t> forget_claims_before(std::int64_t unix_ms) = 0;
};

}  // namespace idswitch::store
