#include "store/sqlite/claim_table.hpp"

#include <algorithm>
#include <cstring>

#include "base/digest.hpp"

namespace idswitch::store {
namespace {

constexpr std::int64_t k_week_ms = std::int64_t{7} * 24 * 3600 * 1000;

// Bounds how long other writes wait.
constexpr int k_forget_max = 1000;

std::string_view view(const StoreKey& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

std::array<std::uint8_t, 32> mac_of(const StoreKey& key,
                                    const std::array<std::uint8_t, 32>& digest) {
  return hmac_sha256(view(key), {reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// What tells the requests of a verification apart: a part of the claim's name.
std::int64_t request_of(const ClaimName& name) {
  std::int64_t request = 0;
  std::memcpy(&request, name.data(), sizeof request);
  return request;
}

}  // namespace

ClaimName claim_name(const StoreKey& key, std::string_view tenant, std::string_view caller_key) {
  std::string text(tenant);
  text.push_back('\0');
  text.append(caller_key);
  const auto mac = hmac_sha256(view(key), text);
  ClaimName name;
  std::copy_n(mac.begin(), name.size(), name.begin());
  return name;
}

std::int64_t generation_of(std::int64_t unix_ms) {
  return unix_ms / k_week_ms;
}

ClaimReader::ClaimReader(Database& database, const StoreKey& key)
    : database_(&database),
      key_(key),
      // CROSS: by generation first, of which there are two or three.
      find_(database,
            "SELECT c.verification, c.verification_low, c.claimed_unix_ms, a.http_status, a.body,"
            " c.request_mac FROM claim_generation AS g CROSS JOIN claim AS c"
            " ON c.generation = g.generation AND c.name = ?1 LEFT JOIN answer AS a"
            " ON a.verification = c.verification AND a.request = c.request"
            " ORDER BY g.generation DESC LIMIT 1") {}

Result<std::optional<ClaimResult>> ClaimReader::find(
    std::string_view tenant, std::string_view key,
    const std::array<std::uint8_t, 32>& request_digest) {
  return find(claim_name(key_, tenant, key), request_digest);
}

Result<std::optional<ClaimResult>> ClaimReader::find(
    const ClaimName& name, const std::array<std::uint8_t, 32>& request_digest) {
  Rows rows(find_.bind(Blob(name)));
  if (!rows.next()) {
    if (rows.failed()) return database_->error();
    return std::optional<ClaimResult>();
  }
  ClaimResult result;
  result.verification = {static_cast<std::uint64_t>(find_.integer(0)),
                         static_cast<std::uint64_t>(find_.integer(1))};
  result.claimed_unix_ms = find_.integer(2);
  if (find_.bytes(5) != Blob(mac_of(key_, request_digest)).bytes) {
    result.state = ClaimState::mismatch;
  } else if (find_.null(3)) {
    result.state = ClaimState::running;
  } else {
    result.state = ClaimState::answered;
    result.http_status = static_cast<int>(find_.integer(3));
    result.body = find_.text(4);
  }
  return std::optional<ClaimResult>(std::move(result));
}

ClaimWriter::ClaimWriter(Database& database, const StoreKey& key)
    : database_(&database),
      key_(key),
      reader_(database, key),
      add_generation_(database, "INSERT INTO claim_generation VALUES (?1) ON CONFLICT DO NOTHING"),
      // One of this very generation that is there is older than a week: a clock was wrong.
      insert_(database,
              "INSERT OR REPLACE INTO claim (generation, name, request_mac, verification,"
              " verification_low, request, claimed_unix_ms) VALUES (?1,?2,?3,?4,?5,?6,?7)"),
      remove_(database, "DELETE FROM claim WHERE generation = ?1 AND name = ?2"),
      answer_(database,
              "INSERT INTO answer (verification, request, http_status, body)"
              " SELECT c.verification, c.request, ?2, ?3"
              " FROM claim_generation AS g CROSS JOIN claim AS c"
              " ON c.generation = g.generation AND c.name = ?1"
              " ORDER BY g.generation DESC LIMIT 1 ON CONFLICT (verification, request) DO NOTHING"),
      release_(database,
               "DELETE FROM claim WHERE name = ?1"
               " AND generation IN (SELECT generation FROM claim_generation)"
               " AND NOT EXISTS (SELECT 1 FROM answer AS a"
               " WHERE a.verification = claim.verification AND a.request = claim.request)"),
      forget_answers_(database,
                      "DELETE FROM answer WHERE (verification, request) IN"
                      " (SELECT verification, request FROM claim WHERE generation < ?1"
                      "  ORDER BY generation, name LIMIT ?2)"),
      forget_(database,
              "DELETE FROM claim WHERE (generation, name) IN"
              " (SELECT generation, name FROM claim WHERE generation < ?1"
              "  ORDER BY generation, name LIMIT ?2)"),
      forget_generations_(database,
                          "DELETE FROM claim_generation WHERE generation < ?1 AND NOT EXISTS"
                          " (SELECT 1 FROM claim"
                          "  WHERE claim.generation = claim_generation.generation)") {}

Result<ClaimResult> ClaimWriter::claim(const Claim& claim) {
  const ClaimName name = claim_name(key_, claim.tenant, claim.key);
  auto before = reader_.find(name, claim.request_digest);
  if (!before) return before.error();
  const bool stands =
      before->has_value() && (*before)->claimed_unix_ms > claim.at_unix_ms - k_week_ms;
  if (stands) return std::move(**before);
  if (const auto inserted = insert(claim, name); !inserted) return inserted.error();
  return ClaimResult();
}

Result<void> ClaimWriter::insert(const Claim& claim, const ClaimName& name) {
  const std::int64_t generation = generation_of(claim.at_unix_ms);
  if (newest_ != generation) {
    if (auto added = run(add_generation_.bind(generation)); !added) return added;
    newest_ = generation;
  }
  const auto mac = mac_of(key_, claim.request_digest);
  return run(insert_.bind(generation, Blob(name), Blob(mac), claim.verification.high,
                          claim.verification.low, request_of(name), claim.at_unix_ms));
}

Result<void> ClaimWriter::take_back(const Claim& claim) {
  const ClaimName name = claim_name(key_, claim.tenant, claim.key);
  return run(remove_.bind(generation_of(claim.at_unix_ms), Blob(name)));
}

Result<void> ClaimWriter::answer(std::string_view tenant, std::string_view key,
                                 const AnswerText& text) {
  const ClaimName name = claim_name(key_, tenant, key);
  return run(answer_.bind(Blob(name), text.http_status, Blob(text.body)));
}

Result<void> ClaimWriter::release(std::string_view tenant, std::string_view key) {
  const ClaimName name = claim_name(key_, tenant, key);
  return run(release_.bind(Blob(name)));
}

Result<std::size_t> ClaimWriter::forget_before(std::int64_t unix_ms) {
  const std::int64_t generation = generation_of(unix_ms);
  if (const auto done = run(forget_answers_.bind(generation, k_forget_max)); !done)
    return done.error();
  if (const auto done = run(forget_.bind(generation, k_forget_max)); !done) return done.error();
  const auto forgotten = static_cast<std::size_t>(database_->changed());
  if (forgotten > 0) return forgotten;
  if (const auto done = run(forget_generations_.bind(generation)); !done) return done.error();
  begin();
  return forgotten;
}

Result<void> ClaimWriter::run(Statement& statement) {
  if (!statement.run()) return database_->error();
  return {};
}

}  // namespace idswitch::store
