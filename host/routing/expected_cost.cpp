#include "routing/expected_cost.hpp"

#include <algorithm>
#include <numeric>

namespace idswitch::routing {
namespace {

__extension__ using Wide = __int128;

constexpr Wide k_million = config::k_all_ppm;
constexpr Wide k_reach_one = k_million * k_million;  // reaching a stage for certain

// Spend in micro-units by k_reach_one, passes in millionths by k_reach_one.
struct Sums {
  Wide spend = 0;
  Wide passes = 0;
};

Sums sums_of(std::span<const Stage> stages, std::span<const std::size_t> order) {
  Sums sums;
  Wide reach = k_reach_one;
  for (const std::size_t index : order) {
    const Stage& stage = stages[index];
    sums.spend += reach * stage.charge_micros;
    sums.passes += reach * stage.pass_ppm;
    reach = reach * stage.fall_ppm / k_million;
  }
  return sums;
}

// An account that never opens a session is asked last, whatever it costs; that keeps 1-f positive.
Wide stays(const Stage& stage) {
  return std::max<Wide>(k_million - stage.fall_ppm, 1);
}

// Sorts by (charge * ratio.passes - pass * ratio.spend) / (1 - f). With passes 1 and spend 0 that
// is E/(1-f).
std::vector<std::size_t> order_by(std::span<const Stage> stages, const Sums& ratio) {
  std::vector<std::size_t> order(stages.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto weight = [&](const Stage& stage) {
    return ratio.passes * stage.charge_micros - ratio.spend * stage.pass_ppm;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return weight(stages[a]) * stays(stages[b]) < weight(stages[b]) * stays(stages[a]);
  });
  return order;
}

// The ratio in smaller numbers, so that three factors fit into 128 bits: at most 2^60 each.
Sums reduced(Sums sums) {
  while (sums.spend > (Wide{1} << 60) || sums.passes > (Wide{1} << 60)) {
    sums.spend >>= 1;
    sums.passes >>= 1;
  }
  return sums;
}

constexpr int k_rounds_max = 16;  // it settles after two or three

}  // namespace

Stage stage_of(const Rates& rates,
               const std::array<std::array<std::int64_t, k_ends>, k_skus_max>& price_micros) {
  Wide charge = 0;  // of an opened session, micro-units by 10^12
  for (std::size_t sku = 0; sku < k_skus_max; ++sku) {
    for (std::size_t end = 0; end < k_ends; ++end) {
      charge += Wide{rates.end_ppm[end]} * rates.charged_ppm[sku][end] * price_micros[sku][end];
    }
  }
  const Wide opens = k_million - rates.start_fail_ppm;
  Stage stage;
  stage.charge_micros =
      static_cast<std::int64_t>(charge / (k_million * k_million) * opens / k_million);
  stage.pass_ppm = static_cast<std::uint32_t>(
      opens * rates.end_ppm[static_cast<std::size_t>(End::pass)] / k_million);
  stage.fall_ppm = rates.start_fail_ppm;
  return stage;
}

std::int64_t cost_per_pass_micros(const Stage& stage) {
  if (stage.pass_ppm == 0) return -1;
  return static_cast<std::int64_t>(k_million * stage.charge_micros / stage.pass_ppm);
}

std::vector<std::size_t> cheapest_order(std::span<const Stage> stages, config::Goal goal) {
  std::vector<std::size_t> order = order_by(stages, {0, 1});
  if (goal == config::Goal::spend) return order;
  for (int round = 0; round < k_rounds_max; ++round) {
    const Sums ratio = reduced(sums_of(stages, order));
    if (ratio.passes <= 0) return order;  // nobody passes anywhere: the least spend is all there is
    std::vector<std::size_t> next = order_by(stages, ratio);
    if (next == order) break;
    order = std::move(next);
  }
  return order;
}

}  // namespace idswitch::routing
