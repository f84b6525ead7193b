#pragma once

// Batch: what is to be written together, and what became of it. Plain values; nothing is written
// here: see Store.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/ledger_entry.hpp"
#include "model/verification_record.hpp"
#include "store/experiment.hpp"
#include "store/statistic_slice.hpp"
#include "store/webhook.hpp"

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
  // reference, return_url, path secret, created time, decision, segment and config version. It must
  // exist: the batch fails otherwise.
  void update(VerificationRecord record) { updates_.push_back(std::move(record)); }

  // Idempotent: a hold that is there already is left alone. A second resolution (capture or void)
  // of a charge is left out as well, and counted in WriteResult::entries_refused. An adjustment is
  // repeated when evidence, source, amount, vendor_code and rule are those of the charge's last
  // one.
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

  // A verification that takes part in an experiment; the batch fails when there is no such
  // verification. Its first exposure counts, later ones are left out.
  void expose(Exposure exposure) { exposures_.push_back(std::move(exposure)); }

  // A paused experiment stays as it was paused first.
  void pause_experiment(ExperimentPause pause) { pauses_.push_back(std::move(pause)); }

  // After the pauses of the same batch. None is there: nothing happens.
  void resume_experiment(std::string tenant, std::string experiment, std::string seed) {
    resumptions_.push_back({std::move(tenant), std::move(experiment), std::move(seed), 0, {}});
  }

  // Adds to what was admitted; nothing happens when others have been admitted meanwhile.
  void admit(Admission admission) { admissions_.push_back(std::move(admission)); }

  // Replaces the counts of the same account, segment and slice.
  void keep_statistic(std::string account, std::string segment, std::int64_t slice_unix_ms,
                      std::string counts) {
    statistics_.push_back(
        {std::move(account), std::move(segment), slice_unix_ms, std::move(counts)});
  }

  // When a person was first charged for a SKU in the window that runs now; a new window replaces
  // the time. person: hash of the platform's pseudonym.
  void charge_person(std::string account, std::string sku, std::uint64_t person,
                     std::int64_t at_unix_ms) {
    person_charges_.push_back({std::move(account), std::move(sku), person, at_unix_ms});
  }

  // All entries up to this sequence are delivered to the endpoint, or pending. It never goes back.
  void advance_webhook(std::string endpoint, std::uint64_t delivered) {
    webhook_changes_.push_back(WebhookAdvance{std::move(endpoint), delivered});
  }

  // What is tried again, or not any more; replaces what was known of the same endpoint and
  // sequence.
  void fail_webhook(WebhookFailure failure) { webhook_changes_.push_back(std::move(failure)); }

  // A pending one was delivered after all, or is given up for good.
  void drop_webhook(std::string endpoint, std::uint64_t sequence) {
    webhook_changes_.push_back(WebhookDrop{std::move(endpoint), sequence});
  }

  // Dead ones wait again, with no attempt made. sequence: 0 = all of the endpoint.
  void replay_webhook(std::string endpoint, std::uint64_t sequence, std::int64_t next_try_unix_ms) {
    webhook_changes_.push_back(WebhookReplay{std::move(endpoint), sequence, next_try_unix_ms});
  }

  // Everything about an endpoint that is not configured any more.
  void forget_webhook(std::string endpoint) {
    webhook_changes_.push_back(WebhookForget{std::move(endpoint)});
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

  struct PersonCharge {
    std::string account, sku;
    std::uint64_t person;
    std::int64_t at_unix_ms;
  };

  // For the store.
  const std::optional<Claim>& claimed() const { return claim_; }

  const std::vector<VerificationRecord>& inserts() const { return inserts_; }

  const std::vector<VerificationRecord>& updates() const { return updates_; }

  const std::vector<LedgerEntry>& entries() const { return entries_; }

  const std::vector<Answer>& answers() const { return answers_; }

  const std::vector<std::pair<std::string, std::string>>& releases() const { return releases_; }

  const std::vector<KeptImage>& images() const { return images_; }

  const std::vector<Exposure>& exposures() const { return exposures_; }

  const std::vector<ExperimentPause>& pauses() const { return pauses_; }

  const std::vector<ExperimentPause>& resumptions() const { return resumptions_; }

  const std::vector<Admission>& admissions() const { return admissions_; }

  const std::vector<StatisticSlice>& statistics() const { return statistics_; }

  const std::vector<PersonCharge>& person_charges() const { return person_charges_; }

  // Applied in the order of the calls.
  const std::vector<WebhookChange>& webhook_changes() const { return webhook_changes_; }

 private:
  std::optional<Claim> claim_;
  std::vector<VerificationRecord> inserts_;
  std::vector<VerificationRecord> updates_;
  std::vector<LedgerEntry> entries_;
  std::vector<Answer> answers_;
  std::vector<std::pair<std::string, std::string>> releases_;
  std::vector<KeptImage> images_;
  std::vector<Exposure> exposures_;
  std::vector<ExperimentPause> pauses_;
  std::vector<ExperimentPause> resumptions_;  // name which one: time and reason are not set
  std::vector<Admission> admissions_;
  std::vector<StatisticSlice> statistics_;
  std::vector<PersonCharge> person_charges_;
  std::vector<WebhookChange> webhook_changes_;
};

struct WriteResult {
  ClaimResult claim;  // fresh when the batch had no claim
  std::uint32_t entries_refused =
      0;  // resolutions that contradicted an earlier one, or repeated it
};

}  // namespace idswitch::store
