#pragma once

// Tenants made up for the benchmark of routing: rules of every kind, of which about 2 in 1,000 hold
// for a request, over twenty accounts. The same seed makes the same tenant.

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "idswitch/abi/vocabulary.h"
#include "routing/seed_draw.hpp"

namespace idswitch::bench {

using config::Condition;
using config::Policy;

constexpr std::uint32_t k_accounts = 20;
constexpr std::uint32_t k_experiments = 4;

enum Attribute : std::uint32_t { channel, region, risk, amount, account_age_days };

constexpr const char* k_channels[] = {"app", "web", "mini", "desk", "phone", "partner"};
constexpr const char* k_regions[] = {"cn-ah", "cn-bj", "cn-cq", "cn-fj", "cn-gd", "cn-gs", "cn-gx",
                                     "cn-gz", "cn-ha", "cn-hb", "cn-he", "cn-hi", "cn-hk", "cn-hl",
                                     "cn-hn", "cn-jl", "cn-js", "cn-jx", "cn-ln", "cn-mo", "cn-nm",
                                     "cn-nx", "cn-qh", "cn-sc", "cn-sd", "cn-sh", "cn-sn", "cn-sx",
                                     "cn-tj", "cn-tw", "cn-xj", "cn-xz", "cn-yn", "cn-zj"};

class Random {
 public:
  explicit Random(std::uint64_t seed) : seed_(seed) {}

  std::uint64_t below(std::uint64_t limit) { return routing::seed_draw(seed_, number_++) % limit; }

  template <std::size_t N>
  const char* one_of(const char* const (&words)[N]) {
    return words[below(N)];
  }

 private:
  std::uint64_t seed_;
  std::uint64_t number_ = 0;
};

// ---- rules: about 2 of 1,000 hold for a request, so that the first one stands anywhere ----------

inline Condition of_parts(Condition::Kind kind, std::vector<Condition> parts) {
  Condition condition;
  condition.kind = kind;
  condition.parts = std::move(parts);
  return condition;
}

inline Condition is_in(Attribute attribute, std::vector<std::string> texts) {
  Condition condition;
  condition.kind = Condition::Kind::is_in;
  condition.attribute = attribute;
  condition.texts = std::move(texts);
  return condition;
}

// A piece of 0 to `all` that is `percent` of it wide, anywhere.
inline Condition band(Random& random, Attribute attribute, std::int64_t all, std::int64_t percent) {
  Condition condition;
  condition.kind = Condition::Kind::range;
  condition.attribute = attribute;
  const std::int64_t width = all * percent / 100;
  condition.least =
      static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(all - width)));
  condition.most = condition.least + width;
  return condition;
}

constexpr std::int64_t k_risk_all = 1'000'000;         // 1
constexpr std::int64_t k_amount_all = 50'000'000'000;  // 50,000
constexpr std::int64_t k_age_all = 1'000'000'000;      // 1,000 days

inline Condition condition_of(Random& random, std::uint32_t kind) {
  const auto all = [](auto... parts) { return of_parts(Condition::Kind::all, {parts...}); };
  const auto any = [](auto... parts) { return of_parts(Condition::Kind::any, {parts...}); };
  const auto none = [](auto... parts) { return of_parts(Condition::Kind::none, {parts...}); };
  const auto where = [&] { return random.one_of(k_regions); };
  const auto through = [&] { return random.one_of(k_channels); };
  switch (kind % 10) {
    case 0:
    case 1:
    case 2:
      return all(is_in(region, {where()}), is_in(channel, {through()}),
                 band(random, risk, k_risk_all, 20));
    case 3:
      return all(is_in(region, {where(), where(), where()}), band(random, amount, k_amount_all, 5));
    case 4: return all(is_in(channel, {through()}), band(random, risk, k_risk_all, 2));
    case 5: return all(band(random, risk, k_risk_all, 5), band(random, amount, k_amount_all, 5));
    case 6: {
      Condition prefix = is_in(region, {std::string(where()).substr(0, 4)});
      prefix.kind = Condition::Kind::prefix;
      return all(prefix, band(random, amount, k_amount_all, 2));
    }
    case 7:
      return all(any(band(random, risk, k_risk_all, 2),
                     all(is_in(region, {where()}), is_in(channel, {through()}))),
                 none(is_in(channel, {through(), through(), through()})),
                 band(random, amount, k_amount_all, 20));
    case 8:
      return all(none(is_in(region, {where(), where(), where(), where()})),
                 band(random, risk, k_risk_all, 1), band(random, account_age_days, k_age_all, 40));
    default: return all(is_in(region, {where()}), band(random, risk, k_risk_all, 10));
  }
}

inline std::string account_name(std::uint32_t number) {
  return "account-" + std::to_string(number % k_accounts);
}

inline std::vector<Policy> leaves(std::uint32_t from, std::uint32_t count) {
  std::vector<Policy> parts(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    parts[i].kind = Policy::Kind::account;
    parts[i].account = account_name(from + i);
  }
  return parts;
}

inline Policy of_kind(Policy::Kind kind, std::vector<Policy> parts) {
  Policy policy;
  policy.kind = kind;
  policy.parts = std::move(parts);
  if (kind == Policy::Kind::weighted) {
    for (std::size_t i = 0; i < policy.parts.size(); ++i) {
      policy.weights.push_back(static_cast<std::uint32_t>(10 + i));
    }
    policy.seed = "a seed";
  }
  if (kind == Policy::Kind::cheapest) {
    policy.pass_rate_min_ppm = 600'000;
    policy.latency_max = std::chrono::seconds(3);
    policy.explore_ppm = 20'000;
  }
  return policy;
}

// What the rule's policy is over: accounts [first, first + count), modulo all of them.
struct Window {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

inline Window experiment_window(std::uint32_t experiment) {
  return {experiment * 5, 6};
}

inline Policy policy_of(Random& random, std::uint32_t kind, Window& window) {
  constexpr std::uint32_t k_counts[] = {2, 4, 8, k_accounts};
  window = {static_cast<std::uint32_t>(random.below(k_accounts)), k_counts[random.below(4)]};
  switch (kind % 4) {
    case 0: return of_kind(Policy::Kind::priority, leaves(window.first, window.count));
    case 1: {
      // Half of the accounts by weight; when they fail, a priority list of the others.
      const std::uint32_t half = window.count / 2;
      std::vector<Policy> parts = leaves(window.first, half);
      parts.push_back(
          of_kind(Policy::Kind::priority, leaves(window.first + half, window.count - half)));
      return of_kind(Policy::Kind::weighted, std::move(parts));
    }
    case 2: return of_kind(Policy::Kind::cheapest, leaves(window.first, window.count));
    default: {
      const auto number = static_cast<std::uint32_t>(random.below(k_experiments));
      window = experiment_window(number);
      Policy policy;
      policy.kind = Policy::Kind::experiment;
      policy.experiment = "experiment-" + std::to_string(number);
      return policy;
    }
  }
}

inline config::Tenant make_tenant(std::uint64_t seed, std::uint32_t rules) {
  Random random(seed);
  config::Tenant tenant;
  tenant.name = "tenant";
  for (const char* name : {"channel", "region", "risk", "amount", "account_age_days"}) {
    const bool is_text = tenant.attributes.size() < 2;
    tenant.attributes.push_back(
        {name, is_text ? config::AttributeType::text : config::AttributeType::number, {}, {}});
  }
  for (std::uint32_t i = 0; i < k_experiments; ++i) {
    const Window window = experiment_window(i);
    config::Experiment experiment;
    experiment.name = "experiment-" + std::to_string(i);
    experiment.seed = "spring";
    experiment.coverage_ppm = 500'000;
    experiment.arms = {
        {"control", 50, of_kind(Policy::Kind::priority, leaves(window.first, window.count))},
        {"variant", 50, of_kind(Policy::Kind::cheapest, leaves(window.first, window.count))}};
    tenant.experiments.push_back(std::move(experiment));
  }
  tenant.routes.reserve(rules);
  for (std::uint32_t i = 0; i < rules; ++i) {
    config::Route route;
    route.name = "route-" + std::to_string(i + 1);
    route.method = IDSW_METHOD_H5;
    route.checks = IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH;
    if (i + 1 < rules) route.when = condition_of(random, i);
    Window window;
    route.use = policy_of(random, i, window);
    for (std::uint32_t k = 0; k < window.count; ++k) {
      route.accounts.push_back(account_name(window.first + k));
    }
    tenant.routes.push_back(std::move(route));
  }
  return tenant;
}

}  // namespace idswitch::bench
