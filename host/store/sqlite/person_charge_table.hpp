#pragma once

// When persons were first charged for SKUs that are charged once a person. One thread at a time;
// the database must outlive both classes.

#include <cstdint>
#include <optional>
#include <string_view>

#include "store/change.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

class PersonChargeWriter {
 public:
  explicit PersonChargeWriter(Database& database);

  Result<void> charge(const ChargePerson& charge);

 private:
  Database* database_;
  Statement charge_;
};

class PersonChargeReader {
 public:
  explicit PersonChargeReader(Database& database);

  Result<std::optional<std::int64_t>> charged_at(std::string_view account, std::string_view sku,
                                                 std::uint64_t person);

 private:
  Database* database_;
  Statement charged_at_;
};

}  // namespace idswitch::store
