#include "routing/coverage.hpp"

#include <algorithm>
#include <string>

#include "routing/condition.hpp"

namespace idswitch::routing {
namespace {

using config::Condition;
using config::Route;

// What is said of a condition: that it holds, or that it does not.
struct Claim {
  const Condition* condition;
  bool holds;
};

bool is_compound(const Condition& condition) {
  return condition.kind == Condition::Kind::all || condition.kind == Condition::Kind::any ||
         condition.kind == Condition::Kind::none;
}

// Of a compound: whether the claim needs all its parts' claims, or just one of them.
bool needs_all_parts(const Claim& claim) {
  return claim.holds != (claim.condition->kind == Condition::Kind::any);
}

Claim claim_of_part(const Claim& claim, const Condition& part) {
  return {&part, claim.holds != (claim.condition->kind == Condition::Kind::none)};
}

// Whether claims can be true together. They are taken apart until only tests of single attributes
// are left; where one of several parts is enough, one after another is tried. Attributes do not
// depend on each other, so it is enough that each for itself can have a value, or be absent.
class Search {
 public:
  // False is certain; true may also mean that it was not worth the effort.
  bool is_possible(std::vector<Claim> claims) {
    claims_ = std::move(claims);
    return is_open(0, 0);
  }

 private:
  // Comparisons of one text or number. Real conditions need some dozens.
  static constexpr std::size_t k_effort_max = 50'000;
  // Each choice is a level of the stack.
  static constexpr std::size_t k_choices_max = 1'000;

  bool is_exhausted() const { return effort_ > k_effort_max || choices_.size() > k_choices_max; }

  // From next_claim and next_choice on they are still to be looked at.
  bool is_open(std::size_t next_claim, std::size_t next_choice) {
    const std::size_t claims = claims_.size();
    const std::size_t choices = choices_.size();
    const std::size_t tests = tests_.size();
    const bool is_open = advance(next_claim, next_choice);
    claims_.resize(claims);
    choices_.resize(choices);
    tests_.resize(tests);
    return is_open;
  }

  bool advance(std::size_t next_claim, std::size_t next_choice) {
    for (; next_claim < claims_.size(); ++next_claim) {
      if (is_exhausted()) return true;
      if (!add(claims_[next_claim])) return false;
    }
    if (next_choice == choices_.size()) return true;
    const Claim choice = choices_[next_choice];
    for (const Condition& part : choice.condition->parts) {
      claims_.push_back(claim_of_part(choice, part));
      const bool is_enough = is_open(claims_.size() - 1, next_choice + 1);
      claims_.pop_back();
      if (is_enough) return true;
    }
    return false;
  }

  // False when the claim contradicts those before it.
  bool add(const Claim claim) {
    ++effort_;
    if (!is_compound(*claim.condition)) {
      tests_.push_back(claim);
      attribute_ = claim.condition->attribute;
      return attribute_can_be();
    }
    if (!needs_all_parts(claim)) {
      choices_.push_back(claim);
      return true;
    }
    for (const Condition& part : claim.condition->parts) {
      claims_.push_back(claim_of_part(claim, part));
    }
    return true;
  }

  bool concerns(const Claim& test) const { return test.condition->attribute == attribute_; }

  // A test that must hold, of this kind.
  const Condition* find(Condition::Kind kind) const {
    for (const Claim& test : tests_) {
      if (concerns(test) && test.holds && test.condition->kind == kind) return test.condition;
    }
    return nullptr;
  }

  bool attribute_can_be() {
    // Each of these narrows the values down to some that can be tried.
    if (const Condition* test = find(Condition::Kind::is_in)) return can_be_one_of(*test);
    if (find(Condition::Kind::prefix) != nullptr) return can_begin();
    if (find(Condition::Kind::truth) != nullptr) return can_be_truth(true) || can_be_truth(false);
    if (find(Condition::Kind::range) != nullptr) return can_lie_in_ranges();
    return true;  // absent, no test holds
  }

  bool is_satisfied_by_candidate(const Condition& test) {
    effort_ += 1 + test.texts.size() + test.numbers.size();
    return is_satisfied(test, candidate_);
  }

  bool candidate_fits() {
    return std::all_of(tests_.begin(), tests_.end(), [&](const Claim& test) {
      return !concerns(test) || is_satisfied_by_candidate(*test.condition) == test.holds;
    });
  }

  bool can_be_one_of(const Condition& test) {
    candidate_.kind = AttributeValue::Kind::text;
    for (const std::string& text : test.texts) {
      candidate_.text = text;
      if (candidate_fits()) return true;
    }
    candidate_.kind = AttributeValue::Kind::number;
    for (const std::int64_t number : test.numbers) {
      candidate_.number = number;
      if (candidate_fits()) return true;
    }
    return false;
  }

  // A text that has all the beginnings has the longest one of them; and of the texts with that one,
  // too many are left whatever single texts and longer beginnings are ruled out.
  bool can_begin() {
    candidate_.kind = AttributeValue::Kind::text;
    for (const Claim& beginnings : tests_) {
      if (!concerns(beginnings) || !beginnings.holds) continue;
      for (const std::string& text : beginnings.condition->texts) {
        candidate_.text = text;
        const bool fits = std::all_of(tests_.begin(), tests_.end(), [&](const Claim& test) {
          const bool is_single = !test.holds && test.condition->kind == Condition::Kind::is_in;
          return !concerns(test) || is_single ||
                 is_satisfied_by_candidate(*test.condition) == test.holds;
        });
        if (fits) return true;
      }
    }
    return false;
  }

  bool can_be_truth(bool truth) {
    candidate_.kind = AttributeValue::Kind::truth;
    candidate_.truth = truth;
    return candidate_fits();
  }

  // From the least number that all the ranges allow, over what is ruled out, to the most.
  bool can_lie_in_ranges() {
    Condition common;
    for (const Claim& test : tests_) {
      if (!concerns(test) || !test.holds) continue;
      common.least = std::max(common.least, test.condition->least);
      common.most = std::min(common.most, test.condition->most);
    }
    candidate_.kind = AttributeValue::Kind::number;
    candidate_.number = common.least;
    while (candidate_.number <= common.most) {
      const Claim* excluding = find_excluding();
      if (excluding == nullptr) return true;
      const bool is_range = excluding->condition->kind == Condition::Kind::range;
      const std::int64_t last = is_range ? excluding->condition->most : candidate_.number;
      if (last >= common.most) return false;
      if (is_exhausted()) return true;
      candidate_.number = last + 1;
    }
    return false;
  }

  // A test that must not hold, and does for the candidate.
  const Claim* find_excluding() {
    for (const Claim& test : tests_) {
      if (concerns(test) && !test.holds && is_satisfied_by_candidate(*test.condition)) {
        return &test;
      }
    }
    return nullptr;
  }

  std::vector<Claim> claims_;
  std::vector<Claim> choices_;  // claims of which one part is enough
  std::vector<Claim> tests_;    // claims about single attributes, which do not contradict
  std::size_t effort_ = 0;
  std::uint32_t attribute_ = 0;  // the one that is looked at
  AttributeValue candidate_;     // for it
};

// The earlier route that leaves nothing to routes[index]; nullptr when there is none.
const Route* find_covering(const std::vector<Route>& routes, std::size_t index) {
  const Route& route = routes[index];
  for (std::size_t i = 0; i < index; ++i) {
    const Route& earlier = routes[i];
    if (earlier.method == route.method && earlier.checks == route.checks &&
        covers(earlier.when, route.when)) {
      return &earlier;
    }
  }
  return nullptr;
}

}  // namespace

bool covers(const Condition& a, const Condition& b) {
  return !Search().is_possible({{&b, true}, {&a, false}});
}

bool is_impossible(const Condition& condition) {
  return !Search().is_possible({{&condition, true}});
}

std::vector<config::Complaint> route_warnings(const config::Tenant& tenant) {
  std::vector<config::Complaint> warnings;
  for (std::size_t i = 0; i < tenant.routes.size(); ++i) {
    const Route& route = tenant.routes[i];
    const std::string key = "tenants." + tenant.name + ".routes[" + std::to_string(i) + "]";
    if (is_impossible(route.when)) {
      warnings.push_back(
          {route.where, key, "can never be used: no request can satisfy its condition"});
    } else if (const Route* earlier = find_covering(tenant.routes, i)) {
      warnings.push_back(
          {route.where, key,
           "can never be used: line " + std::to_string(earlier->where.line) +
               " has the same method and checks, and takes every request that this one would; put "
               "this one before it, or remove it"});
    }
  }
  return warnings;
}

}  // namespace idswitch::routing
