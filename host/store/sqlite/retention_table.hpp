#pragma once

// What is not kept for ever, in the file: the statements that erase it, and those that find a
// person's verifications. Steps are bounded, so that other writes do not wait long. One thread at a
// time; the database must outlive both classes.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/counts.hpp"
#include "store/retention.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

class RetentionWriter {
 public:
  explicit RetentionWriter(Database& database);

  // How many were looked at, 0 = there are no more; of those that were left, the last id.
  Result<std::int64_t> retain(const Retain& step);

  // Takes it from whoever has it. False: it is not over, or somebody else has it.
  Result<bool> take(const ErasePerson& item);
  // What take() has taken. charged: the person's once-a-person charges, to be forgotten.
  Result<void> erase(const ErasePerson& item, std::vector<PersonKey>& charged);

  Result<void> note(const ForgottenPerson& item);

 private:
  struct Candidate {
    std::int64_t id = 0;
    bool is_over = false;
  };

  Result<std::vector<Candidate>> candidates(const Retain& step);
  Result<void> retain(RetentionKind kind, std::int64_t id);
  Result<void> erase_pictures(std::int64_t id);
  Result<void> erase_states(std::int64_t id);
  Result<void> erase_attempts(std::int64_t id);
  Result<void> erase_person_ids(std::int64_t id);
  Result<void> remove(std::int64_t id);
  // Without what a vendor said in words.
  Result<void> silence(std::int64_t id, bool keeps_attempts);
  Result<void> run(Statement& statement);

  Database* database_;
  Statement new_candidates_;
  Statement left_candidates_;
  Statement mark_;
  Statement leave_;
  Statement unleave_;
  Statement pictures_;
  Statement states_;
  Statement answers_;
  Statement spoken_;
  Statement silence_;
  Statement decision_;
  Statement person_;
  Statement first_exposure_;
  Statement exposure_;
  Statement scores_;
  std::array<Statement, 3> rows_;  // of the verification itself
  Statement release_;
  Statement take_;
  Statement charged_;
  Statement note_;
};

class RetentionReader {
 public:
  explicit RetentionReader(Database& database);

  // Looks at `limit` of the tenant's verifications above an id.
  Result<PersonPage> of_person(std::string_view tenant, std::string_view person_id,
                               std::uint64_t after, std::size_t limit);
  // By when they began.
  Result<std::vector<ForgottenPerson>> forgotten(std::string_view tenant);

 private:
  Database* database_;
  Statement of_tenant_;
  Statement forgotten_;
};

}  // namespace idswitch::store
