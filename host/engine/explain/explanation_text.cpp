#include "engine/explain/explanation_text.hpp"

#include <limits>
#include <vector>

#include "base/values/decimal.hpp"
#include "idswitch/verification.hpp"
#include "routing/person_draw.hpp"
#include "routing/policy_order.hpp"

namespace idswitch::engine {
namespace {

// The shorter of "at least 3.000001" and "above 3": attributes have at most six decimals.
std::string bound(std::int64_t value, int step, std::string_view inclusive,
                  std::string_view exclusive) {
  const std::string own = decimal_text(value);
  const std::string beside = decimal_text(value + step);
  const bool is_exclusive = beside.size() < own.size();
  return std::string(is_exclusive ? exclusive : inclusive) + " " + (is_exclusive ? beside : own);
}

std::string range_text(const config::Condition& test) {
  std::vector<std::string> bounds;
  if (test.least != std::numeric_limits<std::int64_t>::min()) {
    bounds.push_back(bound(test.least, -1, "at least", "above"));
  }
  if (test.most != std::numeric_limits<std::int64_t>::max()) {
    bounds.push_back(bound(test.most, 1, "at most", "below"));
  }
  return bounds.empty() ? "given" : joined(bounds, " but ");
}

bool has_account(const routing::PolicyNode& node, std::uint32_t account) {
  return routing::leads_to(node, routing::AccountSet{1} << account);
}

// Why the accounts of one decision stand where they stand. Refers to all it is given.
class Reasons {
 public:
  Reasons(const Setup& setup, const config::Tenant& tenant, const Decision& decision)
      : setup_(setup), tenant_(tenant), decision_(decision) {
    for (const routing::Candidate& one : decision.plan.candidates) {
      if (one.in_spite_of == routing::Filter::none)
        allowed_ |= routing::AccountSet{1} << one.account;
    }
  }

  std::string of(const routing::Candidate& one, bool is_first,
                 const std::optional<Figures>& figures) const {
    switch (one.why) {
      case routing::Why::listed: return is_first ? "first of the list" : "next of the list";
      case routing::Why::drawn: return drawn(one.account);
      case routing::Why::drawn_next: return "next in the same draw, should those before it fail";
      case routing::Why::cheapest:
        return (is_first ? "cheapest: " : "next by cost: ") + cost(one, figures);
      case routing::Why::explored: return explored(one, figures);
      case routing::Why::missed_limit:
        return "behind the others: " + missed_limit(one.account, figures) + "; " +
               cost(one, figures);
      case routing::Why::last_resort:
        return "only when all others fail: " + of(one.in_spite_of, one.account);
    }
    return "unknown";
  }

  // routing::Why it is not asked, or only as a last resort.
  std::string of(routing::Filter filter, std::uint32_t account) const {
    const routing::AccountNow& now = decision_.accounts[account];
    switch (filter) {
      case routing::Filter::none: return "nothing keeps it out";
      case routing::Filter::not_allowed: return "not among the tenant's `accounts`";
      case routing::Filter::data_region: return data_region(account);
      case routing::Filter::budget: return "budget " + now.budget + " is used up";
      case routing::Filter::throttled: return "the vendor asked for a pause";
      case routing::Filter::full: return "as many operations under way as its limits allow";
      case routing::Filter::over_rate: return "its starts_per_second are used up";
      case routing::Filter::open: return "its breaker is open";
      case routing::Filter::tripped:
        return "it refused us (" + std::string(error_class_word(now.error_class)) + ")";
      case routing::Filter::ramping:
        return "it was down and takes " + percent(now.share_ppm) + " of the requests, not this one";
    }
    return "unknown";
  }

 private:
  const routing::PolicyNode& arm_of(const routing::PolicyNode& node, std::uint32_t account) const {
    const routing::PolicyNode& arm = node.parts[decision_.plan.exposure.arm];
    const std::size_t control = tenant_.experiments[node.experiment].control;
    return has_account(arm, account) ? arm : node.parts[control];
  }

  // The part that this request drew.
  std::size_t drawn_part(const routing::PolicyNode& node) const {
    std::vector<routing::DrawPart> parts;
    for (std::size_t i = 0; i < node.parts.size(); ++i) {
      parts.push_back({node.part_names[i], node.source->weights[i]});
    }
    std::vector<routing::DrawPlace> places(parts.size());
    const std::string& salt = node.source->seed;
    const std::string& person = decision_.request.person_id;
    const routing::PersonDraw draw = person.empty()
                                         ? routing::PersonDraw::of_seed(salt, decision_.seed)
                                         : routing::PersonDraw(salt, person);
    draw.order(parts, places);
    for (const routing::DrawPlace& place : places) {
      if (routing::leads_to(node.parts[place.part], allowed_)) return place.part;
    }
    return 0;
  }

  // "weight 80 of 100": of the innermost draw on the way to the account; empty = there is none.
  std::string weight(const routing::PolicyNode& node, std::uint32_t account) const {
    if (node.kind == config::Policy::Kind::account || !has_account(node, account)) return {};
    if (node.kind == config::Policy::Kind::experiment)
      return weight(arm_of(node, account), account);
    if (node.kind == config::Policy::Kind::weighted) {
      const std::size_t part = drawn_part(node);
      if (!has_account(node.parts[part], account)) return {};
      const std::string inner = weight(node.parts[part], account);
      if (!inner.empty()) return inner;
      std::uint64_t sum = 0;
      for (const std::uint32_t one : node.source->weights) sum += one;
      return "weight " + std::to_string(node.source->weights[part]) + " of " + std::to_string(sum);
    }
    for (const routing::PolicyNode& part : node.parts) {
      if (has_account(part, account)) return weight(part, account);
    }
    return {};
  }

  std::string drawn(std::uint32_t account) const {
    return "drawn by " + weight(decision_.route->policy, account) +
           (decision_.request.person_id.empty() ? ", for this request: it has no person"
                                                : " for this person");
  }

  // The `cheapest` that the account stands in; nullptr when there is none.
  const config::Policy* cheapest_of(const routing::PolicyNode& node, std::uint32_t account) const {
    if (node.kind == config::Policy::Kind::account || !has_account(node, account)) return nullptr;
    if (node.kind == config::Policy::Kind::cheapest) return node.source;
    if (node.kind == config::Policy::Kind::experiment)
      return cheapest_of(arm_of(node, account), account);
    for (const routing::PolicyNode& part : node.parts) {
      if (const config::Policy* found = cheapest_of(part, account)) return found;
    }
    return nullptr;
  }

  const config::Policy* cheapest_of(std::uint32_t account) const {
    return cheapest_of(decision_.route->policy, account);
  }

  std::string cost(const routing::Candidate& one, const std::optional<Figures>& figures) const {
    const config::Policy* policy = cheapest_of(one.account);
    const std::string currency = figures ? " " + figures->currency : "";
    if (policy != nullptr && policy->goal == config::Goal::spend) {
      return Money{one.expected_charge_micros}.text() + currency + " expected";
    }
    if (one.cost_per_pass_micros < 0) return "nobody is expected to pass";
    return Money{one.cost_per_pass_micros}.text() + currency + " per pass";
  }

  std::string explored(const routing::Candidate& one, const std::optional<Figures>& figures) const {
    const config::Policy* policy = cheapest_of(one.account);
    return "tried first, to learn about it (explore " +
           percent(policy == nullptr ? 0 : policy->explore_ppm) + "): " + cost(one, figures);
  }

  std::string missed_limit(std::uint32_t account, const std::optional<Figures>& figures) const {
    const config::Policy* policy = cheapest_of(account);
    if (policy == nullptr || !figures) return "misses a limit of the policy";
    if (figures->rates.pass_rate_ppm < policy->pass_rate_min_ppm) {
      return "pass rate " + percent(figures->rates.pass_rate_ppm) + " is below " +
             percent(policy->pass_rate_min_ppm);
    }
    if (policy->unit_price_max && figures->worst_price > *policy->unit_price_max) {
      return "can cost " + figures->worst_price.text() + ", more than " +
             policy->unit_price_max->text();
    }
    return "95 of 100 starts take up to " + std::to_string(figures->latency_p95_ms.value_or(0)) +
           " ms, more than " + std::to_string(policy->latency_max.count()) + " ms";
  }

  std::string data_region(std::uint32_t account) const {
    const AccountRuntime* runtime = setup_.account(decision_.route->route->accounts[account]);
    const auto& regions = runtime->config.data_regions;
    return "keeps data in " +
           (regions.empty() ? "a place it does not say" : joined(regions, ", ")) +
           ", the tenant's may go to " + joined(tenant_.data_regions, ", ");
  }

  const Setup& setup_;
  const config::Tenant& tenant_;
  const Decision& decision_;
  routing::AccountSet allowed_ = 0;
};

}  // namespace

std::string percent(std::uint32_t ppm) {
  return decimal_text(std::int64_t{ppm} * 100) + "%";
}

std::string condition_text(const config::Tenant& tenant, const config::Condition& condition,
                           bool inside) {
  const auto parts = [&](std::string_view between) {
    const bool several = condition.parts.size() > 1;
    std::vector<std::string> texts;
    for (const config::Condition& part : condition.parts) {
      texts.push_back(condition_text(tenant, part, inside || several));
    }
    return several && inside ? "(" + joined(texts, between) + ")" : joined(texts, between);
  };
  const auto name = [&] { return tenant.attributes[condition.attribute].name + " "; };
  const auto one_of = [](std::string_view verb, const std::vector<std::string>& texts) {
    return std::string(verb) + (texts.size() > 1 ? " one of " : " ") + joined(texts, ", ");
  };
  switch (condition.kind) {
    case config::Condition::Kind::all:
      return condition.parts.empty() ? "every request" : parts(" and ");
    case config::Condition::Kind::any: return parts(" or ");
    case config::Condition::Kind::none: inside = true; return "not " + parts(" or ");
    case config::Condition::Kind::is_in: {
      std::vector<std::string> values = condition.texts;
      for (const std::int64_t number : condition.numbers) {
        values.push_back(decimal_text(number));
      }
      return name() + one_of("is", values);
    }
    case config::Condition::Kind::prefix: return name() + one_of("begins with", condition.texts);
    case config::Condition::Kind::range: return name() + range_text(condition);
    case config::Condition::Kind::truth:
      return name() + (condition.wanted ? "is true" : "is false");
  }
  return "unknown";
}

std::string why_text(const Setup& setup, const config::Tenant& tenant, const Decision& decision,
                     const routing::Candidate& one, bool is_first,
                     const std::optional<Figures>& figures) {
  return Reasons(setup, tenant, decision).of(one, is_first, figures);
}

std::string filter_text(const Setup& setup, const config::Tenant& tenant, const Decision& decision,
                        routing::Filter filter, std::uint32_t account) {
  return Reasons(setup, tenant, decision).of(filter, account);
}

}  // namespace idswitch::engine
