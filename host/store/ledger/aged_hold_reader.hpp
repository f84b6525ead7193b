#pragma once

// AgedHoldReader: the holds that are not resolved, a page at a time. One thread at a time; the
// database must outlive it.

#include <vector>

#include "store/ledger_report.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

class AgedHoldReader {
 public:
  explicit AgedHoldReader(Database& database);

  // Error: storage_failed.
  Result<std::vector<AgedHold>> read(const AgedQuery& query);

 private:
  Database* database_;
  Statement open_;
  Statement unknown_;
};

}  // namespace idswitch::store
