#include "store/ledger/ledger_verifier.hpp"

#include <algorithm>
#include <string>

namespace idswitch::store {
namespace {

constexpr int k_page = 20'000;  // rows, some tens of milliseconds

// Where a page of charges ended.
struct Position {
  std::int64_t verification = -1;
  std::string account, sku, dedupe_key;
  std::int64_t slot = 0;
};

void note(Position& position, const LedgerLine& line) {
  position.verification = line.verification;
  position.account = line.account;
  position.sku = line.sku;
  position.dedupe_key = line.dedupe_key;
  position.slot = line.slot;
}

Error stopped() {
  return Error(Errc::shutting_down, "the check was stopped before its end");
}

}  // namespace

LedgerVerifier::LedgerVerifier(Database& database)
    : database_(&database),
      last_(database, "SELECT max(sequence) FROM ledger_entry"),
      in_order_(database, "SELECT " + std::string(k_line_columns) +
                              ", chain FROM ledger_entry WHERE sequence > ?1 AND sequence <= ?2"
                              " ORDER BY sequence LIMIT ?3"),
      by_charge_(database,
                 "SELECT " + std::string(k_line_columns) +
                     " FROM ledger_entry INDEXED BY ledger_entry_once"
                     " WHERE (verification, account, sku, dedupe_key, slot) > (?1, ?2, ?3, ?4, ?5)"
                     " ORDER BY verification, account, sku, dedupe_key, slot LIMIT ?6"),
      // Reads nothing of the verification's own row.
      verification_(database,
                    "SELECT 1 FROM verification INDEXED BY verification_of_tenant"
                    " WHERE tenant = ?1 AND id = ?2") {}

Result<LedgerFaults> LedgerVerifier::verify(const LedgerCheck& check) {
  LedgerFaults faults;
  {
    Rows rows(last_.bind());
    if (!rows.next()) return database_->error();
    faults.last_sequence = static_cast<std::uint64_t>(last_.integer(0));  // NULL is 0
  }
  if (const auto done = check_chain(check, faults); !done) return done.error();
  if (const auto done = check_charges(check, faults); !done) return done.error();
  return faults;
}

Result<void> LedgerVerifier::check_chain(const LedgerCheck& check, LedgerFaults& faults) {
  Chainer chainer;
  Chain chain{};
  std::int64_t sequence = 0;
  for (bool more = true; more;) {
    if (check.goes_on && !check.goes_on()) return stopped();
    Rows rows(in_order_.bind(sequence, faults.last_sequence, k_page));
    more = false;
    while (rows.next()) {
      more = true;
      const LedgerLine line = line_of(in_order_);
      if (line.sequence != sequence + 1)
        add_fault(faults, check, LedgerFaultKind::sequence_gap, line);
      const std::string_view written = in_order_.bytes(k_line_column_count);
      const Chain expected = chainer.next(chain, line);
      const bool follows = written.size() == expected.size() &&
                           std::equal(expected.begin(), expected.end(),
                                      reinterpret_cast<const std::uint8_t*>(written.data()));
      if (!follows) add_fault(faults, check, LedgerFaultKind::chain_broken, line);
      // The next one is held against what is written here, so that one change is one fault.
      chain = Chain{};
      std::copy_n(written.begin(), std::min(written.size(), chain.size()), chain.begin());
      sequence = line.sequence;
      ++faults.entries;
    }
    if (rows.failed()) return database_->error();
  }
  faults.last_chain = chain;
  return {};
}

Result<void> LedgerVerifier::check_charges(const LedgerCheck& check, LedgerFaults& faults) {
  ChargeCheck charges(faults, check);
  Position position, end;
  std::int64_t verification = -1;  // that the last look was for
  std::uint64_t entries = 0;
  for (bool more = true; more; position = end) {
    if (check.goes_on && !check.goes_on()) return stopped();
    Rows rows(by_charge_.bind(position.verification, position.account, position.sku,
                              position.dedupe_key, position.slot, k_page));
    int read = 0;
    while (rows.next()) {
      const LedgerLine line = line_of(by_charge_);
      if (++read == k_page) note(end, line);
      if (line.sequence > static_cast<std::int64_t>(faults.last_sequence)) continue;
      ++entries;
      if (line.verification != verification) {
        verification = line.verification;
        const auto is_there = has_verification(line);
        if (!is_there) return is_there.error();
        if (!*is_there) add_fault(faults, check, LedgerFaultKind::verification_missing, line);
      }
      charges.take(line);
    }
    if (rows.failed()) return database_->error();
    more = read == k_page;
  }
  charges.end();
  if (entries != faults.entries) add_fault(faults, check, LedgerFaultKind::index_differs, {});
  return {};
}

Result<bool> LedgerVerifier::has_verification(const LedgerLine& line) {
  Rows rows(verification_.bind(line.tenant, line.verification));
  const bool is_there = rows.next();
  if (rows.failed()) return database_->error();
  return is_there;
}

}  // namespace idswitch::store
