#include "store/sqlite/claim_table.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

namespace idswitch::store {
namespace {

constexpr std::int64_t k_week_ms = std::int64_t{7} * 24 * 3600 * 1000;

// Bounds how long other writes wait.
constexpr int k_forget_max = 1000;

// What tells the requests of a verification apart: a part of the claim's name.
std::int64_t request_of(const ClaimName& name) {
  std::int64_t request = 0;
  std::memcpy(&request, name.data(), sizeof request);
  return request;
}

bool stands(const std::optional<ClaimResult>& before, const Claim& claim) {
  return before && before->claimed_unix_ms > claim.at_unix_ms - k_week_ms;
}

}  // namespace

std::int64_t generation_of(std::int64_t unix_ms) {
  return unix_ms / k_week_ms;
}

ClaimReader::ClaimReader(Database& database)
    : database_(&database),
      // CROSS: by generation first, of which there are two or three.
      find_(database,
            "SELECT c.verification, c.verification_low, c.claimed_unix_ms, a.http_status, a.body,"
            " c.request_digest FROM claim_generation AS g CROSS JOIN claim AS c"
            " ON c.generation = g.generation AND c.name = ?1 LEFT JOIN answer AS a"
            " ON a.verification = c.verification AND a.request = c.request"
            " ORDER BY g.generation DESC LIMIT 1") {}

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
  if (find_.bytes(5) != Blob(request_digest).bytes) {
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

ClaimWriter::ClaimWriter(Database& database)
    : database_(&database),
      reader_(database),
      list_generations_(database,
                        "SELECT generation FROM claim_generation ORDER BY generation DESC"),
      add_generation_(database, "INSERT INTO claim_generation VALUES (?1) ON CONFLICT DO NOTHING"),
      insert_(database,
              "INSERT INTO claim (generation, name, request_digest, verification,"
              " verification_low, request, claimed_unix_ms) VALUES (?1,?2,?3,?4,?5,?6,?7)"
              " ON CONFLICT (generation, name) DO NOTHING"),
      // One of this very generation that is there is older than a week: a clock was wrong.
      replace_(database,
               "INSERT OR REPLACE INTO claim (generation, name, request_digest, verification,"
               " verification_low, request, claimed_unix_ms) VALUES (?1,?2,?3,?4,?5,?6,?7)"),
      one_(database, "SELECT 1 FROM claim WHERE generation = ?1 AND name = ?2"),
      remove_(database, "DELETE FROM claim WHERE generation = ?1 AND name = ?2"),
      answer_(database,
              "INSERT INTO answer (verification, request, http_status, body)"
              " SELECT verification, request, ?3, ?4 FROM claim WHERE generation = ?1 AND name = ?2"
              " ON CONFLICT (verification, request) DO NOTHING"),
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
  const std::int64_t generation = generation_of(claim.at_unix_ms);
  if (auto added = add_generation(generation); !added) return added.error();
  const auto is_new = insert(claim, generation);
  if (!is_new) return is_new.error();
  const auto is_old = is_in_another(claim.name, generation);
  if (!is_old) return is_old.error();
  if (*is_new && !*is_old) return ClaimResult();
  if (*is_new) {
    if (auto removed = take_back(claim); !removed) return removed.error();
  }
  auto before = reader_.find(claim.name, claim.request_digest);
  if (!before) return before.error();
  if (stands(*before, claim)) return std::move(**before);
  if (auto replaced = run(bind(replace_, claim, generation)); !replaced) return replaced.error();
  return ClaimResult();
}

Statement& ClaimWriter::bind(Statement& statement, const Claim& claim, std::int64_t generation) {
  return statement.bind(generation, Blob(claim.name), Blob(claim.request_digest),
                        claim.verification.high, claim.verification.low, request_of(claim.name),
                        claim.at_unix_ms);
}

Result<bool> ClaimWriter::insert(const Claim& claim, std::int64_t generation) {
  if (auto done = run(bind(insert_, claim, generation)); !done) return done.error();
  return database_->changed() != 0;
}

Result<bool> ClaimWriter::is_in_another(const ClaimName& name, std::int64_t generation) {
  for (const std::int64_t other : *generations_) {
    if (other == generation) continue;
    Rows rows(one_.bind(other, Blob(name)));
    if (rows.next()) return true;
    if (rows.failed()) return database_->error();
  }
  return false;
}

Result<void> ClaimWriter::read_generations() {
  if (generations_) return {};
  std::vector<std::int64_t> list;
  Rows rows(list_generations_.bind());
  while (rows.next()) list.push_back(list_generations_.integer(0));
  if (rows.failed()) return database_->error();
  generations_ = std::move(list);
  return {};
}

Result<void> ClaimWriter::add_generation(std::int64_t generation) {
  if (auto read = read_generations(); !read) return read;
  const auto place =
      std::lower_bound(generations_->begin(), generations_->end(), generation, std::greater<>());
  if (place != generations_->end() && *place == generation) return {};
  if (auto added = run(add_generation_.bind(generation)); !added) return added;
  generations_->insert(place, generation);
  return {};
}

Result<void> ClaimWriter::take_back(const Claim& claim) {
  return run(remove_.bind(generation_of(claim.at_unix_ms), Blob(claim.name)));
}

Result<void> ClaimWriter::answer(const ClaimName& name, const AnswerText& text) {
  if (auto read = read_generations(); !read) return read;
  for (const std::int64_t generation : *generations_) {
    if (auto done = run(answer_.bind(generation, Blob(name), text.http_status, Blob(text.body)));
        !done) {
      return done;
    }
    if (database_->changed() != 0) break;
  }
  return {};
}

Result<void> ClaimWriter::release(const ClaimName& name) {
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
