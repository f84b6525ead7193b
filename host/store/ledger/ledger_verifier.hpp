#pragma once

// LedgerVerifier: reads the ledger and names what is wrong: in the order of its sequences for the
// chain, charge by charge for the rest, and against what is kept beside it: where the writer says
// that it ends, the noted checkpoints, the counts. From a place that was checked before it reads
// what is newer, and the charges of that. Bounded memory, and short reads: a long one would keep
// the log from starting over. The ledger may grow meanwhile; what comes later is not looked at. One
// thread at a time; the database must outlive it.

#include <map>
#include <set>
#include <vector>

#include "store/ledger/charge_check.hpp"
#include "store/ledger/ledger_chain.hpp"
#include "store/ledger/ledger_fold.hpp"
#include "store/ledger_faults.hpp"
#include "store/sqlite/count_table.hpp"
#include "store/sqlite/lane_table.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

class LedgerVerifier {
 public:
  explicit LedgerVerifier(Database& database);

  // Errors: storage_failed, also when a page cannot be read; shutting_down when goes_on says no.
  Result<LedgerFaults> verify(const LedgerCheck& check);

 private:
  // Everything beside the entries, as of one moment.
  Result<void> note_what_is_kept(const LedgerCheck& check, LedgerFaults& faults);
  Result<void> check_chain(const LedgerCheck& check, LedgerFaults& faults);
  Result<void> check_line(const LedgerCheck& check, const LedgerLine& line, Chain& chain,
                          LedgerFaults& faults);
  void check_end(const LedgerCheck& check, LedgerFaults& faults) const;
  Result<void> check_charges(const LedgerCheck& check, LedgerFaults& faults);
  Result<void> check_new_charges(const LedgerCheck& check, LedgerFaults& faults);
  Result<void> check_charge_line(const LedgerCheck& check, const LedgerLine& line,
                                 ChargeCheck& charges, LedgerFaults& faults);
  void check_counts(const LedgerCheck& check, LedgerFaults& faults, const CountsFold& fold) const;
  Result<bool> has_verification(const LedgerLine& line);

  Database* database_;
  LaneReader lane_;
  Statement last_;
  Statement in_order_;
  Statement by_charge_;
  Statement of_verification_;
  Statement verification_;
  Statement checkpoints_;
  Statement usage_;
  Statement spend_;
  Statement budgets_;
  Statement unasked_;
  Chainer chainer_;

  // Of one check.
  Tip tip_;  // where the writer says that it ends
  std::map<std::int64_t, Chain> noted_;
  std::map<UsageKey, UsageCount> usage_rows_;
  std::map<SpendKey, SpendCount> spend_rows_;
  std::vector<BudgetRow> budget_rows_;
  std::set<std::int64_t> new_verifications_;
  std::int64_t verification_seen_ = -1;  // that the last look was for
};

}  // namespace idswitch::store
