#pragma once

// Change: what is to be written together, and what became of it. All of a change is durable, or
// none of it is there. Plain values; nothing is written here: see Store.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "model/booked.hpp"
#include "model/counts.hpp"
#include "model/ledger_entry.hpp"
#include "model/verification_record.hpp"
#include "store/claim_name.hpp"
#include "store/experiment.hpp"
#include "store/retention.hpp"
#include "store/statistic_slice.hpp"
#include "store/webhook.hpp"

namespace idswitch::store {

// A record on its way to the file or from it. Whoever made it does not change it until the write
// has answered.
using RecordPointer = std::shared_ptr<const VerificationRecord>;

// A use of an Idempotency-Key. At most one in a change, and looked at first: unless it is fresh
// nothing else of the change is applied. Unique by its name for seven days: an older claim is
// replaced, whether or not forget_claims_before came by. The digest is kept: whoever has the file
// and can guess the request must lack what it is keyed with.
struct Claim {
  ClaimName name;
  std::array<std::uint8_t, 32> request_digest;  // over route and body
  VerificationId verification;                  // what the request works on
  std::int64_t at_unix_ms = 0;
};

// Cheapest while the record has only what the request fixed (see Progress) and the status
// `starting`. Its id must be new: the change fails otherwise.
struct Insert {
  RecordPointer record;
};

// Replaces everything but what the request fixed: id, tenant, method, checks, person_id, reference,
// return_url, path secret, created time, decision, segment and config version. The verification
// must exist: the change fails otherwise. Somebody has taken the case since the fence was read: the
// change is a lost case. The first one of its maker, who has fence 1, ends that it is in the
// maker's hands.
struct Progress {
  VerificationId id;
  std::uint64_t fence = 0;  // as it was read, or of the lease; 0 = whoever has it
  RecordPointer record;
  std::int64_t held_until_unix_ms = 0;  // the case is kept for more; 0 = it is given back
};

// Takes a case: its next question moves on, its fence is one higher, and it is held until then. A
// lost case when the fence is another, or somebody holds it at now_unix_ms. One that is in its
// maker's hands has fence 1 as well; then the maker has lost it.
struct Lease {
  VerificationId id;
  std::uint64_t fence = 0;
  std::int64_t next_ask_unix_ms = 0;
  std::int64_t now_unix_ms = 0;   // 0: whoever holds it
  std::int64_t made_unix_ms = 0;  // what the wall clock showed when the next time was worked out
};

// Nothing was learnt: only when it is looked at again. A lost case when the fence is another.
struct GiveBack {
  VerificationId id;
  std::uint64_t fence = 0;
  std::int64_t next_ask_unix_ms = 0;  // 0 = never
};

// One step of money. The store reads what `touch` names, calls `price` with the counts as they are
// in the very commit that changes them, and writes the entries it answers and the counts together,
// or nothing. `price` runs on the writer's thread while its maker waits, before anything of the
// change is written; it may be called again, when the commit has to be repeated, and the last call
// counts. It may finish other items of its own change, which are read afterwards. An entry whose
// slot is taken (a second hold or resolution, the same adjustment once more) makes the change a
// lost case.
struct Booking {
  Touch touch;
  std::function<Booked(Counts&)> price;
};

// Entries without counts: for tests, and for what has not come to bookings yet. Idempotent: a hold
// that is there already is left alone. A second resolution (capture or void) of
// a charge is left out as well, and counted in Written::entries_refused. An adjustment is repeated
// when evidence, source, amount, vendor_code and rule are those of the charge's last one.
struct Append {
  std::vector<LedgerEntry> entries;
};

// The answer to a claimed request, kept to be given again.
struct AnswerText {
  int http_status = 0;
  std::string body;
};

struct Answer {
  ClaimName name;
  std::function<AnswerText()> text;  // called on the writer's thread, when the prices are known
};

// Gives a claim up again, because the request it stood for did nothing at all. One that is answered
// stays.
struct Release {
  ClaimName name;
};

// A picture the tenant's config wants kept. It replaces an earlier one of the same verification and
// name.
struct KeepImage {
  VerificationId verification;
  Image image;
};

// A verification that takes part in an experiment; the change fails when there is no such
// verification. Its first exposure counts, later ones are left out.
struct Expose {
  Exposure exposure;
};

// A paused experiment stays as it was paused first.
struct PauseExperiment {
  ExperimentPause pause;
};

// Adds to what was admitted; nothing happens when others have been admitted meanwhile.
struct Admit {
  Admission admission;
};

// None is paused: nothing happens.
struct ResumeExperiment {
  std::string tenant;
  std::string experiment;
  std::string seed;
};

// Replaces the counts of the same account, segment and slice.
struct KeepStatistic {
  StatisticSlice slice;
};

// When a person was first charged for a SKU in the window that runs now; a new window replaces the
// time.
struct ChargePerson {
  std::string account;
  std::string sku;
  std::uint64_t person = 0;  // hash of the platform's pseudonym
  std::int64_t at_unix_ms = 0;
};

// All entries up to this sequence are delivered to the endpoint, or pending. It never goes back.
struct AdvanceWebhook {
  std::string endpoint;
  std::uint64_t delivered = 0;
};

// What is tried again, or not any more; replaces what was known of the same endpoint and event.
struct FailWebhook {
  WebhookFailure failure;
};

// A pending one was delivered after all, or is given up for good.
struct DropWebhook {
  std::string endpoint;
  EventName event;
};

// Dead ones wait again, with no attempt made.
struct ReplayWebhook {
  std::string endpoint;
  EventName event;  // number 0 = all of the endpoint
  std::int64_t next_try_unix_ms = 0;
};

// Every verification up to this id has come out of its maker's hands: see
// Verifications::unfinished. It never goes back.
struct FinishedUpTo {
  std::uint64_t high = 0;
};

// Everything about an endpoint that is not configured any more.
struct ForgetWebhook {
  std::string endpoint;
};

using Item = std::variant<Claim, Insert, Progress, Lease, GiveBack, Booking, Append, Answer,
                          Release, KeepImage, Expose, PauseExperiment, ResumeExperiment, Admit,
                          KeepStatistic, ChargePerson, FinishedUpTo, AdvanceWebhook, FailWebhook,
                          DropWebhook, ReplayWebhook, ForgetWebhook, ErasePerson, ForgottenPerson>;

// Looked at first: the claim, then the prices, then who has the case; the entries are written next,
// and everything else in this order.
using Change = std::vector<Item>;

// A copy that can travel; for a caller that goes on changing its own.
inline RecordPointer share(VerificationRecord record) {
  return std::make_shared<const VerificationRecord>(std::move(record));
}

// An answer that is known already.
inline std::function<AnswerText()> fixed(int http_status, std::string body) {
  return [text = AnswerText{http_status, std::move(body)}] { return text; };
}

// Under the fence that the record was read with.
inline Progress progress_of(RecordPointer record) {
  const VerificationId id = record->id;
  const std::uint64_t fence = record->fence;
  return {id, fence, std::move(record)};
}

enum class ClaimState : std::uint8_t {
  fresh,     // ours now; everything in the change was applied
  answered,  // the same request was answered before: see http_status and body
  running,   // the same request has no answer yet (or the process died before it wrote one)
  mismatch,  // the key was used with another request
};

struct ClaimResult {
  ClaimState state = ClaimState::fresh;
  VerificationId verification;  // the earlier request's; set unless fresh
  std::int64_t claimed_unix_ms = 0;
  int http_status = 0;  // answered
  std::string body;     // answered: byte for byte what was sent then
};

enum class Outcome : std::uint8_t {
  committed,
  claimed_before,  // the claim was not fresh, nothing else was applied: see Written::claim
  refused,         // a booking said so, nothing was applied: see Written::refused
  lost_case,       // somebody else has the verification, nothing was applied: read it again
  fenced,          // this writer's time is over: nothing of it can be written any more
  failed,          // certainly not written: see Written::error
};

// What became of a change.
struct Written {
  Outcome outcome = Outcome::committed;
  ClaimResult claim;                   // fresh when the change had no claim
  std::optional<std::string> refused;  // what a booking refused with
  std::vector<LedgerEntry> entries;    // of the bookings, as they are in the ledger now
  Error error;                         // what to tell; set unless committed or claimed_before
  std::uint32_t entries_refused = 0;   // of Append: resolutions that came second

  bool committed() const { return outcome == Outcome::committed; }

  // Nothing of the change is there because it could not be; a claim made earlier is no failure.
  bool has_failed() const { return !committed() && outcome != Outcome::claimed_before; }

  static Written failed(Error why) {
    Written written;
    written.outcome = Outcome::failed;
    written.error = std::move(why);
    return written;
  }
};

}  // namespace idswitch::store
