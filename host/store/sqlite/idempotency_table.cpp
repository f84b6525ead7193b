#include "store/sqlite/idempotency_table.hpp"

#include <algorithm>

namespace idswitch::store {
namespace {

constexpr std::int64_t k_lifetime_ms = std::int64_t{7} * 24 * 3600 * 1000;

// Random keys: forgetting one costs a page each, so this bounds how long other writes wait.
constexpr int k_forget_max = 1000;

ClaimResult read(const Statement& row) {
  ClaimResult result;
  result.verification = {static_cast<std::uint64_t>(row.integer(0)),
                         static_cast<std::uint64_t>(row.integer(1))};
  result.claimed_unix_ms = row.integer(2);
  result.state = row.null(3) ? ClaimState::running : ClaimState::answered;
  result.http_status = static_cast<int>(row.integer(3));
  result.body = row.text(4);
  const std::string_view digest = row.bytes(5);
  if (digest.size() == result.request_digest.size()) {
    std::copy(digest.begin(), digest.end(), result.request_digest.begin());
  }
  return result;
}

}  // namespace

IdempotencyReader::IdempotencyReader(Database& database)
    : database_(&database),
      find_(database,
            "SELECT i.verification, i.verification_low, i.claimed_unix_ms, a.http_status, a.body,"
            " i.request_digest FROM idempotency AS i"
            " LEFT JOIN idempotency_answer AS a ON a.number = i.number"
            " WHERE i.tenant = ?1 AND i.key = ?2") {}

Result<std::optional<ClaimResult>> IdempotencyReader::find(std::string_view tenant,
                                                           std::string_view key) {
  Rows rows(find_.bind(tenant, key));
  if (rows.next()) return std::optional<ClaimResult>(read(find_));
  if (rows.failed()) return database_->error();
  return std::optional<ClaimResult>();
}

IdempotencyWriter::IdempotencyWriter(Database& database)
    : database_(&database),
      reader_(database),
      claim_(database,
             "INSERT INTO idempotency (tenant, key, request_digest, verification, verification_low,"
             " claimed_unix_ms) VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT (tenant, key) DO NOTHING"),
      answer_(database,
              "INSERT OR REPLACE INTO idempotency_answer SELECT number, ?3, ?4 FROM idempotency"
              " WHERE tenant = ?1 AND key = ?2"),
      remove_answer_(database,
                     "DELETE FROM idempotency_answer WHERE number ="
                     " (SELECT number FROM idempotency WHERE tenant = ?1 AND key = ?2)"),
      remove_(database, "DELETE FROM idempotency WHERE tenant = ?1 AND key = ?2"),
      release_(database,
               "DELETE FROM idempotency WHERE tenant = ?1 AND key = ?2 AND NOT EXISTS"
               " (SELECT 1 FROM idempotency_answer AS a WHERE a.number = idempotency.number)"),
      forget_answers_(
          database,
          "DELETE FROM idempotency_answer WHERE number IN (SELECT number FROM idempotency"
          " WHERE claimed_unix_ms < ?1 ORDER BY claimed_unix_ms, number LIMIT ?2)"),
      forget_(database,
              "DELETE FROM idempotency WHERE number IN (SELECT number FROM idempotency"
              " WHERE claimed_unix_ms < ?1 ORDER BY claimed_unix_ms, number LIMIT ?2)") {}

Result<ClaimResult> IdempotencyWriter::claim(const Claim& claim) {
  const auto inserted = insert(claim);
  if (!inserted) return inserted.error();
  if (*inserted) return ClaimResult();
  auto before = earlier(claim);
  if (!before) return before.error();
  if (before->has_value()) return std::move(**before);
  if (!remove_answer_.bind(claim.tenant, claim.key).run() ||
      !remove_.bind(claim.tenant, claim.key).run()) {
    return database_->error();
  }
  const auto again = insert(claim);
  if (!again) return again.error();
  return ClaimResult();
}

Result<bool> IdempotencyWriter::insert(const Claim& claim) {
  claim_.bind(claim.tenant, claim.key, Blob(claim.request_digest), claim.verification.high,
              claim.verification.low, claim.at_unix_ms);
  if (!claim_.run()) return database_->error();
  return database_->changed() != 0;
}

Result<std::optional<ClaimResult>> IdempotencyWriter::earlier(const Claim& claim) {
  Statement& row = reader_.find_;
  Rows rows(row.bind(claim.tenant, claim.key));
  if (!rows.next()) return database_->error();
  ClaimResult result = read(row);
  if (result.claimed_unix_ms <= claim.at_unix_ms - k_lifetime_ms)
    return std::optional<ClaimResult>();
  if (result.request_digest != claim.request_digest) {
    result.state = ClaimState::mismatch;
    result.http_status = 0;
    result.body.clear();
  }
  return std::optional<ClaimResult>(std::move(result));
}

Result<void> IdempotencyWriter::answer(const Answer& answer) {
  const std::string body = answer.body();
  if (!answer_.bind(answer.tenant, answer.key, answer.http_status, Blob(body)).run())
    return database_->error();
  return {};
}

Result<void> IdempotencyWriter::release(std::string_view tenant, std::string_view key) {
  if (!release_.bind(tenant, key).run()) return database_->error();
  return {};
}

Result<std::size_t> IdempotencyWriter::forget_before(std::int64_t unix_ms) {
  if (!forget_answers_.bind(unix_ms, k_forget_max).run() ||
      !forget_.bind(unix_ms, k_forget_max).run()) {
    return database_->error();
  }
  return static_cast<std::size_t>(database_->changed());
}

}  // namespace idswitch::store
