#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "routing_sample.hpp"

// Properties of decide() over random policies and situations.

namespace idswitch::routing {
namespace {

using Random = std::mt19937_64;

config::Policy random_policy(Random& random, int depth) {
  static const char* const k_names[] = {"a", "b", "c", "d"};
  const auto kind = depth == 0 ? 0 : random() % 4;
  if (kind == 0) return account(k_names[random() % 4]);
  if (kind == 3) {
    std::vector<config::Policy> parts;
    for (const char* name : k_names) {
      if (random() % 2 == 0) parts.push_back(account(name));
    }
    if (parts.empty()) parts.push_back(account("a"));
    config::Policy policy = cheapest(std::move(parts));
    policy.explore_ppm = random() % 2 == 0 ? 0 : 200'000;
    policy.pass_rate_min_ppm = random() % 2 == 0 ? 0 : 800'000;
    return policy;
  }
  std::vector<config::Policy> parts;
  std::vector<std::uint32_t> weights;
  for (std::uint64_t i = 0; i < 1 + random() % 3; ++i) {
    parts.push_back(random_policy(random, depth - 1));
    weights.push_back(static_cast<std::uint32_t>(i == 0 ? 1 + random() % 9 : random() % 10));
  }
  if (kind == 1) return priority(std::move(parts));
  return weighted("seed-" + std::to_string(depth), std::move(parts), std::move(weights));
}

AccountNow random_now(Random& random) {
  AccountNow now;
  if (random() % 2 == 0) return now;
  now.availability = static_cast<Availability>(random() % 6);
  now.share_ppm = static_cast<std::uint32_t>(random() % config::k_all_ppm);
  now.is_full = random() % 6 == 0;
  now.is_over_rate = random() % 6 == 0;
  if (random() % 6 == 0) now.budget = "monthly";
  now.account.starts = static_cast<std::uint32_t>(random() % 1000);
  for (std::size_t end = 0; end < k_ends; ++end) {
    now.account.ended[end] = static_cast<std::uint32_t>(random() % 200);
    now.price_micros[0][end] = static_cast<std::int64_t>(random() % 1'000'000);
  }
  return now;
}

std::set<std::uint32_t> accounts_below(const PolicyNode& node) {
  if (node.kind == config::Policy::Kind::account) return {node.account};
  std::set<std::uint32_t> all;
  for (const PolicyNode& part : node.parts) all.merge(accounts_below(part));
  return all;
}

// What can never be gone around.
bool is_barred(const AccountNow& now) {
  return !now.budget.empty() || now.is_full || now.is_over_rate ||
         now.availability == Availability::throttled;
}

TEST(DecideProperty, FiltersAreNeverViolatedAndNobodyIsForgotten) {
  Random random(11);
  for (int round = 0; round < 4000; ++round) {
    Sample sample(random_policy(random, 3));
    for (AccountNow& now : sample.now) now = random_now(random);
    if (random() % 4 == 0) {
      sample.tenant().allowed_accounts = {"a", "c"};
      sample.build();
    }
    const TableRoute& route = sample.table().routes()[0];
    const Plan plan = sample.decide("person-" + std::to_string(random() % 100), random());
    std::set<std::uint32_t> seen;
    bool was_resort = false;
    for (const Candidate& one : plan.candidates) {
      ASSERT_TRUE(seen.insert(one.account).second) << "asked twice";
      ASSERT_FALSE(is_barred(sample.now[one.account]));
      ASSERT_EQ(route.always[one.account], Filter::none);
      const bool is_resort = one.why == Why::last_resort;
      ASSERT_TRUE(is_resort || !was_resort) << "a last resort before somebody else";
      ASSERT_EQ(is_resort, one.in_spite_of != Filter::none);
      was_resort = is_resort;
    }
    for (const LeftOut& one : plan.left_out) ASSERT_TRUE(seen.insert(one.account).second);
    // Whoever the policy leads to is asked or left out for a reason.
    for (const std::uint32_t account : accounts_below(route.policy)) {
      ASSERT_TRUE(seen.contains(account));
    }
  }
}

TEST(DecideProperty, TheSameArgumentsGiveTheSamePlan) {
  Random random(12);
  for (int round = 0; round < 500; ++round) {
    const config::Policy use = random_policy(random, 3);
    Sample one(use);
    Sample other(use);
    for (std::size_t i = 0; i < one.now.size(); ++i) other.now[i] = one.now[i] = random_now(random);
    const std::string person = "person-" + std::to_string(round);
    ASSERT_EQ(one.decide(person, 7), other.decide(person, 7));
  }
}

TEST(DecideProperty, TheFirstChoiceIsAsProbableAsItSays) {
  Random random(13);
  for (int round = 0; round < 30; ++round) {
    Sample sample(random_policy(random, 2));
    for (AccountNow& now : sample.now) {
      now = random_now(random);
      if (now.availability == Availability::ramping) now.availability = Availability::up;
    }
    constexpr int k_people = 4000;
    std::map<std::uint32_t, int> first;
    std::map<std::uint32_t, double> said;
    for (int person = 0; person < k_people; ++person) {
      const Plan plan = sample.decide("person-" + std::to_string(person), random());
      if (plan.candidates.empty()) break;
      ++first[plan.candidates[0].account];
      double sum = 0;
      for (const Candidate& one : plan.candidates) {
        said[one.account] = one.first_ppm / 1e6;
        sum += one.first_ppm;
      }
      ASSERT_EQ(sum, config::k_all_ppm);
    }
    for (const auto& [account, share] : said) {
      const double noise = 5 * std::sqrt(share * (1 - share) / k_people) + 0.001;
      ASSERT_NEAR(static_cast<double>(first[account]) / k_people, share, noise)
          << "round " << round << " account " << account;
    }
  }
}

TEST(DecideProperty, WeightsConverge) {
  Sample sample(weighted("s", {account("a"), account("b"), account("c")}, {60, 30, 10}));
  constexpr int k_people = 100'000;
  double counts[3] = {};
  for (int person = 0; person < k_people; ++person) {
    ++counts[sample.decide("user-" + std::to_string(person)).candidates[0].account];
  }
  const double shares[3] = {0.6, 0.3, 0.1};
  double chi_square = 0;
  for (int i = 0; i < 3; ++i) {
    const double expected = shares[i] * k_people;
    chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  EXPECT_LT(chi_square, 13.8);   // 2 degrees of freedom, p = 0.001
  EXPECT_GT(chi_square, 0.002);  // dealt out in turn, it would be next to 0 (p = 0.001)
}

TEST(DecideProperty, ReweightingMovesOnlyTheNeededShare) {
  Sample before(weighted("s", {account("a"), account("b")}, {80, 20}));
  Sample after(weighted("s", {account("a"), account("b")}, {70, 30}));
  int moved = 0;
  constexpr int k_people = 50'000;
  for (int person = 0; person < k_people; ++person) {
    const std::string id = "user-" + std::to_string(person);
    const auto from = before.decide(id).candidates[0].account;
    const auto to = after.decide(id).candidates[0].account;
    if (from == to) continue;
    ++moved;
    ASSERT_EQ(from, 0U) << "only from a to b";
  }
  EXPECT_NEAR(moved, 5'000, 300);
}

TEST(DecideProperty, OnlyThePeopleOfAnAccountThatIsAwayMoveAndTheyComeBack) {
  Sample sample(weighted("s", {account("a"), account("b"), account("c")}, {50, 30, 20}));
  for (int person = 0; person < 3000; ++person) {
    const std::string id = "user-" + std::to_string(person);
    const auto usual = sample.decide(id).candidates[0].account;
    sample.now[1].availability = Availability::open;
    const auto meanwhile = sample.decide(id).candidates[0].account;
    sample.now[1].availability = Availability::up;
    ASSERT_EQ(meanwhile == usual, usual != 1U);
    ASSERT_EQ(sample.decide(id).candidates[0].account, usual);
  }
}

TEST(DecideProperty, OnePersonFallsIndependentlyInTwoExperiments) {
  const auto experiment_of = [](const char* name) {
    config::Experiment one;
    one.name = name;
    one.seed = "1";
    one.arms = {{"control", 50, account("a")}, {"variant", 50, account("b")}};
    return one;
  };
  Sample first(experiment("one"), {experiment_of("one")});
  Sample second(experiment("two"), {experiment_of("two")});
  constexpr int k_people = 40'000;
  double table[2][2] = {};
  for (int person = 0; person < k_people; ++person) {
    const std::string id = "user-" + std::to_string(person);
    ++table[first.decide(id).exposure.arm][second.decide(id).exposure.arm];
  }
  double chi_square = 0;
  for (const auto& row : table) {
    for (const double count : row) {
      chi_square += (count - k_people / 4.0) * (count - k_people / 4.0) / (k_people / 4.0);
    }
  }
  EXPECT_LT(chi_square, 16.3);  // 3 degrees of freedom, p = 0.001
}

}  // namespace
}  // namespace idswitch::routing
