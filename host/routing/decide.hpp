#pragma once

// decide(): whom to ask for one request, in which order, and why. The same arguments give the same
// plan, on every machine, so any past decision can be made again from what was stored with it.
// Pure; any thread.

#include <cstdint>
#include <span>

#include "routing/plan.hpp"
#include "routing/route_table.hpp"
#include "routing/situation.hpp"

namespace idswitch::routing {

// Accounts of one route at most; the loader refuses more.
inline constexpr std::size_t k_route_accounts_max = 64;

// Parts of one weighted policy, and arms of one experiment, at most; the loader refuses more.
inline constexpr std::size_t k_parts_max = 64;

struct Moment {
  std::span<const AccountNow> accounts;     // beside TableRoute::accounts
  std::span<const std::uint8_t> is_paused;  // by index of Tenant::experiments; shorter = not paused
};

// route: what table.match(request) gave. seed: any number; it decides what nothing else does, which
// is exploring, and which requests an account that was down takes.
//
//   1. Hard filters: nobody who fails one is asked. Accounts that only their breaker keeps out
//      follow all the others as a last resort, so that the last account is never ejected.
//   2. The route's policy orders the rest.
Plan decide(const RouteTable& table, const TableRoute& route, const Moment& moment,
            const Request& request, std::uint64_t seed);

// Fills the expected figures of every candidate in, also where the policy did not look at them. For
// explaining; the order stays.
void add_expectations(const TableRoute& route, const Moment& moment, Plan& plan);

}  // namespace idswitch::routing
