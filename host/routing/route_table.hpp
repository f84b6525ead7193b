#pragma once

// RouteTable: one tenant's routes made ready for deciding: found by method, checks and condition
// without looking at all of them, policies with indices instead of names. Immutable once made;
// refers to the tenant, which must outlive it. Any thread.

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "routing/plan.hpp"
#include "routing/situation.hpp"

namespace idswitch::routing {

// What routing must know of an account besides its config.
struct AccountFacts {
  std::string name;
  std::vector<std::string> data_regions;
  config::Prior prior;
  // Before anything was seen: how probable a unit of a SKU is charged, by the documented rule.
  std::array<std::array<std::uint32_t, k_ends>, k_skus_max> charged_prior_ppm{};
};

// A policy over a route's accounts.
struct PolicyNode {
  config::Policy::Kind kind = config::Policy::Kind::account;
  std::uint32_t account = 0;  // index into Route::accounts
  std::vector<PolicyNode> parts;
  std::vector<std::string> part_names;  // weighted: what a draw knows each part by
  std::uint32_t experiment = 0;         // index into Tenant::experiments; its arms are parts
  const config::Policy* source = nullptr;
};

struct TableRoute {
  const config::Route* route = nullptr;
  std::uint32_t index = 0;                    // in Tenant::routes
  std::vector<const AccountFacts*> accounts;  // beside Route::accounts
  std::vector<Filter> always;                 // beside it: why it can never be asked, or none
  PolicyNode policy;
  bool looks_at_costs = false;  // some part is `cheapest`
};

class RouteTable {
 public:
  // facts: of an account by its name; the account exists and the facts outlive the table.
  RouteTable(const config::Tenant& tenant,
             const std::function<const AccountFacts&(const std::string&)>& facts);

  // The first route for the request; nullptr when there is none.
  const TableRoute* match(const Request& request) const;

  const TableRoute* find(std::string_view name) const;

  const config::Tenant& tenant() const { return *tenant_; }

  const std::vector<TableRoute>& routes() const { return routes_; }

 private:
  // Rows of bits over a group's branches: for the values of one attribute that share a row, the
  // branches that may hold. A row says no only where that is certain; what it leaves is looked at.
  struct Lens {
    std::uint32_t attribute = 0;
    config::AttributeType type = config::AttributeType::text;
    std::size_t key_bytes = 0;         // text: so many of its first bytes choose the row, but for
    std::vector<std::string> texts;    // these, which have rows of their own
    std::vector<std::uint8_t> slots;   // where to find them by hash: 1 + index; 0 = free
    std::vector<std::int64_t> bounds;  // number: where each row but the first begins
    std::vector<std::uint64_t> bits;   // row after row

    std::size_t row_of(const AttributeValue& value) const;
    std::size_t row_of_text(std::string_view text) const;
  };

  // The routes of one method and set of checks. A route whose condition is an `any` has a branch
  // for each of its parts, so that each part can be ruled out by itself.
  struct Group {
    std::uint32_t method = 0;
    std::uint32_t checks = 0;
    std::vector<std::uint32_t> branches;  // index into routes_ of each, ascending
    std::size_t words = 0;                // of 64 branches
    std::vector<Lens> lenses;
  };

  using Branch = std::vector<const config::Condition*>;  // all of them must hold

  void group(std::uint32_t method, std::uint32_t checks);
  void add_lens(Group& group, const std::vector<Branch>& branches, Lens lens) const;

  const config::Tenant* tenant_;
  std::vector<TableRoute> routes_;
  std::vector<Group> groups_;
};

}  // namespace idswitch::routing
