#pragma once

// Idempotency-Keys in the file, as claims and the answers to them. Both are only inserted. The key
// itself is nowhere: a claim is named by the first 16 bytes of HMAC-SHA256(store key, tenant 0
// key), and says of its request HMAC-SHA256(store key, digest).
//
// Names are random, so claims are kept by generations of a week and forgotten a generation at a
// time. There are two or three of them, and all are looked at: a clock that was wrong for a while
// loses no claim. One thread at a time; the database must outlive both classes.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/change.hpp"
#include "store/sqlite/sqlite.hpp"
#include "store/store_key.hpp"

namespace idswitch::store {

using ClaimName = std::array<std::uint8_t, 16>;

ClaimName claim_name(const StoreKey& key, std::string_view tenant, std::string_view caller_key);

// Which generation an instant is in.
std::int64_t generation_of(std::int64_t unix_ms);

class ClaimReader {
 public:
  ClaimReader(Database& database, const StoreKey& key);

  // mismatch: it was used with another request than the digest is of.
  Result<std::optional<ClaimResult>> find(std::string_view tenant, std::string_view key,
                                          const std::array<std::uint8_t, 32>& request_digest);

  // The newest of this name, unless nobody has claimed it.
  Result<std::optional<ClaimResult>> find(const ClaimName& name,
                                          const std::array<std::uint8_t, 32>& request_digest);

 private:
  Database* database_;
  StoreKey key_;
  Statement find_;
};

class ClaimWriter {
 public:
  ClaimWriter(Database& database, const StoreKey& key);

  // Forgets what it knows of generations: they may have been rolled back.
  void begin() { newest_.reset(); }

  Result<ClaimResult> claim(const Claim& claim);

  // Takes back a claim of the same transaction.
  Result<void> take_back(const Claim& claim);

  // Nothing is there to answer: nothing happens. An answer that is there already stays.
  Result<void> answer(std::string_view tenant, std::string_view key, const AnswerText& text);
  Result<void> release(std::string_view tenant, std::string_view key);

  // A bounded number of the generations that ended before the given time; answers how many.
  Result<std::size_t> forget_before(std::int64_t unix_ms);

 private:
  Result<void> insert(const Claim& claim, const ClaimName& name);
  Result<void> run(Statement& statement);

  Database* database_;
  StoreKey key_;
  ClaimReader reader_;
  Statement add_generation_;
  Statement insert_;
  Statement remove_;
  Statement answer_;
  Statement release_;
  Statement forget_answers_;
  Statement forget_;
  Statement forget_generations_;
  std::optional<std::int64_t> newest_;  // that is certainly in the file
};

}  // namespace idswitch::store
