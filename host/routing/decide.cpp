#include "routing/decide.hpp"

#include <array>

#include "routing/policy_order.hpp"
#include "routing/seed_draw.hpp"

namespace idswitch::routing {
namespace {

// Which draw of the seed decides whether a returning account takes this request.
constexpr std::uint64_t k_ramp_draw = 1000;

Filter filter_of(const AccountNow& now, std::uint32_t account, std::uint64_t seed) {
  if (!now.budget.empty()) return Filter::budget;
  if (now.availability == Availability::throttled) return Filter::throttled;
  if (now.is_full) return Filter::full;
  if (now.is_over_rate) return Filter::over_rate;
  switch (now.availability) {
    case Availability::open: return Filter::open;
    case Availability::tripped: return Filter::tripped;
    case Availability::ramping:
      return seed_draw(seed, k_ramp_draw + account) % config::k_all_ppm < now.share_ppm
                 ? Filter::none
                 : Filter::ramping;
    default: return Filter::none;
  }
}

// Kept out by its breaker alone: it may be asked when there is nobody else.
bool is_last_resort(Filter filter) {
  return filter == Filter::open || filter == Filter::tripped || filter == Filter::ramping;
}

}  // namespace

Plan decide(const RouteTable& table, const TableRoute& route, const Moment& moment,
            const Request& request, std::uint64_t seed) {
  Plan plan;
  plan.candidates.reserve(route.accounts.size());
  std::array<Filter, k_route_accounts_max> filters{};
  AccountSet allowed = 0;
  AccountSet resorts = 0;
  for (std::uint32_t i = 0; i < route.accounts.size(); ++i) {
    filters[i] =
        route.always[i] != Filter::none ? route.always[i] : filter_of(moment.accounts[i], i, seed);
    const AccountSet bit = AccountSet{1} << i;
    if (filters[i] == Filter::none) {
      allowed |= bit;
    } else if (is_last_resort(filters[i])) {
      resorts |= bit;
    } else {
      plan.left_out.push_back({i, filters[i]});
    }
  }
  PolicyOrder order(table, route, moment, request, seed, plan);
  order.append(route.policy, allowed);
  std::array<std::uint32_t, k_route_accounts_max> first{};
  const bool is_served = leads_to(route.policy, allowed);
  order.spread(route.policy, is_served ? allowed : resorts, config::k_all_ppm, first);
  const std::size_t others = plan.candidates.size();
  if (resorts != 0) order.append(route.policy, resorts);
  for (std::size_t i = 0; i < plan.candidates.size(); ++i) {
    Candidate& candidate = plan.candidates[i];
    candidate.first_ppm = first[candidate.account];
    if (i < others) continue;
    candidate.why = Why::last_resort;
    candidate.in_spite_of = filters[candidate.account];
  }
  return plan;
}

void add_expectations(const TableRoute& route, const Moment& moment, Plan& plan) {
  for (Candidate& candidate : plan.candidates) {
    const Stage stage = stage_now(route, moment, candidate.account);
    candidate.expected_charge_micros = stage.charge_micros;
    candidate.cost_per_pass_micros = cost_per_pass_micros(stage);
    candidate.pass_ppm = stage.pass_ppm;
  }
}

}  // namespace idswitch::routing
