#include "routing/statistics.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "routing/latency.hpp"

namespace idswitch::routing {
namespace {

__extension__ using Wide = __int128;

constexpr Wide k_million = config::k_all_ppm;

template <typename Apply>
void combine(Counts& into, const Counts& from, Apply apply) {
  apply(into.starts, from.starts);
  apply(into.starts_failed, from.starts_failed);
  for (std::size_t end = 0; end < k_ends; ++end) apply(into.ended[end], from.ended[end]);
  for (std::size_t sku = 0; sku < k_skus_max; ++sku) {
    for (std::size_t end = 0; end < k_ends; ++end)
      apply(into.charged[sku][end], from.charged[sku][end]);
  }
  for (std::size_t bucket = 0; bucket < k_latency_buckets; ++bucket)
    apply(into.latency[bucket], from.latency[bucket]);
}

void add_to(Counts& into, const Counts& from) {
  combine(into, from, [](std::uint32_t& a, std::uint32_t b) { a += b; });
}

void take_from(Counts& into, const Counts& from) {
  combine(into, from, [](std::uint32_t& a, std::uint32_t b) { a -= b; });
}

std::size_t index_of(std::int64_t slice) {
  return static_cast<std::size_t>(slice % Statistics::k_slices);
}

std::int64_t length_of(std::chrono::milliseconds window) {
  return std::max<std::int64_t>(window.count() / Statistics::k_slices, 1);
}

// So many of something, out of so many.
struct Seen {
  std::uint64_t count = 0;
  std::uint64_t all = 0;
};

// A probability (or a mean), exact: part / whole millionths. Those with the same `all` and weight
// have the same whole.
struct Belief {
  Wide part = 0;
  Wide whole = 1;
};

Belief belief_of(const Seen& segment, const Seen& account, std::uint32_t prior_ppm,
                 std::uint32_t weight) {
  const bool is_blank = account.all == 0 && weight == 0;
  const Wide account_whole = is_blank ? Wide{1} : Wide{account.all} + weight;
  const Wide account_part =
      is_blank ? Wide{prior_ppm} : account.count * k_million + Wide{weight} * prior_ppm;
  return {segment.count * k_million * account_whole + k_segment_weight * account_part,
          (Wide{segment.all} + k_segment_weight) * account_whole};
}

std::uint32_t rounded(Wide part, Wide whole) {
  if (part == 0) return 0;  // most SKUs, and a division of such numbers is slow
  const Wide value = (part + whole / 2) / whole;
  return static_cast<std::uint32_t>(std::min(value, Wide{UINT32_MAX}));
}

// Rounded so that the sum is exact: the largest remainders are rounded up, the first of equals.
std::array<std::uint32_t, k_ends> shares_of(const std::array<Belief, k_ends>& beliefs) {
  std::array<std::uint32_t, k_ends> shares{};
  std::array<Wide, k_ends> remainders{};
  std::uint32_t left = config::k_all_ppm;
  for (std::size_t i = 0; i < k_ends; ++i) {
    shares[i] = static_cast<std::uint32_t>(beliefs[i].part / beliefs[i].whole);
    remainders[i] = beliefs[i].part % beliefs[i].whole;
    left -= shares[i];
  }
  for (; left > 0; --left) {
    const auto largest = static_cast<std::size_t>(
        std::max_element(remainders.begin(), remainders.end()) - remainders.begin());
    ++shares[largest];
    remainders[largest] = 0;
  }
  return shares;
}

std::array<std::uint32_t, k_ends> prior_shares(std::uint32_t completion_ppm,
                                               std::uint32_t pass_ppm) {
  std::array<std::uint32_t, k_ends> shares{};
  const std::uint32_t pass = rounded(Wide{completion_ppm} * pass_ppm, k_million);
  shares[static_cast<std::size_t>(End::abandoned)] = config::k_all_ppm - completion_ppm;
  shares[static_cast<std::size_t>(End::pass)] = pass;
  shares[static_cast<std::size_t>(End::fail)] = completion_ppm - pass;
  return shares;
}

std::uint64_t all_ended(const Counts& counts) {
  std::uint64_t all = 0;
  for (const std::uint32_t count : counts.ended) all += count;
  return all;
}

}  // namespace

Statistics::Statistics(std::chrono::milliseconds window) : length_ms_(length_of(window)) {}

void Statistics::set_window(std::chrono::milliseconds window) {
  if (length_of(window) == length_ms_) return;
  let_all_fall_out();
  const std::int64_t old_length_ms = std::exchange(length_ms_, length_of(window));
  // The end of the newest slice is still to come, so the slice's begin is the latest time known to
  // have been.
  newest_ = slice_of(newest_ * old_length_ms);
  place_all_again(old_length_ms);
}

void Statistics::started(std::string_view account, std::string_view segment,
                         std::int64_t now_unix_ms, bool failed, std::int64_t latency_us) {
  Counts counts;
  counts.starts = 1;
  if (failed) {
    counts.starts_failed = 1;
  } else {
    counts.latency[bucket_of(latency_us)] = 1;
  }
  add(account, segment, now_unix_ms, counts);
}

void Statistics::ended(std::string_view account, std::string_view segment, std::int64_t now_unix_ms,
                       End end, std::span<const std::uint32_t> charged) {
  const auto index = static_cast<std::size_t>(end);
  Counts counts;
  counts.ended[index] = 1;
  for (std::size_t sku = 0; sku < std::min(charged.size(), k_skus_max); ++sku)
    counts.charged[sku][index] = charged[sku];
  add(account, segment, now_unix_ms, counts);
}

Counts Statistics::counts(std::string_view account, std::string_view segment,
                          std::int64_t now_unix_ms) {
  advance(now_unix_ms);
  const auto found = accounts_.find(account);
  if (found == accounts_.end() || segment.empty()) return {};
  ByName<Row>& segments = found->second.segments;
  auto row = segments.find(segment);
  if (row == segments.end()) {
    if (!is_full(found->second)) return {};
    row = segments.find(k_other_segment);
    if (row == segments.end()) return {};
  }
  let_fall_out(row->second);
  return row->second.sum;
}

Counts Statistics::counts(std::string_view account, std::int64_t now_unix_ms) {
  advance(now_unix_ms);
  const auto found = accounts_.find(account);
  if (found == accounts_.end()) return {};
  let_fall_out(found->second.whole);
  return found->second.whole.sum;
}

std::vector<Statistics::Slice> Statistics::take_changed() {
  std::vector<Slice> taken = std::exchange(emptied_, {});
  const auto take_row = [&](const std::string& account, const std::string& segment, Row& row) {
    if (!std::exchange(row.changed, false)) return;
    for (Cell& cell : row.cells) {
      if (std::exchange(cell.changed, false))
        taken.push_back({account, segment, cell.slice * length_ms_, cell.counts});
    }
  };
  for (auto& [name, account] : accounts_) {
    take_row(name, {}, account.whole);
    for (auto& [segment, row] : account.segments) take_row(name, segment, row);
  }
  return taken;
}

void Statistics::take_back(const std::vector<Slice>& taken) {
  const auto mark = [&](Row& row, const Slice& slice) {
    for (Cell& cell : row.cells) {
      if (cell.slice * length_ms_ != slice.begin_unix_ms || cell.counts == Counts{}) continue;
      cell.changed = row.changed = true;
    }
  };
  for (const Slice& slice : taken) {
    // Taken first again, so that what the same key holds now is stored over it.
    if (slice.counts == Counts{}) emptied_.push_back(slice);
    const auto account = accounts_.find(slice.account);
    if (account == accounts_.end()) continue;
    if (slice.segment.empty()) {
      mark(account->second.whole, slice);
    } else if (const auto row = account->second.segments.find(slice.segment);
               row != account->second.segments.end()) {
      mark(row->second, slice);
    }
  }
}

void Statistics::load(const Slice& slice) {
  if (slice.counts == Counts{} || slice.begin_unix_ms < 0) return;
  newest_ = std::max(newest_, slice_of(slice.begin_unix_ms));
  Account& account = account_of(slice.account);
  if (slice.segment.empty()) {
    place(account.whole, slice, false);
    return;
  }
  const auto row = segment_of(account, slice.segment);
  Slice placed = slice;
  placed.segment = row->first;
  const bool moved = row->first != slice.segment;
  if (moved) emptied_.push_back({slice.account, slice.segment, slice.begin_unix_ms, {}});
  place(row->second, std::move(placed), moved);
}

std::int64_t Statistics::oldest_unix_ms(std::int64_t now_unix_ms) const {
  return (slice_of(now_unix_ms) - k_slices + 1) * length_ms_;
}

std::int64_t Statistics::slice_of(std::int64_t unix_ms) const {
  return std::max<std::int64_t>(unix_ms, 0) / length_ms_;
}

// The slice in which something that happens now is counted. After a small step back of the clock
// that is an older one, and the window stays where it is until time has caught up. After a step of
// more than the window all that is known moves into the present slice: it could not be forgotten
// for as long as the step otherwise.
std::int64_t Statistics::advance(std::int64_t now_unix_ms) {
  const std::int64_t slice = slice_of(now_unix_ms);
  if (slice > newest_) newest_ = slice;
  if (newest_ - slice >= k_slices) {
    let_all_fall_out();
    newest_ = slice;
    place_all_again(length_ms_);
  }
  return slice;
}

void Statistics::let_fall_out(Row& row) const {
  if (row.newest == newest_) return;
  row.newest = newest_;
  for (Cell& cell : row.cells) {
    if (cell.slice > newest_ - k_slices) continue;
    take_from(row.sum, cell.counts);
    cell = {};
  }
}

void Statistics::let_all_fall_out() {
  for (auto& [name, account] : accounts_) {
    let_fall_out(account.whole);
    for (auto& [segment, row] : account.segments) let_fall_out(row);
  }
}

Statistics::Account& Statistics::account_of(std::string_view name) {
  const auto found = accounts_.find(name);
  if (found != accounts_.end()) return found->second;
  return accounts_.emplace(std::string(name), Account{}).first->second;
}

bool Statistics::is_full(const Account& account) {
  const std::size_t own = account.segments.size() - account.segments.count(k_other_segment);
  return own >= k_segments_max;
}

// The row in which this segment is counted.
Statistics::ByName<Statistics::Row>::iterator Statistics::segment_of(Account& account,
                                                                     std::string_view name) {
  ByName<Row>& segments = account.segments;
  const auto found = segments.find(name);
  if (found != segments.end()) return found;
  // Segments that were forgotten make room, but looking for them takes a while: once a slice.
  if (is_full(account) && account.tidied != newest_) {
    account.tidied = newest_;
    for (auto row = segments.begin(); row != segments.end();) {
      let_fall_out(row->second);
      row = row->second.sum == Counts{} ? segments.erase(row) : std::next(row);
    }
  }
  if (is_full(account)) name = k_other_segment;
  return segments.try_emplace(std::string(name)).first;
}

// slice must be within the window.
Statistics::Cell& Statistics::cell_of(Row& row, std::int64_t slice) const {
  let_fall_out(row);
  Cell& cell = row.cells[index_of(slice)];
  cell.slice = slice;
  return cell;
}

void Statistics::add(std::string_view account, std::string_view segment, std::int64_t now_unix_ms,
                     const Counts& counts) {
  const std::int64_t slice = advance(now_unix_ms);
  Account& to = account_of(account);
  const auto add_to_row = [&](Row& row) {
    Cell& cell = cell_of(row, slice);
    add_to(cell.counts, counts);
    add_to(row.sum, counts);
    cell.changed = row.changed = true;
  };
  add_to_row(to.whole);
  if (!segment.empty()) add_to_row(segment_of(to, segment)->second);
}

// Adds what is stored under slice's key to the cell that covers it now. moved: the key is not the
// one that it was stored under.
void Statistics::place(Row& row, Slice slice, bool moved) {
  const std::int64_t number = std::min(slice_of(slice.begin_unix_ms), newest_);
  if (number <= newest_ - k_slices) return;
  Cell& cell = cell_of(row, number);
  add_to(cell.counts, slice.counts);
  add_to(row.sum, slice.counts);
  if (slice.begin_unix_ms != number * length_ms_) {
    // Stored under both keys, it would count twice after a restart.
    moved = true;
    slice.counts = {};
    emptied_.push_back(std::move(slice));
  }
  if (moved) cell.changed = row.changed = true;
}

void Statistics::place_all_again(std::int64_t old_length_ms) {
  const auto again = [&](const std::string& account, const std::string& segment, Row& row) {
    const Row old = std::exchange(row, Row{});
    for (const Cell& cell : old.cells) {
      if (cell.counts == Counts{}) continue;
      place(row, {account, segment, cell.slice * old_length_ms, cell.counts}, cell.changed);
    }
  };
  for (auto& [name, account] : accounts_) {
    account.tidied = 0;
    again(name, {}, account.whole);
    for (auto& [segment, row] : account.segments) again(name, segment, row);
  }
}

Rates rates(const Counts& segment, const Counts& account, const config::Prior& prior,
            const Rates::Charged& charged_prior_ppm) {
  const auto within_all = [](std::uint32_t ppm) { return std::min(ppm, config::k_all_ppm); };
  const std::uint32_t start_rate = within_all(prior.start_rate_ppm);
  const std::uint32_t pass_rate = within_all(prior.pass_rate_ppm);
  Rates rates;

  const Belief fails =
      belief_of({segment.starts_failed, segment.starts}, {account.starts_failed, account.starts},
                config::k_all_ppm - start_rate, prior.weight);
  rates.start_fail_ppm = within_all(rounded(fails.part, fails.whole));

  const auto before = prior_shares(within_all(prior.completion_rate_ppm), pass_rate);
  const std::uint64_t segment_all = all_ended(segment);
  const std::uint64_t account_all = all_ended(account);
  std::array<Belief, k_ends> ends;
  for (std::size_t end = 0; end < k_ends; ++end) {
    ends[end] = belief_of({segment.ended[end], segment_all}, {account.ended[end], account_all},
                          before[end], prior.weight);
    for (std::size_t sku = 0; sku < k_skus_max; ++sku) {
      const Belief units = belief_of({segment.charged[sku][end], segment.ended[end]},
                                     {account.charged[sku][end], account.ended[end]},
                                     charged_prior_ppm[sku][end], prior.weight);
      rates.charged_ppm[sku][end] = rounded(units.part, units.whole);
    }
  }
  rates.end_ppm = shares_of(ends);
  const auto abandoned = static_cast<std::size_t>(End::abandoned);
  rates.completion_rate_ppm = config::k_all_ppm - rates.end_ppm[abandoned];
  const Wide completed = ends[abandoned].whole * k_million - ends[abandoned].part;
  const Wide passed = ends[static_cast<std::size_t>(End::pass)].part;
  rates.pass_rate_ppm = completed == 0 ? pass_rate : rounded(passed * k_million, completed);
  return rates;
}

}  // namespace idswitch::routing
