#pragma once

// LineMatching: which line of a statement is which charge of ours, one to one. Works on small
// extracts of both, so that a million of them fit into memory. Pure; any thread.

#include <cstdint>
#include <functional>
#include <vector>

#include "reconcile/reconciliation.hpp"

namespace idswitch::billing {

// A line or a charge, for matching.
struct MatchItem {
  std::uint32_t number = 0;  // of the line or charge, by its own list
  std::uint16_t sku = 0;     // the caller's numbers for SKUs and currencies
  std::uint16_t currency = 0;
  Standing standing = Standing::due;  // of a charge
  bool is_line = false;
  std::int64_t amount_micros = 0;  // of an open charge: what is held
  std::int64_t at_unix_ms = 0;
};

using Matched = std::function<void(std::uint32_t line, std::uint32_t charge)>;

// Lines and charges that share a reference. exact: only charges that are due, with the line's SKU,
// amount and currency; in the order of their times. Else what has the SKU: those that are due
// first.
void match_reference(std::vector<MatchItem> items, bool exact, const Matched& matched);

// Lines and charges of one SKU, amount and currency, in any order: pairs at most window apart, the
// nearest two first; of pairs as near the earlier one.
class NearestMatching {
 public:
  // Where no pause longer than the window parts them, items_max are matched at a time, to bound the
  // memory: only what lies within a window of such a cut can be matched otherwise than without it.
  NearestMatching(std::int64_t window_ms, Matched matched, std::size_t items_max = 1'500'000)
      : window_ms_(window_ms), matched_(std::move(matched)), items_max_(items_max) {}

  // at_unix_ms ascends until finish().
  void add(const MatchItem& item);

  // Matches what was added, and begins anew.
  void finish();

 private:
  struct Item {
    std::int64_t at_unix_ms;
    std::uint32_t number;
    std::uint32_t before;
    std::uint32_t behind;
    bool is_line;
    bool is_taken;
  };

  void match();

  std::int64_t window_ms_;
  Matched matched_;
  std::size_t items_max_;
  std::vector<Item> items_;  // each at most the window behind the one before it
};

}  // namespace idswitch::billing
