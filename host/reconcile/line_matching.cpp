#include "reconcile/line_matching.hpp"

#include <algorithm>
#include <queue>
#include <tuple>

namespace idswitch::billing {
namespace {

constexpr std::uint32_t k_no_item = UINT32_MAX;

auto exact_key(const MatchItem& item) {
  return std::tuple(item.sku, item.currency, item.amount_micros);
}

template <class Key, class Order>
void pair_up(std::vector<MatchItem>& lines, std::vector<MatchItem>& charges, Key key, Order order,
             const Matched& matched) {
  std::sort(lines.begin(), lines.end(), order);
  std::sort(charges.begin(), charges.end(), order);
  auto charge = charges.begin();
  for (const MatchItem& line : lines) {
    while (charge != charges.end() && key(*charge) < key(line)) ++charge;
    if (charge == charges.end() || key(line) < key(*charge)) continue;
    matched(line.number, charge->number);
    ++charge;
  }
}

}  // namespace

void match_reference(std::vector<MatchItem> items, bool exact, const Matched& matched) {
  const auto middle = std::partition(items.begin(), items.end(),
                                     [](const MatchItem& item) { return item.is_line; });
  std::vector<MatchItem> lines(items.begin(), middle);
  std::vector<MatchItem> charges(middle, items.end());
  if (lines.empty() || charges.empty()) return;
  if (exact) {
    std::erase_if(charges, [](const MatchItem& one) { return one.standing != Standing::due; });
    pair_up(
        lines, charges, exact_key,
        [](const MatchItem& a, const MatchItem& b) {
          return std::tuple(exact_key(a), a.at_unix_ms, a.number) <
                 std::tuple(exact_key(b), b.at_unix_ms, b.number);
        },
        matched);
    return;
  }
  pair_up(
      lines, charges, [](const MatchItem& item) { return item.sku; },
      [](const MatchItem& a, const MatchItem& b) {
        return std::tuple(a.sku, a.standing, a.at_unix_ms, a.number) <
               std::tuple(b.sku, b.standing, b.at_unix_ms, b.number);
      },
      matched);
}

void NearestMatching::add(const MatchItem& item) {
  const bool is_apart = !items_.empty() && item.at_unix_ms - items_.back().at_unix_ms > window_ms_;
  if (is_apart) finish();
  if (items_.size() >= items_max_) {
    match();
    // What is left of the last window may belong to what comes.
    const std::int64_t from = item.at_unix_ms - window_ms_;
    std::erase_if(items_, [&](const Item& one) { return one.is_taken || one.at_unix_ms < from; });
    if (items_.size() >= items_max_) items_.clear();
  }
  items_.push_back({item.at_unix_ms, item.number, k_no_item, k_no_item, item.is_line, false});
}

void NearestMatching::finish() {
  match();
  items_.clear();
}

void NearestMatching::match() {
  struct Pair {
    std::int64_t apart_ms;
    std::uint32_t first;
    std::uint32_t second;

    // The queue's top is its greatest.
    bool operator<(const Pair& other) const {
      return std::tie(apart_ms, first) > std::tie(other.apart_ms, other.first);
    }
  };

  // The nearest two of all never have another between them, so only neighbours need to be compared.
  std::priority_queue<Pair> pairs;
  const auto consider = [&](std::uint32_t first, std::uint32_t second) {
    if (first == k_no_item || second == k_no_item) return;
    const std::int64_t apart = items_[second].at_unix_ms - items_[first].at_unix_ms;
    if (items_[first].is_line != items_[second].is_line && apart <= window_ms_) {
      pairs.push({apart, first, second});
    }
  };
  const auto count = static_cast<std::uint32_t>(items_.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    items_[i].before = i == 0 ? k_no_item : i - 1;
    items_[i].behind = i + 1 == count ? k_no_item : i + 1;
    if (i > 0) consider(i - 1, i);
  }
  while (!pairs.empty()) {
    const Pair pair = pairs.top();
    pairs.pop();
    Item& first = items_[pair.first];
    Item& second = items_[pair.second];
    if (first.is_taken || second.is_taken) continue;
    first.is_taken = second.is_taken = true;
    matched_(first.is_line ? first.number : second.number,
             first.is_line ? second.number : first.number);
    const std::uint32_t before = first.before;
    const std::uint32_t behind = second.behind;
    if (before != k_no_item) items_[before].behind = behind;
    if (behind != k_no_item) items_[behind].before = before;
    consider(before, behind);
  }
}

}  // namespace idswitch::billing
