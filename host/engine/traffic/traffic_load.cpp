#include "engine/traffic/counts_text.hpp"
#include "engine/traffic/traffic.hpp"

// What Traffic takes from the store at start-up, and from another configuration.

namespace idswitch::engine {

Result<void> Traffic::load(store::Store& store) {
  const std::int64_t now = clock_.now_unix_ms();
  const std::lock_guard lock(mutex_);
  const auto slices = store.agreement().statistics(statistics_.oldest_unix_ms(now));
  if (!slices) return slices.error();
  for (const store::StatisticSlice& slice : *slices) {
    const Result<routing::Counts> counts = read_counts(slice.counts);
    // Statistics can be learnt again: what cannot be read is no reason not to start.
    if (!counts) continue;
    statistics_.load({slice.account, slice.segment, slice.slice_unix_ms, *counts});
  }
  const auto pauses = store.agreement().pauses();
  if (!pauses) return pauses.error();
  for (const store::ExperimentPause& pause : *pauses) {
    paused_.insert({pause.tenant, pause.experiment, pause.seed});
  }
  return {};
}

void Traffic::adopt(const Setup& setup) {
  const std::lock_guard lock(mutex_);
  statistics_.set_window(setup.config.statistics.window);
  turns_.adopt(setup);
}

}  // namespace idswitch::engine
