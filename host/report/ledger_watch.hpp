#pragma once

// LedgerWatch: checks the whole ledger of a running switch after its start and then once a day, and
// remembers what was found last. look() blocks for seconds with millions of entries, and is for one
// thread; last() for any.

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>

#include "base/clock.hpp"
#include "store/store.hpp"

namespace idswitch::engine {

struct LedgerFinding {
  store::LedgerFaults faults;
  std::int64_t verified_unix_ms = 0;  // when the check began
};

class LedgerWatch {
 public:
  LedgerWatch(store::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  // Checks when it is time to, and gives up when goes_on says no: what came since the last look, if
  // that found nothing, and all of it once a week and after a start. Faults are logged as an error,
  // by name and sequence.
  void look(std::function<bool()> goes_on);

  // Nothing before the first check is done.
  std::optional<LedgerFinding> last() const;

 private:
  store::Store& store_;
  const Clock& clock_;
  std::chrono::steady_clock::time_point next_look_{};
  store::LedgerMark sound_up_to_;  // 0: the next look is at everything
  int looks_since_full_ = 0;
  mutable std::mutex mutex_;
  std::optional<LedgerFinding> last_;
};

}  // namespace idswitch::engine
