#pragma once

// Statistics: what was seen of each account, and of each segment of its requests, within a sliding
// window of 24 slices; and Rates: the probabilities that follow from it. Whole numbers throughout.
// Not thread-safe, reading included (a read may let old slices fall out): the caller locks.

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "config/config.hpp"
#include "routing/situation.hpp"

namespace idswitch::routing {

// A segment is the text that the engine makes of a request's attributes ("region=cn-gd"); empty =
// none. An account's whole row, over all segments and the requests without one, is kept apart.
class Statistics {
 public:
  static constexpr std::int64_t k_slices = 24;
  // Of one account; what comes in further ones is counted in k_other_segment, and read from there.
  static constexpr std::size_t k_segments_max = 256;
  static constexpr std::string_view k_other_segment = "other";

  // What is stored: the whole value of one slice of one row. The key is (account, segment,
  // begin_unix_ms); segment empty = the account's whole row.
  struct Slice {
    std::string account;
    std::string segment;
    std::int64_t begin_unix_ms = 0;
    Counts counts;

    friend bool operator==(const Slice&, const Slice&) = default;
  };

  explicit Statistics(std::chrono::milliseconds window);

  // After a hot reload. Keeps what the new window still covers.
  void set_window(std::chrono::milliseconds window);

  // The account was asked to open a session. failed: it did not, and another may be asked;
  // latency_us counts only when it did.
  void started(std::string_view account, std::string_view segment, std::int64_t now_unix_ms,
               bool failed, std::int64_t latency_us);

  // A session has ended. charged: units by SKU index; those beyond k_skus_max are left out.
  void ended(std::string_view account, std::string_view segment, std::int64_t now_unix_ms, End end,
             std::span<const std::uint32_t> charged);

  // All zero for what is unknown, and for the empty segment. Constant time, no allocation.
  Counts counts(std::string_view account, std::string_view segment, std::int64_t now_unix_ms);
  Counts counts(std::string_view account, std::int64_t now_unix_ms);

  // The slices that have changed since the last call, to be stored in this order and in one
  // transaction: the stored value of the key is replaced; all zero = it may be deleted.
  std::vector<Slice> take_changed();

  // They could not be stored after all: the next call takes them again, as they are by then.
  void take_back(const std::vector<Slice>& taken);

  // At start-up, before anything is counted: one stored slice. Each key once, any order.
  void load(const Slice& slice);

  // What began earlier does not count any more, and need not be stored any longer.
  std::int64_t oldest_unix_ms(std::int64_t now_unix_ms) const;

 private:
  struct Cell {
    std::int64_t slice = 0;  // its number; see slice_of()
    Counts counts;
    bool changed = false;
  };

  struct Row {
    std::array<Cell, k_slices> cells{};  // by slice number modulo k_slices
    Counts sum;                          // of the cells
    std::int64_t newest = 0;             // slice up to which old cells have fallen out
    bool changed = false;                // one of the cells
  };

  struct Hash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  template <typename Value>
  using ByName = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

  struct Account {
    Row whole;
    ByName<Row> segments;
    std::int64_t tidied = 0;  // slice in which empty segments were last looked for
  };

  std::int64_t slice_of(std::int64_t unix_ms) const;
  std::int64_t advance(std::int64_t now_unix_ms);
  void let_fall_out(Row& row) const;
  void let_all_fall_out();
  static bool is_full(const Account& account);
  Account& account_of(std::string_view name);
  ByName<Row>::iterator segment_of(Account& account, std::string_view name);
  Cell& cell_of(Row& row, std::int64_t slice) const;
  void add(std::string_view account, std::string_view segment, std::int64_t now_unix_ms,
           const Counts& counts);
  void place(Row& row, Slice slice, bool moved);
  void place_all_again(std::int64_t old_length_ms);

  std::int64_t length_ms_ = 1;  // of a slice
  std::int64_t newest_ = 0;     // number of the newest slice seen
  ByName<Account> accounts_;
  std::vector<Slice> emptied_;  // keys whose counts have moved to another slice or segment
};

// What is believed of a verification at an account.
struct Rates {
  using Charged = std::array<std::array<std::uint32_t, k_ends>, k_skus_max>;

  std::uint32_t start_fail_ppm = 0;             // no session is opened
  std::array<std::uint32_t, k_ends> end_ppm{};  // of an opened session; sums to k_all_ppm
  std::uint32_t completion_rate_ppm = 0;        // sessions that end with a verdict
  std::uint32_t pass_rate_ppm = 0;              // verdicts that are a pass
  Charged charged_ppm{};                        // units of a session that ended so, by SKU

  friend bool operator==(const Rates&, const Rates&) = default;
};

// An account's rates are those seen, as if prior.weight more had been seen that are like the prior;
// a segment's are those seen in it, as if k_segment_weight more had been seen that are like the
// account's. Before anything is seen nobody is expected to be inconclusive: what does not pass,
// fails. With weight 0, what was never seen is like the prior.
inline constexpr std::uint32_t k_segment_weight = 50;
Rates rates(const Counts& segment, const Counts& account, const config::Prior& prior,
            const Rates::Charged& charged_prior_ppm);

}  // namespace idswitch::routing
