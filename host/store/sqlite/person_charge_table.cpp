#include "store/sqlite/person_charge_table.hpp"

namespace idswitch::store {

PersonChargeWriter::PersonChargeWriter(Database& database)
    : database_(&database),
      charge_(
          database,
          "INSERT INTO person_charge (account, sku, person, at_unix_ms) VALUES (?1,?2,?3,?4)"
          " ON CONFLICT (account, sku, person) DO UPDATE SET at_unix_ms = excluded.at_unix_ms") {}

Result<void> PersonChargeWriter::charge(const ChargePerson& c) {
  if (!charge_.bind(c.account, c.sku, c.person, c.at_unix_ms).run()) return database_->error();
  return {};
}

PersonChargeReader::PersonChargeReader(Database& database)
    : database_(&database),
      charged_at_(database,
                  "SELECT at_unix_ms FROM person_charge"
                  " WHERE account = ?1 AND sku = ?2 AND person = ?3") {}

Result<std::optional<std::int64_t>> PersonChargeReader::charged_at(std::string_view account,
                                                                   std::string_view sku,
                                                                   std::uint64_t person) {
  Rows rows(charged_at_.bind(account, sku, person));
  if (rows.next()) return std::optional<std::int64_t>(charged_at_.integer(0));
  if (rows.failed()) return database_->error();
  return std::optional<std::int64_t>();
}

}  // namespace idswitch::store
