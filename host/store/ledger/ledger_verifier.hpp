#pragma once

// LedgerVerifier: reads the whole ledger twice and names what is wrong: in the order of its
// sequences for the chain, and charge by charge for the rest. Bounded memory, and short reads: a
// long one would keep the log from starting over. The ledger may grow meanwhile; what comes later
// is not looked at. One thread at a time; the database must outlive it.

#include "store/ledger/charge_check.hpp"
#include "store/ledger/ledger_chain.hpp"
#include "store/ledger_faults.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

class LedgerVerifier {
 public:
  explicit LedgerVerifier(Database& database);

  // Errors: storage_failed, also when a page cannot be read; shutting_down when goes_on says no.
  Result<LedgerFaults> verify(const LedgerCheck& check);

 private:
  Result<void> check_chain(const LedgerCheck& check, LedgerFaults& faults);
  Result<void> check_charges(const LedgerCheck& check, LedgerFaults& faults);
  Result<bool> has_verification(const LedgerLine& line);

  Database* database_;
  Statement last_;
  Statement in_order_;
  Statement by_charge_;
  Statement verification_;
};

}  // namespace idswitch::store
