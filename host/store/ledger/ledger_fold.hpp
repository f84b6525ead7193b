#pragma once

// LedgerFold: the counts of a file's entries, for whoever reads them charge by charge. One thread
// at a time.

#include <vector>

#include "model/counts_fold.hpp"
#include "store/ledger/ledger_chain.hpp"

namespace idswitch::store {

class LedgerFold {
 public:
  // offset_of: null: 0.
  explicit LedgerFold(OffsetOf offset_of);

  // Lines of one charge come together, by slot.
  void take(const LedgerLine& line);

  // After the last line.
  void end();

  const CountsFold& counts() const { return counts_; }

 private:
  CountsFold counts_;
  std::vector<LedgerEntry> charge_;
};

// All entries of a file with the current columns.
Result<CountsFold> fold_ledger(Database& database, OffsetOf offset_of);

}  // namespace idswitch::store
