#pragma once

// Sample: a tenant with accounts a, b, c, d and routes for a decision, built in code.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "idswitch/abi/vocabulary.h"
#include "routing/decide.hpp"

namespace idswitch::routing {

inline config::Policy account(std::string name) {
  config::Policy policy;
  policy.kind = config::Policy::Kind::account;
  policy.account = std::move(name);
  return policy;
}

inline config::Policy of_kind(config::Policy::Kind kind, std::vector<config::Policy> parts) {
  config::Policy policy;
  policy.kind = kind;
  policy.parts = std::move(parts);
  return policy;
}

inline config::Policy priority(std::vector<config::Policy> parts) {
  return of_kind(config::Policy::Kind::priority, std::move(parts));
}

inline config::Policy cheapest(std::vector<config::Policy> parts) {
  return of_kind(config::Policy::Kind::cheapest, std::move(parts));
}

inline config::Policy weighted(std::string seed, std::vector<config::Policy> parts,
                               std::vector<std::uint32_t> weights) {
  config::Policy policy = of_kind(config::Policy::Kind::weighted, std::move(parts));
  policy.seed = std::move(seed);
  policy.weights = std::move(weights);
  return policy;
}

inline config::Policy experiment(std::string name) {
  config::Policy policy;
  policy.kind = config::Policy::Kind::experiment;
  policy.experiment = std::move(name);
  return policy;
}

class Sample {
 public:
  // One route for h5 with liveness.
  explicit Sample(config::Policy use, std::vector<config::Experiment> experiments = {},
                  std::vector<std::string> accounts = {"a", "b", "c", "d"}) {
    tenant_.name = "shop";
    tenant_.experiments = std::move(experiments);
    config::Route route;
    route.name = "route-1";
    route.method = IDSW_METHOD_H5;
    route.checks = IDSW_CHECK_LIVENESS;
    route.use = std::move(use);
    route.accounts = std::move(accounts);
    tenant_.routes.push_back(std::move(route));
    now.resize(tenant_.routes[0].accounts.size());
    build();
  }

  // After a change of the tenant.
  void build() {
    for (const std::string& name : tenant_.routes[0].accounts) facts_[name].name = name;
    table_ = std::make_unique<RouteTable>(
        tenant_, [this](const std::string& name) -> const AccountFacts& { return facts_[name]; });
  }

  Plan decide(std::string person = "person-1", std::uint64_t seed = 1) const {
    Request request;
    request.method = IDSW_METHOD_H5;
    request.checks = IDSW_CHECK_LIVENESS;
    request.person_id = std::move(person);
    return routing::decide(*table_, *table_->match(request), {now, paused}, request, seed);
  }

  // "a b c": the order of the candidates.
  std::string order(std::string person = "person-1", std::uint64_t seed = 1) const {
    return names(decide(std::move(person), seed));
  }

  std::string names(const Plan& plan) const {
    std::string text;
    for (const Candidate& one : plan.candidates) {
      text += (text.empty() ? "" : " ") + tenant_.routes[0].accounts[one.account];
    }
    return text;
  }

  config::Tenant& tenant() { return tenant_; }

  AccountFacts& facts(const std::string& name) { return facts_[name]; }

  const RouteTable& table() const { return *table_; }

  std::vector<AccountNow> now;
  std::vector<std::uint8_t> paused;

 private:
  config::Tenant tenant_;
  std::map<std::string, AccountFacts> facts_;
  std::unique_ptr<RouteTable> table_;
};

}  // namespace idswitch::routing
