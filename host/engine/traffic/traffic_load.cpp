#include <algorithm>

#include "base/log.hpp"
#include "engine/traffic/counts_text.hpp"
#include "engine/traffic/traffic.hpp"

// What Traffic takes from the store: everything at start-up, and the ledger again for budgets that
// a new configuration brings.

namespace idswitch::engine {
namespace {

// Where the current periods of all accounts begin at the earliest: a month, and a day for the
// difference of time zones.
constexpr std::int64_t k_longest_period_ms = 32LL * 24 * 3'600'000;

// Calls take for every entry after `after`, in the ledger's order, and moves it to the last one.
template <class Take>
Result<void> for_entries(store::Store& store, std::uint64_t& after, Take take) {
  for (;;) {
    store::EntryQuery query;
    query.after = after;
    const Result<std::vector<LedgerEntry>> entries = store.entries(query);
    if (!entries) return entries.error();
    for (const LedgerEntry& entry : *entries) take(entry);
    if (entries->empty()) return {};
    after = entries->back().sequence;
  }
}

}  // namespace

billing::BudgetBook::Offsets contract_times(const Setup& setup) {
  billing::BudgetBook::Offsets offsets;
  for (const auto& [name, account] : setup.accounts) {
    offsets[name] = account.config.contract.utc_offset_min;
  }
  return offsets;
}

Result<void> Traffic::load(store::Store& store, const Setup& setup) {
  const std::int64_t now = clock_.now_unix_ms();
  const std::lock_guard lock(mutex_);
  const auto slices = store.statistics(statistics_.oldest_unix_ms(now));
  if (!slices) return slices.error();
  for (const store::StatisticSlice& slice : *slices) {
    const Result<routing::Counts> counts = read_counts(slice.counts);
    // Statistics can be learnt again: what cannot be read is no reason not to start.
    if (!counts) continue;
    statistics_.load({slice.account, slice.segment, slice.slice_unix_ms, *counts});
  }
  const auto pauses = store.experiment_pauses();
  if (!pauses) return pauses.error();
  for (const store::ExperimentPause& pause : *pauses) {
    paused_.insert({pause.tenant, pause.experiment, pause.seed});
  }
  const billing::BudgetBook::Offsets offsets = contract_times(setup);
  const auto begin = store.ledger_sequence_at(now - k_longest_period_ms);
  if (!begin) return begin.error();
  std::uint64_t after = *begin;
  return for_entries(store, after, [&](const LedgerEntry& entry) {
    const auto offset = offsets.find(entry.account);
    usage_.take(entry, offset == offsets.end() ? 0 : offset->second);
    budgets_.take(entry);
  });
}

Result<void> Traffic::adopt(store::Store& store, const Setup& setup) {
  billing::BudgetBook budgets(setup.config.budgets, contract_times(setup));
  bool has_new_ones = false;
  {
    const std::lock_guard lock(mutex_);
    has_new_ones = !budgets.adopt(budgets_).empty();
  }
  std::uint64_t after = 0;
  const auto take = [&](const LedgerEntry& entry) { budgets.take(entry); };
  if (has_new_ones) {
    // A budget that was not there knows nothing: read the periods again, most of it unlocked.
    budgets = billing::BudgetBook(setup.config.budgets, contract_times(setup));
    const auto begin = store.ledger_sequence_at(clock_.now_unix_ms() - k_longest_period_ms);
    if (!begin) return begin.error();
    after = *begin;
    if (const auto read = for_entries(store, after, take); !read) return read.error();
  }
  const std::lock_guard lock(mutex_);
  if (has_new_ones) {
    // Holds that are being written this very moment are missed; they count once they settle.
    if (const auto read = for_entries(store, after, take); !read) return read.error();
  } else {
    static_cast<void>(budgets.adopt(budgets_));
  }
  budgets_ = std::move(budgets);
  statistics_.set_window(setup.config.statistics.window);
  turns_.adopt(setup);
  return {};
}

}  // namespace idswitch::engine
