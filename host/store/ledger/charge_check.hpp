#pragma once

// ChargeCheck: whether the entries of one charge after another make sense. No I/O, and memory for
// one charge only. One thread at a time.

#include <cstdint>
#include <string>
#include <vector>

#include "store/ledger/ledger_chain.hpp"
#include "store/ledger_faults.hpp"

namespace idswitch::store {

// Counts a fault of the entry, and lists it while there is room.
void add_fault(LedgerFaults& faults, const LedgerCheck& check, LedgerFaultKind kind,
               const LedgerLine& line);

class ChargeCheck {
 public:
  // Both must outlive it.
  ChargeCheck(LedgerFaults& faults, const LedgerCheck& check) : faults_(&faults), check_(&check) {}

  // Lines of one charge come together, by slot.
  void take(const LedgerLine& line);

  // After the last line.
  void end();

  // The next line begins another charge than the last one's.
  bool begins(const LedgerLine& line) const;

 private:
  // What the order of the entries in time is needed for.
  struct Change {
    std::int64_t sequence;
    std::int64_t micros;
  };

  void fault(LedgerFaultKind kind, const LedgerLine& line);
  void check_alone(const LedgerLine& line);
  void check_balance();
  // The charge, as a line without the rest.
  LedgerLine charge(std::int64_t sequence) const;

  LedgerFaults* faults_;
  const LedgerCheck* check_;

  bool any_ = false;
  std::int64_t verification_ = 0, verification_low_ = 0, last_slot_ = 0;
  std::int64_t hold_sequence_ = 0;   // 0: there is none
  std::int64_t first_sequence_ = 0;  // the lowest of the charge
  bool resolved_ = false;
  std::string tenant_, account_, sku_, event_, currency_;
  std::int64_t call_ = 0;
  std::vector<Change> changes_;
};

}  // namespace idswitch::store
