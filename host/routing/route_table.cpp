#include "routing/route_table.hpp"

#include <algorithm>

#include "routing/condition.hpp"

namespace idswitch::routing {
namespace {

using config::Condition;
using config::Policy;

std::uint32_t index_of(const std::vector<std::string>& accounts, const std::string& name) {
  return static_cast<std::uint32_t>(std::find(accounts.begin(), accounts.end(), name) -
                                    accounts.begin());
}

// The name of the first account a part leads to: it stays the same when parts change places or
// weights, and when what follows the first account changes.
const std::string& first_account(const Policy& policy, const config::Tenant& tenant) {
  if (policy.kind == Policy::Kind::account) return policy.account;
  if (policy.kind == Policy::Kind::experiment) return policy.experiment;
  return first_account(policy.parts.front(), tenant);
}

std::vector<std::string> names_of_parts(const Policy& policy, const config::Tenant& tenant) {
  std::vector<std::string> names;
  for (const Policy& part : policy.parts) {
    const std::string& base = first_account(part, tenant);
    std::string name = base;
    for (int number = 2; std::find(names.begin(), names.end(), name) != names.end(); ++number) {
      name = base + "#" + std::to_string(number);
    }
    names.push_back(std::move(name));
  }
  return names;
}

PolicyNode node_of(const Policy& policy, const config::Route& route, const config::Tenant& tenant) {
  PolicyNode node;
  node.kind = policy.kind;
  node.source = &policy;
  switch (policy.kind) {
    case Policy::Kind::account: node.account = index_of(route.accounts, policy.account); break;
    case Policy::Kind::experiment: {
      const auto found = std::find_if(
          tenant.experiments.begin(), tenant.experiments.end(),
          [&](const auto& experiment) { return experiment.name == policy.experiment; });
      node.experiment = static_cast<std::uint32_t>(found - tenant.experiments.begin());
      for (const config::Arm& arm : found->arms) {
        node.parts.push_back(node_of(arm.use, route, tenant));
      }
      break;
    }
    default:
      for (const Policy& part : policy.parts) node.parts.push_back(node_of(part, route, tenant));
      if (policy.kind == Policy::Kind::weighted) node.part_names = names_of_parts(policy, tenant);
  }
  return node;
}

bool has_cheapest(const PolicyNode& node) {
  return node.kind == Policy::Kind::cheapest ||
         std::any_of(node.parts.begin(), node.parts.end(), has_cheapest);
}

Filter static_filter(const config::Tenant& tenant, const AccountFacts& account) {
  const auto among = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  if (!tenant.allowed_accounts.empty() && !among(tenant.allowed_accounts, account.name)) {
    return Filter::not_allowed;
  }
  if (tenant.data_regions.empty()) return Filter::none;
  const bool stays =
      std::all_of(account.data_regions.begin(), account.data_regions.end(),
                  [&](const auto& region) { return among(tenant.data_regions, region); });
  return stays && !account.data_regions.empty() ? Filter::none : Filter::data_region;
}

// The texts that a request must have one of for this condition, by the part about the attribute;
// nullptr when the condition leaves the attribute open.
const std::vector<std::string>* wanted_texts(const Condition& condition, std::uint32_t attribute) {
  if (condition.kind == Condition::Kind::is_in && condition.attribute == attribute &&
      !condition.texts.empty()) {
    return &condition.texts;
  }
  if (condition.kind != Condition::Kind::all) return nullptr;
  for (const Condition& part : condition.parts) {
    if (const auto* texts = wanted_texts(part, attribute)) return texts;
  }
  return nullptr;
}

}  // namespace

RouteTable::RouteTable(const config::Tenant& tenant,
                       const std::function<const AccountFacts&(const std::string&)>& facts)
    : tenant_(&tenant) {
  for (const config::Route& route : tenant.routes) {
    TableRoute row;
    row.route = &route;
    row.index = static_cast<std::uint32_t>(routes_.size());
    for (const std::string& name : route.accounts) {
      const AccountFacts& account = facts(name);
      row.accounts.push_back(&account);
      row.always.push_back(static_filter(tenant, account));
    }
    row.policy = node_of(route.use, route, tenant);
    row.looks_at_costs = has_cheapest(row.policy);
    routes_.push_back(std::move(row));
  }
  for (const config::Route& route : tenant.routes) group(route.method, route.checks);
}

void RouteTable::group(std::uint32_t method, std::uint32_t checks) {
  for (const Group& group : groups_) {
    if (group.method == method && group.checks == checks) return;
  }
  std::vector<std::uint32_t> members;
  for (const TableRoute& row : routes_) {
    if (row.route->method == method && row.route->checks == checks) members.push_back(row.index);
  }
  Group group{method, checks, best_split(members), {}, {}};
  for (const std::uint32_t member : members) {
    const auto* texts = wanted_texts(routes_[member].route->when, group.split);
    if (texts == nullptr) {
      group.others.push_back(member);
      continue;
    }
    for (const std::string& text : *texts) {
      auto& list = group.by_value[text];
      if (list.empty() || list.back() != member) list.push_back(member);
    }
  }
  groups_.push_back(std::move(group));
}

// The attribute that most of the routes want certain texts of.
std::uint32_t RouteTable::best_split(const std::vector<std::uint32_t>& members) const {
  std::uint32_t best = 0;
  std::size_t most = 0;
  for (std::uint32_t attribute = 0; attribute < tenant_->attributes.size(); ++attribute) {
    const auto wanting = static_cast<std::size_t>(
        std::count_if(members.begin(), members.end(), [&](std::uint32_t member) {
          return wanted_texts(routes_[member].route->when, attribute) != nullptr;
        }));
    if (wanting > most) {
      most = wanting;
      best = attribute;
    }
  }
  return best;
}

const TableRoute* RouteTable::first(const std::vector<std::uint32_t>& members, std::uint32_t below,
                                    const Request& request) const {
  for (const std::uint32_t member : members) {
    if (member >= below) break;
    const TableRoute& row = routes_[member];
    if (matches(row.route->when, request.attributes)) return &row;
  }
  return nullptr;
}

const TableRoute* RouteTable::match(const Request& request) const {
  for (const Group& group : groups_) {
    if (group.method != request.method || group.checks != request.checks) continue;
    const TableRoute* found = nullptr;
    std::uint32_t below = static_cast<std::uint32_t>(routes_.size());
    if (group.split < request.attributes.size() &&
        request.attributes[group.split].kind == AttributeValue::Kind::text) {
      const auto list = group.by_value.find(request.attributes[group.split].text);
      if (list != group.by_value.end()) found = first(list->second, below, request);
      if (found != nullptr) below = found->index;
    }
    const TableRoute* other = first(group.others, below, request);
    return other != nullptr ? other : found;
  }
  return nullptr;
}

const TableRoute* RouteTable::find(std::string_view name) const {
  const auto found = std::find_if(routes_.begin(), routes_.end(),
                                  [&](const TableRoute& row) { return row.route->name == name; });
  return found == routes_.end() ? nullptr : &*found;
}

}  // namespace idswitch::routing
