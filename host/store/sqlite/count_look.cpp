#include <mutex>
#include <shared_mutex>

#include "store/sqlite/count_cache.hpp"

// The counts as the last commit left them, for whoever only guesses: from any thread, beside the
// writer.

namespace idswitch::store {
namespace {

// Fills `counts` with what is known of `keys`; the places of the others come back.
template <class Map, class Key, class Count>
std::vector<std::size_t> fill(const Map& map, const std::vector<Key>& keys,
                              std::vector<Count>& counts) {
  std::vector<std::size_t> missing;
  counts.resize(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto found = map.find(keys[i]);
    if (found == map.end()) {
      missing.push_back(i);
    } else {
      counts[i] = found->second.committed;
    }
  }
  return missing;
}

}  // namespace

bool CountCache::look(const Touch& touch, Counted& counted) const {
  const std::shared_lock lock(mutex_);
  return fill(usage_.map, touch.usage, counted.usage).empty() &&
         fill(spend_.map, touch.spend, counted.spend).empty() &&
         fill(budgets_.map, touch.budgets, counted.budgets).empty() &&
         fill(persons_.map, touch.persons, counted.persons).empty();
}

Result<Counted> CountCache::look(const Touch& touch, CountReader& rows) {
  Counted counted;
  std::vector<std::size_t> usage, spend, budgets, persons;
  std::uint64_t cleared = 0;
  {
    const std::shared_lock lock(mutex_);
    cleared = cleared_;
    usage = fill(usage_.map, touch.usage, counted.usage);
    spend = fill(spend_.map, touch.spend, counted.spend);
    budgets = fill(budgets_.map, touch.budgets, counted.budgets);
    persons = fill(persons_.map, touch.persons, counted.persons);
  }
  for (const std::size_t i : usage) {
    const auto count = rows.usage(touch.usage[i]);
    if (!count) return count.error();
    counted.usage[i] = *count;
  }
  for (const std::size_t i : spend) {
    const auto count = rows.spend(touch.spend[i]);
    if (!count) return count.error();
    counted.spend[i] = *count;
  }
  std::vector<std::size_t> budgets_with_rows;
  for (const std::size_t i : budgets) {
    bool is_made = false;
    const auto count = rows.budget(touch.budgets[i], is_made);
    if (!count) return count.error();
    counted.budgets[i] = *count;
    // One without a row moves with no spend: it is summed again until a booking makes it.
    if (!is_made) budgets_with_rows.push_back(i);
  }
  for (const std::size_t i : persons) {
    const auto at = rows.person(touch.persons[i]);
    if (!at) return at.error();
    counted.persons[i] = *at;
  }
  const std::unique_lock lock(mutex_);
  // A row that was read before everything was dropped may be older than what was written since.
  if (cleared != cleared_) return counted;
  const auto keep = [](auto& kind, const auto& keys, const auto& counts, const auto& places) {
    for (const std::size_t i : places) {
      const auto [node, is_new] = kind.map.try_emplace(keys[i]);
      if (is_new) node->second.committed = node->second.now = counts[i];
    }
  };
  keep(usage_, touch.usage, counted.usage, usage);
  keep(spend_, touch.spend, counted.spend, spend);
  keep(budgets_, touch.budgets, counted.budgets, budgets_with_rows);
  keep(persons_, touch.persons, counted.persons, persons);
  return counted;
}

}  // namespace idswitch::store
