#pragma once

// PolicyOrder: the order in which one policy tree puts the accounts that may be asked. Made for one
// decision; refers to everything it is given. Pure; one thread.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "routing/decide.hpp"
#include "routing/expected_cost.hpp"

namespace idswitch::routing {

// A set of a route's accounts: bit i is account i.
using AccountSet = std::uint64_t;

class PolicyOrder {
 public:
  PolicyOrder(const RouteTable& table, const TableRoute& route, const Moment& moment,
              const Request& request, std::uint64_t seed, Plan& plan)
      : table_(table),
        route_(route),
        moment_(moment),
        request_(request),
        seed_(seed),
        plan_(plan) {}

  // Appends the accounts of `allowed` to the plan's candidates, and notes the exposure.
  void append(const PolicyNode& node, AccountSet allowed);

  // first[i] += how much of share_ppm falls to account i being asked first, over all people.
  void spread(const PolicyNode& node, AccountSet allowed, std::uint32_t share_ppm,
              std::array<std::uint32_t, k_route_accounts_max>& first);

 private:
  // What the counts and prices of an account say; computed once for all who look at it.
  struct Seen {
    Stage stage;
    std::uint32_t pass_rate_ppm = 0;  // of its verdicts
  };

  struct Priced {
    std::uint32_t account = 0;
    Stage stage;
    bool keeps_limits = true;
  };

  void append_weighted(const PolicyNode& node, AccountSet allowed);
  void append_cheapest(const PolicyNode& node, AccountSet allowed);
  void append_experiment(const PolicyNode& node, AccountSet allowed);
  void append_one(std::uint32_t account, Why why, const Stage* stage);

  // The accounts in the order of expected cost; those that miss a limit come last.
  std::vector<Priced> priced(const PolicyNode& node, AccountSet allowed);
  const Seen& seen(std::uint32_t account);
  // Index into priced() of the account that is tried first for learning; nothing mostly.
  std::optional<std::size_t> explored(const PolicyNode& node,
                                      const std::vector<Priced>& accounts) const;
  Exposure exposure_of(const PolicyNode& node) const;

  const RouteTable& table_;
  const TableRoute& route_;
  const Moment& moment_;
  const Request& request_;
  std::uint64_t seed_;
  Plan& plan_;
  AccountSet appended_ = 0;
  std::array<Seen, k_route_accounts_max> seen_;
  AccountSet is_seen_ = 0;
};

// Some account of `allowed` is below the node.
bool leads_to(const PolicyNode& node, AccountSet allowed);

// What asking this account of the route is expected to give.
Stage stage_now(const TableRoute& route, const Moment& moment, std::uint32_t account);

}  // namespace idswitch::routing
