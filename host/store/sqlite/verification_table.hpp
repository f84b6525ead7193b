#pragma once

// Verifications in the file: the statements that write them and those that read them back. One
// thread at a time; the database must outlive both classes.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/sqlite/sqlite.hpp"
#include "store/sqlite/time_search.hpp"
#include "store/verifications.hpp"

namespace idswitch::store {

class VerificationWriter {
 public:
  explicit VerificationWriter(Database& database);

  // Error: storage_failed, also when the id is taken.
  Result<void> insert(const VerificationRecord& record);

  // Error: storage_failed, also when there is no such verification.
  Result<void> update(const VerificationRecord& record);

 private:
  // Fills the buffers below; what comes next reads them.
  void compose_texts(const Verification& verification);
  // Whether there is more to say than the row `verification` says or implies.
  bool has_progress(const VerificationRecord& record) const;
  Result<void> write_progress(const VerificationRecord& record);

  Database* database_;
  Statement insert_;
  Statement insert_progress_;
  std::string action_, scores_, attempts_, failure_;  // reused buffers
};

class VerificationReader {
 public:
  explicit VerificationReader(Database& database);

  Result<std::shared_ptr<VerificationRecord>> find(VerificationId id);
  Result<std::vector<VerificationRecord>> list(const ListQuery& query);
  Result<std::vector<VerificationRecord>> recorded(const RecordedQuery& query);
  Result<std::uint64_t> last_id();

 private:
  Result<std::vector<VerificationRecord>> read_all(Statement& statement);

  Database* database_;
  Statement find_;
  Statement list_;
  Statement list_by_reference_;
  Statement recorded_;
  Statement recorded_of_tenant_;
  TimeSearch times_;
  Statement last_;
};

}  // namespace idswitch::store
