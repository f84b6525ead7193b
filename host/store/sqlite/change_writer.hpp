#pragma once

// ChangeWriter: one change made rows, in the order that lets it be given up without a trace as long
// as possible: the claim, the prices, who has the case, the entries, everything else. Not the
// transaction: see GroupCommit. One thread at a time.

#include <cstdint>

#include "store/change.hpp"
#include "store/sqlite/claim_table.hpp"
#include "store/sqlite/config_version_table.hpp"
#include "store/sqlite/count_cache.hpp"
#include "store/sqlite/experiment_table.hpp"
#include "store/sqlite/image_table.hpp"
#include "store/sqlite/ledger_table.hpp"
#include "store/sqlite/retention_table.hpp"
#include "store/sqlite/statistic_table.hpp"
#include "store/sqlite/verification_table.hpp"
#include "store/sqlite/webhook_table.hpp"
#include "store/sqlite/work_table.hpp"

namespace idswitch::store {

enum class Applied : std::uint8_t {
  whole,
  nothing,  // nothing of it is there, and Written says why
  in_part,  // Written says why; the transaction must be rolled back
};

class ChangeWriter {
 public:
  ChangeWriter(Database& database, LaneWriter& lane, CountCache& counts, OffsetOf offset_of);

  // First in each transaction, after the lane's.
  Result<void> begin();

  // Error: the database failed; roll back.
  Result<Applied> apply(const Change& change, Written& written);

  Result<std::size_t> forget_claims_before(std::int64_t unix_ms);
  Result<std::size_t> forget_statistics_before(std::int64_t unix_ms);
  Result<std::int64_t> retain(const Retain& step);
  Result<std::int64_t> adopt(const AdoptedConfig& config);

 private:
  // whole: go on.
  Result<Applied> claim(const Claim& claim, Written& written);
  Result<Applied> price(const Change& change, Written& written);
  Result<Applied> guard(const Change& change, Written& written);
  Result<Applied> append(Written& written);
  Result<bool> has_case(const Item& item, const Written& written);
  // Moves the counts by an entry that no booking has counted.
  Result<void> count(const LedgerEntry& entry);

  // What is no guard.
  Result<void> apply(const Claim&, Written&) { return {}; }

  Result<void> apply(const Booking&, Written&) { return {}; }

  Result<void> apply(const Lease&, Written&) { return {}; }

  Result<void> apply(const GiveBack&, Written&) { return {}; }

  Result<void> apply(const Insert& item, Written& written);
  Result<void> apply(const Progress& item, Written& written);
  Result<void> apply(const Append& item, Written& written);
  Result<void> apply(const Answer& item, Written& written);
  Result<void> apply(const Release& item, Written& written);
  Result<void> apply(const KeepImage& item, Written& written);
  Result<void> apply(const Expose& item, Written& written);
  Result<void> apply(const PauseExperiment& item, Written& written);
  Result<void> apply(const ResumeExperiment& item, Written& written);
  Result<void> apply(const Admit& item, Written& written);
  Result<void> apply(const KeepStatistic& item, Written& written);
  Result<void> apply(const ChargePerson& item, Written& written);
  Result<void> apply(const FinishedUpTo& item, Written& written);
  Result<void> apply(const ErasePerson& item, Written& written);
  Result<void> apply(const ForgottenPerson& item, Written& written);

  // What the webhooks' own table takes.
  template <class WebhookItem>
  Result<void> apply(const WebhookItem& item, Written&) {
    return webhooks_.apply(item);
  }

  LaneWriter& lane_;
  CountCache& counts_;
  OffsetOf offset_of_;
  VerificationWriter verifications_;
  WorkWriter work_;
  LedgerWriter ledger_;
  ClaimWriter claims_;
  ImageWriter images_;
  ExperimentWriter experiments_;
  StatisticWriter statistics_;
  WebhookWriter webhooks_;
  ConfigVersionWriter config_versions_;
  RetentionWriter retention_;
};

}  // namespace idswitch::store
