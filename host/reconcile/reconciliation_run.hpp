#pragma once

// ReconciliationRun: a vendor's whole statement against our ledger, line by line. Both may be far
// larger than the memory: they are sorted and joined on disk, and only what matching needs at once
// is held. Only reads the ledger. [blocking]

#include <functional>
#include <optional>
#include <string>

#include "reconcile/reconciliation.hpp"
#include "store/store.hpp"

namespace idswitch::engine {

struct ReconciliationTask {
  std::string account;
  std::string statement_file;
  const billing::StatementMap* map = nullptr;
  const config::Contract* contract = nullptr;
  // Without: the months that the lines' times lie in; without times, all of the ledger.
  std::optional<billing::Period> period;
  store::Store* store = nullptr;
};

// What became of a line or a charge.
struct ReconciledRow {
  enum class Kind : std::uint8_t {
    judged,   // has a verdict
    neither,  // a charge that costs nothing as far as both sides know: free, or open and not listed
    ignored,  // a line that the map leaves out
    broken,   // a line that could not be read
  };

  Kind kind = Kind::judged;
  billing::Verdict verdict = billing::Verdict::matched;
  const billing::StatementLine* line = nullptr;   // null: only ours, neither
  const billing::LedgerCharge* charge = nullptr;  // null: nothing of ours is known
  bool is_counted = false;  // the charge's balance counts as ours in the period
  bool is_settling =
      false;  // the line tells what became of a charge that is open or disputed with us
  bool is_by_time = false;  // found by SKU, amount and time, not by a reference
  std::string note;         // for people; may be empty
};

struct Reconciliation {
  billing::Tallies tallies;
  billing::Tally total;
  std::int64_t records = 0;  // of the statement, however they ended
  std::int64_t ignored = 0;
  std::int64_t broken = 0;
  std::int64_t by_time = 0;        // lines found without a reference
  std::int64_t settling = 0;       // lines that tell about charges that are open or disputed
  std::int64_t open_unlisted = 0;  // held or unknown in the period, and in no line
  std::int64_t free_unlisted = 0;  // captured at 0 in the period, and in no line
  std::optional<billing::Period> period;

  // Every line was read and is matched, and nothing of ours is missing.
  bool is_agreed() const;
};

// Gives the statement's lines in their order, then what is left of ours.
// Error: config_invalid (the statement's header does not fit the map; one complaint a line),
// invalid_field (unreadable file, or amounts beyond counting), storage_failed.
Result<Reconciliation> reconcile(const ReconciliationTask& task,
                                 const std::function<void(const ReconciledRow&)>& row);

}  // namespace idswitch::engine
