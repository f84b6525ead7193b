#pragma once

// Verifications: one of the store's four doors. What is kept of verifications and of the requests
// that made them. Reads run on the calling thread; any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/change.hpp"

namespace idswitch::store {

struct ListQuery {
  std::string tenant;
  std::optional<VerificationId> before;  // older than this one; newest first
  std::string reference;                 // empty = any
  std::size_t limit = 50;
};

struct DueVerification {
  VerificationId id;
  std::int64_t due_unix_ms = 0;
  std::uint64_t fence = 0;  // for Lease
  Status status = Status::starting;
  std::int64_t expires_unix_ms = 0;
  std::string account;
};

// Verifications that are in their makers' hands.
struct UnfinishedPage {
  std::vector<VerificationId> ids;
  std::uint64_t looked_up_to = 0;  // where the next page begins
  bool is_last = false;
};

struct RecordedQuery {
  std::string tenant;  // empty = any
  std::int64_t since_unix_ms = 0;
  std::uint64_t after = 0;  // VerificationId.high of the last one read; 0 = from the start
  std::size_t limit = 1000;
};

class Verifications {
 public:
  virtual ~Verifications() = default;

  // Null: there is none. It is the caller's own. [blocking], a few microseconds from the page
  // cache.
  virtual Result<std::shared_ptr<VerificationRecord>> find(VerificationId id) = 0;
  virtual Result<std::vector<VerificationRecord>> list(const ListQuery& query) = 0;

  // Those created since a time, in the order of their ids, whatever became of them.
  virtual Result<std::vector<VerificationRecord>> recorded(const RecordedQuery& query) = 0;

  virtual Result<std::vector<Image>> kept_images(VerificationId id) = 0;

  // The highest high half of any id in the file; 0 when there is none.
  virtual Result<std::uint64_t> last_id() = 0;

  // Those above an id (its high half) that are in their makers' hands, looking at so many. Nobody
  // works on one: it was interrupted, and Lease with fence 1 takes it.
  virtual Result<UnfinishedPage> unfinished(std::uint64_t after, std::size_t limit) = 0;

  // What FinishedUpTo said last; 0 = nothing.
  virtual Result<std::uint64_t> finished_up_to() = 0;

  // Ones whose next_ask_unix_ms has come and that nobody holds, the longest due first; after: the
  // last one read. A look-up, however many there are.
  virtual Result<std::vector<DueVerification>> due(
      std::int64_t now_unix_ms, std::size_t limit,
      const std::optional<DueVerification>& after = {}) = 0;

  // The smallest next_ask_unix_ms; 0 when nobody is to be asked about.
  virtual Result<std::int64_t> next_due() = 0;

  // What an Idempotency-Key stands for, asked by a request with this digest; nothing when nobody
  // has claimed it.
  virtual Result<std::optional<ClaimResult>> find_claim(
      const ClaimName& name, const std::array<std::uint8_t, 32>& request_digest) = 0;

  // Forgets Idempotency-Keys whose whole week ended before the given time, a bounded number per
  // call; answers how many. Queued like a write and waits for it. [blocking]
  virtual Result<std::size_t> forget_claims_before(std::int64_t unix_ms) = 0;

  // One bounded step of what is not kept for ever; how many were looked at, 0 = there are no more.
  // Of those that were left: the last id that was looked at. Queued like a write and waits for it.
  // [blocking]
  virtual Result<std::uint64_t> retain(const Retain& step) = 0;

  // The tenant's verifications of this person, looking at `limit` of them above an id (its high
  // half). [blocking]
  virtual Result<PersonPage> of_person(std::string_view tenant, std::string_view person_id,
                                       std::uint64_t after, std::size_t limit) = 0;

  // Who was forgotten, the earliest first.
  virtual Result<std::vector<ForgottenPerson>> forgotten(std::string_view tenant) = 0;
};

}  // namespace idswitch::store
