#pragma once

// Idempotency-Keys in the file. One thread at a time; the database must outlive both classes.

#include <cstdint>
#include <optional>
#include <string_view>

#include "store/change.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

class IdempotencyReader {
 public:
  explicit IdempotencyReader(Database& database);

  // Never `mismatch` or `fresh`: it has no other request to compare with.
  Result<std::optional<ClaimResult>> find(std::string_view tenant, std::string_view key);

 private:
  friend class IdempotencyWriter;
  Database* database_;
  Statement find_;
};

class IdempotencyWriter {
 public:
  explicit IdempotencyWriter(Database& database);

  Result<ClaimResult> claim(const Claim& claim);
  Result<void> answer(const Answer& answer);
  Result<void> release(std::string_view tenant, std::string_view key);

  // A bounded number, the oldest first; answers how many.
  Result<std::size_t> forget_before(std::int64_t unix_ms);

 private:
  // What is there; nothing when it is older than the seven days and may be replaced.
  Result<std::optional<ClaimResult>> earlier(const Claim& claim);
  Result<bool> insert(const Claim& claim);

  Database* database_;
  IdempotencyReader reader_;
  Statement claim_;
  Statement answer_;
  Statement remove_answer_;
  Statement remove_;
  Statement release_;
  Statement forget_answers_;
  Statement forget_;
};

}  // namespace idswitch::store
