#pragma once

// CountCache: the counts of the file in memory, and what the changes of the group that is being
// written make of them. One writer changes them and nobody else writes their rows, so what a commit
// left is right until the next one. A group's counts become rows once, before its commit; a change
// that is refused takes its own back; a roll-back drops everything.
//
// A budget's count moves with every spend in its scope, also with those of a change that does not
// name it, because it was priced by a configuration that did not have it: that is how a reload
// counts what is under way.
//
// look() from any thread; everything else from the writer's.

#include <cstdint>
#include <functional>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "model/booked.hpp"
#include "model/counts_fold.hpp"
#include "store/sqlite/count_table.hpp"

namespace idswitch::store {

class CountCache {
 public:
  explicit CountCache(Database& database);

  CountCache(const CountCache&) = delete;
  CountCache& operator=(const CountCache&) = delete;

  // A change begins; what the one before did stays, unless it was dropped.
  void begin();

  // Where the counts of a touch are, in its order.
  class Prepared;

  // Reads what is not known yet. Good for this change; touch outlives it. Error: storage_failed.
  Result<Prepared> prepare(const Touch& touch);

  Booked price(const Prepared& prepared, const std::function<Booked(Counts&)>& price);

  // All bookings of the change were priced. Error: storage_failed.
  Result<void> keep();

  // None of them counts.
  void drop();

  // What entries without a booking come to: `with` less `without`.
  Result<void> add(const CountsFold& with, const CountsFold& without);

  // When a person was charged, by a change without a booking.
  Result<void> charge_person(const PersonKey& key, std::int64_t at_unix_ms);

  // New limits, in rows too.
  Result<void> adopt(const std::vector<BudgetLimit>& limits);

  // The rows of what the group changed.
  Result<void> write();
  void committed();
  void rolled_back();

  // What the last commit left. False: not all of it is in memory; see the other one.
  bool look(const Touch& touch, Counted& counted) const;

  // The same; what is missing is read, and known from now on.
  Result<Counted> look(const Touch& touch, CountReader& rows);

 private:
  template <class Count>
  struct Slot {
    Count committed{};
    Count now{};    // with the group's changes
    Count saved{};  // before the change that has touched it last
    std::uint64_t change = 0;
    bool is_dirty = false;
  };

  struct KeyHash {
    std::size_t operator()(const UsageKey& key) const;
    std::size_t operator()(const SpendKey& key) const;
    std::size_t operator()(const BudgetKey& key) const;
    std::size_t operator()(const PersonKey& key) const;
  };

  template <class Key, class Count>
  using Map = std::unordered_map<Key, Slot<Count>, KeyHash>;

  template <class Key, class Count>
  using Node = std::pair<const Key, Slot<Count>>;

  using UsageNode = Node<UsageKey, UsageCount>;
  using SpendNode = Node<SpendKey, SpendCount>;
  using BudgetNode = Node<BudgetKey, BudgetCount>;
  using PersonNode = Node<PersonKey, std::int64_t>;

  // Everything of one kind.
  template <class Key, class Count>
  struct Kind {
    Map<Key, Count> map;
    std::vector<Node<Key, Count>*> touched;  // by the change
    std::vector<Node<Key, Count>*> dirty;    // by the group
  };

  struct Covering {
    std::uint64_t as_of = 0;  // budgets_made_ then
    std::vector<BudgetNode*> budgets;
  };

  class Priced;

  template <class Key, class Count>
  Node<Key, Count>* find(Kind<Key, Count>& kind, const Key& key);
  template <class Key, class Count>
  Node<Key, Count>* add(Kind<Key, Count>& kind, const Key& key, const Count& count);
  template <class Key, class Count>
  void touch(Kind<Key, Count>& kind, Node<Key, Count>& node);
  template <class Key, class Count>
  void keep(Kind<Key, Count>& kind);
  template <class Key, class Count>
  void drop(Kind<Key, Count>& kind);
  template <class Key, class Count>
  Result<void> write(Kind<Key, Count>& kind);
  template <class Key, class Count>
  void commit(Kind<Key, Count>& kind);
  template <class Key, class Count>
  void clear(Kind<Key, Count>& kind);

  // The known ones of the keys; the others stay null.
  template <class Key, class Count>
  void find_all(Kind<Key, Count>& kind, const std::vector<Key>& keys,
                std::vector<Node<Key, Count>*>& nodes);
  Result<BudgetNode*> budget(const BudgetKey& key);
  Result<const Covering*> covering(const SpendKey& key);
  // To the budgets that the change does not name.
  Result<void> spread();
  void clear_all();

  CountReader rows_;
  CountWriter writer_;
  std::uint64_t change_ = 0;        // number of the running one
  std::uint64_t budgets_made_ = 1;  // counts them: then it is looked anew for what covers a spend

  // The maps themselves, and every `committed`. The writer's thread alone changes the rest.
  mutable std::shared_mutex mutex_;
  std::uint64_t cleared_ = 0;  // how often
  Kind<UsageKey, UsageCount> usage_;
  Kind<SpendKey, SpendCount> spend_;
  Kind<BudgetKey, BudgetCount> budgets_;
  Kind<PersonKey, std::int64_t> persons_;
  std::unordered_map<SpendKey, Covering, KeyHash> covering_;  // the writer's thread's
  std::vector<BudgetNode*> spread_;                           // of one change, reused
};

class CountCache::Prepared {
 private:
  friend class CountCache;

  const Touch* touch = nullptr;
  std::vector<UsageNode*> usage;
  std::vector<SpendNode*> spend;
  std::vector<BudgetNode*> budgets;
  std::vector<PersonNode*> persons;
};

}  // namespace idswitch::store
