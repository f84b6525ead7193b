#pragma once

// Agreement: one of the store's four doors. What all who serve from the store hold in common: which
// configuration runs, which experiments are paused and how they stand, what accounts were seen to
// do. Reads run on the calling thread; any thread.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/config_version.hpp"
#include "store/counted.hpp"
#include "store/experiment.hpp"
#include "store/statistic_slice.hpp"

namespace idswitch::store {

class Agreement {
 public:
  virtual ~Agreement() = default;

  // The number of this configuration: that of the newest version when it has the same sha256, else
  // the next one, which is durable when this returns. limits: of its budgets, in force with the
  // same commit. Queued like a write. [blocking]
  virtual Result<std::int64_t> adopt(std::string text, const std::array<std::uint8_t, 32>& sha256,
                                     std::int64_t now_unix_ms,
                                     std::vector<BudgetLimit> limits = {}) = 0;
  virtual Result<std::optional<ConfigVersion>> config_version(std::int64_t number) = 0;

  // Newest first, with empty texts.
  virtual Result<std::vector<ConfigVersion>> config_versions(std::size_t limit) = 0;

  virtual Result<std::vector<ExperimentPause>> pauses() = 0;

  // What was admitted is a look-up; those that wait are read, unless they are not asked for.
  virtual Result<ExperimentCounts> arms(std::string_view tenant, std::string_view experiment,
                                        std::string_view seed, bool with_waiting = true) = 0;

  // Looks at the next exposures, in the order of their ids, until one is too young; at most `limit`
  // of them, those of other experiments included.
  virtual Result<Admission> admissible(std::string_view tenant, std::string_view experiment,
                                       std::string_view seed, const AdmissionRule& rule,
                                       std::size_t limit) = 0;

  // Slices that begin at the given time or later, by account, segment and time.
  virtual Result<std::vector<StatisticSlice>> statistics(std::int64_t since_unix_ms) = 0;

  // Forgets slices that begin before the given time, the oldest first, a bounded number per call;
  // answers how many. Queued like a write and waits for it. [blocking]
  virtual Result<std::size_t> forget_statistics_before(std::int64_t unix_ms) = 0;
};

}  // namespace idswitch::store
