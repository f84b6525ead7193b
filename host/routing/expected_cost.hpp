#pragma once

// Expected cost: what asking accounts one after the other is expected to cost, and the order that
// makes it small. Whole numbers throughout, so that every machine gets the same order. Pure; any
// thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "config/rules.hpp"
#include "routing/situation.hpp"
#include "routing/statistics.hpp"

namespace idswitch::routing {

// One account as a stage of a cascade.
struct Stage {
  std::int64_t charge_micros = 0;  // expected charges of asking it, whatever comes of it
  std::uint32_t pass_ppm = 0;      // it opens a session, and the person passes
  std::uint32_t fall_ppm = 0;      // it opens none, and the next account is asked
};

// What the counts and prices of an account say about asking it once. prices: see AccountNow.
Stage stage_of(const Rates& rates,
               const std::array<std::array<std::int64_t, k_ends>, k_skus_max>& price_micros);

// The expected charges for each passed verification: a whole cascade of one. Negative when nobody
// is expected to pass.
std::int64_t cost_per_pass_micros(const Stage& stage);

// The order (indices into stages) with the least spend, or the least spend per pass. Ties stay in
// the given order.
//   spend:          ascending E/(1-f), by exchanging neighbours
//   cost_per_pass:  the same over E - L*p, where L is the ratio reached so far, until it stays
//                   (Dinkelbach's method for a ratio of two sums)
// Both need what happens at one account to be independent of the one before; a request that fails
// over was not looked at yet, so for failing over it is.
std::vector<std::size_t> cheapest_order(std::span<const Stage> stages, config::Goal goal);

}  // namespace idswitch::routing
