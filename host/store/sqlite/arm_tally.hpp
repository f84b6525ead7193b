#pragma once

// ArmTally: adds rows of an experiment up to one ArmCounts an arm, each as it stands: one that has
// not ended is neither passed nor completed. Verifications come one after the other, each followed
// by its charges. One thread at a time; no I/O.

#include <cstdint>
#include <string_view>
#include <vector>

#include "idswitch/verification.hpp"
#include "store/experiment.hpp"

namespace idswitch::store {

class ArmTally {
 public:
  // Whether a row of this verification is its first row. Asked once a row, before the calls below.
  bool begins(std::int64_t verification);

  // took_ms: until its last change.
  void verification(std::string_view arm, std::string_view weights, bool first, Status status,
                    std::uint32_t verdict, std::int64_t took_ms);

  // Of the last verification.
  void charge(std::int64_t micros, std::string_view currency);

  // By name. Ends the tally.
  std::vector<ArmCounts> arms() &&;

 private:
  ArmCounts& arm(std::string_view name);
  // The last verification has all its charges.
  void settle();

  std::vector<ArmCounts> arms_;  // few: looked through from the front
  std::int64_t verification_ = -1;
  std::size_t arm_ = 0;  // of the last verification, in arms_
  bool first_ = false;
  bool final_ = false;
  std::int64_t charged_micros_ = 0;
};

// Admitted and waiting together.
std::vector<ArmCounts> everything(const ExperimentCounts& counts);

}  // namespace idswitch::store
