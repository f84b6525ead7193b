#include "store/sqlite/count_cache.hpp"

#include <algorithm>
#include <mutex>
#include <string_view>

#include "base/invariant.hpp"

namespace idswitch::store {
namespace {

// Of all kinds together. Beyond, the next commit drops them: what is used comes back.
constexpr std::size_t k_slots_max = 100'000;

template <class... Texts>
std::size_t hash_of(const Texts&... texts) {
  std::size_t hash = 0x9e3779b97f4a7c15ULL;
  const auto add = [&](std::size_t one) { hash = (hash ^ one) * 0xff51afd7ed558ccdULL; };
  (add(std::hash<std::string_view>()(texts)), ...);
  return hash;
}

}  // namespace

std::size_t CountCache::KeyHash::operator()(const UsageKey& key) const {
  return hash_of(key.account, key.sku, key.currency, key.period);
}

std::size_t CountCache::KeyHash::operator()(const SpendKey& key) const {
  return hash_of(key.tenant, key.account, key.currency, key.day);
}

std::size_t CountCache::KeyHash::operator()(const BudgetKey& key) const {
  return hash_of(key.budget, key.period);
}

std::size_t CountCache::KeyHash::operator()(const PersonKey& key) const {
  return hash_of(key.account, key.sku) ^ (key.person * 0x9e3779b97f4a7c15ULL);
}

// What a price function sees: the counts that its touch names, and no others.
class CountCache::Priced final : public Counts {
 public:
  Priced(CountCache& cache, const Prepared& prepared)
      : cache_(cache), touch_(*prepared.touch), prepared_(prepared) {}

  UsageCount& usage(const UsageKey& key) override {
    return of(cache_.usage_, touch_.usage, prepared_.usage, key);
  }

  SpendCount& spend(const SpendKey& key) override {
    return of(cache_.spend_, touch_.spend, prepared_.spend, key);
  }

  BudgetCount& budget(const BudgetKey& key) override {
    return of(cache_.budgets_, touch_.budgets, prepared_.budgets, key);
  }

  std::int64_t& person(const PersonKey& key) override {
    return of(cache_.persons_, touch_.persons, prepared_.persons, key);
  }

 private:
  template <class Key, class Count>
  Count& of(Kind<Key, Count>& kind, const std::vector<Key>& named,
            const std::vector<Node<Key, Count>*>& nodes, const Key& key) {
    const auto found = std::find(named.begin(), named.end(), key);
    require(found != named.end(), "a price asks for a count that its booking did not name");
    auto& node = *nodes[static_cast<std::size_t>(found - named.begin())];
    cache_.touch(kind, node);
    return node.second.now;
  }

  CountCache& cache_;
  const Touch& touch_;
  const Prepared& prepared_;
};

CountCache::CountCache(Database& database) : rows_(database), writer_(database) {}

void CountCache::begin() {
  ++change_;
  spread_.clear();
  usage_.touched.clear();
  spend_.touched.clear();
  budgets_.touched.clear();
  persons_.touched.clear();
}

template <class Key, class Count>
CountCache::Node<Key, Count>* CountCache::find(Kind<Key, Count>& kind, const Key& key) {
  const std::shared_lock lock(mutex_);
  const auto found = kind.map.find(key);
  return found == kind.map.end() ? nullptr : &*found;
}

template <class Key, class Count>
CountCache::Node<Key, Count>* CountCache::add(Kind<Key, Count>& kind, const Key& key,
                                              const Count& count) {
  const std::unique_lock lock(mutex_);
  // A thread that looks may have been quicker.
  const auto [node, is_new] = kind.map.try_emplace(key);
  if (is_new) node->second.committed = node->second.now = count;
  return &*node;
}

template <class Key, class Count>
void CountCache::touch(Kind<Key, Count>& kind, Node<Key, Count>& node) {
  if (node.second.change == change_) return;
  node.second.change = change_;
  node.second.saved = node.second.now;
  kind.touched.push_back(&node);
}

template <class Key, class Count>
void CountCache::find_all(Kind<Key, Count>& kind, const std::vector<Key>& keys,
                          std::vector<Node<Key, Count>*>& nodes) {
  nodes.reserve(keys.size());
  for (const Key& key : keys) {
    const auto found = kind.map.find(key);
    nodes.push_back(found == kind.map.end() ? nullptr : &*found);
  }
}

Result<CountCache::Prepared> CountCache::prepare(const Touch& touch) {
  Prepared prepared;
  prepared.touch = &touch;
  {
    const std::shared_lock lock(mutex_);
    find_all(usage_, touch.usage, prepared.usage);
    find_all(spend_, touch.spend, prepared.spend);
    find_all(budgets_, touch.budgets, prepared.budgets);
    find_all(persons_, touch.persons, prepared.persons);
  }
  for (std::size_t i = 0; i < touch.usage.size(); ++i) {
    if (prepared.usage[i] != nullptr) continue;
    const auto count = rows_.usage(touch.usage[i]);
    if (!count) return count.error();
    prepared.usage[i] = add(usage_, touch.usage[i], *count);
  }
  for (std::size_t i = 0; i < touch.spend.size(); ++i) {
    if (prepared.spend[i] != nullptr) continue;
    const auto count = rows_.spend(touch.spend[i]);
    if (!count) return count.error();
    prepared.spend[i] = add(spend_, touch.spend[i], *count);
  }
  for (std::size_t i = 0; i < touch.persons.size(); ++i) {
    if (prepared.persons[i] != nullptr) continue;
    const auto at = rows_.person(touch.persons[i]);
    if (!at) return at.error();
    prepared.persons[i] = add(persons_, touch.persons[i], *at);
  }
  for (std::size_t i = 0; i < touch.budgets.size(); ++i) {
    if (prepared.budgets[i] != nullptr) continue;
    const auto found = budget(touch.budgets[i]);
    if (!found) return found.error();
    prepared.budgets[i] = *found;
  }
  return prepared;
}

Result<CountCache::BudgetNode*> CountCache::budget(const BudgetKey& key) {
  if (auto* node = find(budgets_, key)) return node;
  // The sum is one of rows: those that the group has changed are written first.
  if (const auto written = write(spend_); !written) return written.error();
  bool is_made = false;
  const auto count = rows_.budget(key, is_made);
  if (!count) return count.error();
  auto* node = add(budgets_, key, *count);
  if (!is_made) return node;
  // At once: whoever spends in its scope from now on finds it there.
  ++budgets_made_;
  if (const auto written = writer_.write(key, *count); !written) return written.error();
  return node;
}

Booked CountCache::price(const Prepared& prepared, const std::function<Booked(Counts&)>& price) {
  Priced counts(*this, prepared);
  return price(counts);
}

Result<void> CountCache::keep() {
  if (const auto done = spread(); !done) return done;
  keep(usage_);
  keep(spend_);
  keep(budgets_);
  keep(persons_);
  return {};
}

template <class Key, class Count>
void CountCache::keep(Kind<Key, Count>& kind) {
  for (auto* node : kind.touched) {
    if (node->second.is_dirty || node->second.now == node->second.saved) continue;
    node->second.is_dirty = true;
    kind.dirty.push_back(node);
  }
  kind.touched.clear();
}

Result<void> CountCache::spread() {
  for (SpendNode* node : spend_.touched) {
    const SpendCount& now = node->second.now;
    const SpendCount& saved = node->second.saved;
    if (now == saved) continue;
    const auto covered = covering(node->first);
    if (!covered) return covered.error();
    for (BudgetNode* budget : (*covered)->budgets) {
      // Named by the change, which has counted it itself.
      const bool is_named = budget->second.change == change_;
      if (is_named && std::find(spread_.begin(), spread_.end(), budget) == spread_.end()) continue;
      if (!is_named) spread_.push_back(budget);
      touch(budgets_, *budget);
      budget->second.now.reserved = budget->second.now.reserved + now.reserved - saved.reserved;
      budget->second.now.spent = budget->second.now.spent + now.spent - saved.spent;
    }
  }
  return {};
}

Result<const CountCache::Covering*> CountCache::covering(const SpendKey& key) {
  Covering& known = covering_[key];
  if (known.as_of == budgets_made_) return &known;
  const auto rows = rows_.covering(key);
  if (!rows) return rows.error();
  known.budgets.clear();
  for (const BudgetRow& row : *rows) {
    auto* node = find(budgets_, row.key);
    known.budgets.push_back(node != nullptr ? node : add(budgets_, row.key, row.count));
  }
  known.as_of = budgets_made_;
  return &known;
}

void CountCache::drop() {
  drop(usage_);
  drop(spend_);
  drop(budgets_);
  drop(persons_);
}

template <class Key, class Count>
void CountCache::drop(Kind<Key, Count>& kind) {
  for (auto* node : kind.touched) node->second.now = node->second.saved;
  kind.touched.clear();
}

Result<void> CountCache::add(const CountsFold& with, const CountsFold& without) {
  Touch all;
  for (const auto& [key, count] : with.usage()) all.usage.push_back(key);
  for (const auto& [key, count] : with.spend()) all.spend.push_back(key);
  if (const auto prepared = prepare(all); !prepared) return prepared.error();
  begin();
  const auto before = [](const auto& counts, const auto& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? decltype(found->second)() : found->second;
  };
  for (const auto& [key, count] : with.usage()) {
    const UsageCount old = before(without.usage(), key);
    auto* node = find(usage_, key);
    touch(usage_, *node);
    UsageCount& now = node->second.now;
    now = {now.units + count.units - old.units, now.open + count.open - old.open,
           now.amount + count.amount - old.amount};
  }
  for (const auto& [key, count] : with.spend()) {
    const SpendCount old = before(without.spend(), key);
    auto* node = find(spend_, key);
    touch(spend_, *node);
    SpendCount& now = node->second.now;
    now = {now.reserved + count.reserved - old.reserved, now.spent + count.spent - old.spent};
  }
  return keep();
}

Result<void> CountCache::charge_person(const PersonKey& key, std::int64_t at_unix_ms) {
  Touch only;
  only.persons.push_back(key);
  if (const auto prepared = prepare(only); !prepared) return prepared.error();
  begin();
  auto* node = find(persons_, key);
  touch(persons_, *node);
  node->second.now = at_unix_ms;
  keep(persons_);
  return {};
}

Result<void> CountCache::adopt(const std::vector<BudgetLimit>& limits) {
  const auto before = rows_.limits();
  if (!before) return before.error();
  std::vector<BudgetLimit> list = limits;
  std::sort(list.begin(), list.end(),
            [](const BudgetLimit& a, const BudgetLimit& b) { return a.budget < b.budget; });
  if (list == *before) return {};
  if (auto written = writer_.write_limits(list); !written) return written;
  begin();
  for (const BudgetLimit& limit : list) {
    const auto rows = rows_.periods_of(limit.budget);
    if (!rows) return rows.error();
    for (const BudgetRow& row : *rows) {
      auto* node = find(budgets_, row.key);
      if (node == nullptr) node = add(budgets_, row.key, row.count);
      touch(budgets_, *node);
      if (node->second.now.limit == limit.limit) continue;
      node->second.now.limit = limit.limit;
      node->second.now.warned = node->second.now.told_over = false;
    }
  }
  keep(budgets_);
  return {};
}

template <class Key, class Count>
Result<void> CountCache::write(Kind<Key, Count>& kind) {
  for (auto* node : kind.dirty) {
    if (!node->second.is_dirty) continue;
    if (auto written = writer_.write(node->first, node->second.now); !written) return written;
    node->second.is_dirty = false;
  }
  return {};
}

Result<void> CountCache::write() {
  if (auto written = write(usage_); !written) return written;
  if (auto written = write(spend_); !written) return written;
  if (auto written = write(budgets_); !written) return written;
  return write(persons_);
}

template <class Key, class Count>
void CountCache::commit(Kind<Key, Count>& kind) {
  for (auto* node : kind.dirty) node->second.committed = node->second.now;
  kind.dirty.clear();
}

void CountCache::committed() {
  if (usage_.dirty.empty() && spend_.dirty.empty() && budgets_.dirty.empty() &&
      persons_.dirty.empty()) {
    return;
  }
  const std::unique_lock lock(mutex_);
  commit(usage_);
  commit(spend_);
  commit(budgets_);
  commit(persons_);
  if (usage_.map.size() + spend_.map.size() + budgets_.map.size() + persons_.map.size() >
      k_slots_max) {
    clear_all();
  }
}

void CountCache::rolled_back() {
  const std::unique_lock lock(mutex_);
  clear_all();
}

template <class Key, class Count>
void CountCache::clear(Kind<Key, Count>& kind) {
  kind.touched.clear();
  kind.dirty.clear();
  kind.map.clear();
}

void CountCache::clear_all() {
  ++cleared_;
  ++budgets_made_;
  covering_.clear();
  clear(usage_);
  clear(spend_);
  clear(budgets_);
  clear(persons_);
}

}  // namespace idswitch::store
