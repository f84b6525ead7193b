#pragma once

// Idempotency-Keys in the file, as claims and the answers to them. Both are only inserted. The key
// itself is nowhere: see claim_name.hpp.
//
// Names are random, so claims are kept by generations of a week and forgotten a generation at a
// time. There are two or three of them, and all are looked at: a clock that was wrong for a while
// loses no claim. One thread at a time; the database must outlive both classes.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "store/change.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

// Which generation an instant is in.
std::int64_t generation_of(std::int64_t unix_ms);

class ClaimReader {
 public:
  explicit ClaimReader(Database& database);

  // The newest of this name, unless nobody has claimed it. mismatch: it was used with another
  // request than the digest is of.
  Result<std::optional<ClaimResult>> find(const ClaimName& name,
                                          const std::array<std::uint8_t, 32>& request_digest);

 private:
  Database* database_;
  Statement find_;
};

class ClaimWriter {
 public:
  explicit ClaimWriter(Database& database);

  // Forgets what it knows of generations: they may have been rolled back.
  void begin() { generations_.reset(); }

  Result<ClaimResult> claim(const Claim& claim);

  // Takes back a claim of the same transaction.
  Result<void> take_back(const Claim& claim);

  // Nothing is there to answer: nothing happens. An answer that is there already stays.
  Result<void> answer(const ClaimName& name, const AnswerText& text);
  Result<void> release(const ClaimName& name);

  // A bounded number of the generations that ended before the given time; answers how many.
  Result<std::size_t> forget_before(std::int64_t unix_ms);

 private:
  static Statement& bind(Statement& statement, const Claim& claim, std::int64_t generation);
  // False: somebody has claimed it in this generation.
  Result<bool> insert(const Claim& claim, std::int64_t generation);
  Result<bool> is_in_another(const ClaimName& name, std::int64_t generation);
  Result<void> read_generations();
  Result<void> add_generation(std::int64_t generation);
  Result<void> run(Statement& statement);

  Database* database_;
  ClaimReader reader_;
  Statement list_generations_;
  Statement add_generation_;
  Statement insert_;
  Statement replace_;
  Statement one_;
  Statement remove_;
  Statement answer_;
  Statement release_;
  Statement forget_answers_;
  Statement forget_;
  Statement forget_generations_;
  std::optional<std::vector<std::int64_t>> generations_;  // of the file, the newest first
};

}  // namespace idswitch::store
