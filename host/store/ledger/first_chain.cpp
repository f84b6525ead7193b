#include "store/ledger/first_chain.hpp"

#include "store/ledger/ledger_chain.hpp"

namespace idswitch::store {

Result<void> chain_first_entries(Database& database) {
  Statement read(
      database,
      "SELECT sequence, 0, 0, verification, verification_low, 0, tenant, account, sku,"
      " dedupe_key, 1, slot, kind, amount_micros, currency, at_unix_ms, evidence, source,"
      " vendor_code, vendor_reference, contract_version, rule, -1, NULL, 0, '', ''"
      " FROM ledger_entry WHERE sequence > ?1 ORDER BY sequence LIMIT 1");
  Statement write(database, "UPDATE ledger_entry SET chain = ?2 WHERE sequence = ?1");
  if (const auto prepared = database.prepared(); !prepared) return prepared;
  Chainer chainer;
  Chain chain{};
  std::int64_t sequence = 0;
  while (true) {
    {
      Rows rows(read.bind(sequence));
      if (!rows.next()) return rows.failed() ? Result<void>(database.error()) : Result<void>();
      const LedgerLine line = line_of(read);
      sequence = line.sequence;
      chain = chainer.next(chain, line);
    }
    if (!write.bind(sequence, Blob(chain)).run()) return database.error();
  }
}

}  // namespace idswitch::store
