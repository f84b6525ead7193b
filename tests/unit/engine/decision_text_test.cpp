#include "engine/traffic/decision_text.hpp"

#include <gtest/gtest.h>

#include <random>

#include "../routing/routing_sample.hpp"

namespace idswitch::engine {
namespace {

using routing::AccountNow;
using routing::Availability;

const std::vector<std::string> k_accounts = {"a", "b", "c", "d"};

// Makes tenants, situations and requests; the same seed makes the same ones.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  std::uint64_t below(std::uint64_t end) { return random_() % end; }

  bool one_in(std::uint64_t many) { return below(many) == 0; }

  config::Policy policy(int levels, bool may_experiment) {
    const std::uint64_t kind = below(levels == 0 ? 1 : may_experiment ? 5 : 4);
    if (kind == 0) return routing::account(k_accounts[below(k_accounts.size())]);
    if (kind == 4) return routing::experiment("cheap-first");
    if (kind == 3) {
      config::Policy all = routing::cheapest({});
      for (const std::string& name : k_accounts) all.parts.push_back(routing::account(name));
      all.explore_ppm = static_cast<std::uint32_t>(below(2) * 300'000);
      all.pass_rate_min_ppm = static_cast<std::uint32_t>(below(2) * 800'000);
      return all;
    }
    std::vector<config::Policy> parts;
    std::vector<std::uint32_t> weights;
    for (std::uint64_t i = 0; i < 1 + below(3); ++i) {
      parts.push_back(policy(levels - 1, false));
      weights.push_back(static_cast<std::uint32_t>(below(100)));
    }
    if (kind == 1) return routing::priority(std::move(parts));
    return routing::weighted("salt " + std::to_string(below(9)), std::move(parts), weights);
  }

  std::vector<config::Experiment> experiments() {
    config::Experiment one;
    one.name = "cheap-first";
    one.seed = "2026";
    one.coverage_ppm = 700'000;
    one.arms = {{"control", 50, policy(1, false)}, {"variant", 50, policy(2, false)}};
    return {one};
  }

  routing::Counts counts() {
    routing::Counts counts;
    counts.starts = static_cast<std::uint32_t>(below(1000));
    counts.starts_failed = static_cast<std::uint32_t>(below(counts.starts + 1));
    for (auto& one : counts.ended) one = static_cast<std::uint32_t>(below(200));
    for (auto& one : counts.charged[below(4)]) one = static_cast<std::uint32_t>(below(200));
    counts.latency[below(24)] = static_cast<std::uint32_t>(below(50));
    return counts;
  }

  AccountNow now() {
    AccountNow now;
    now.availability = static_cast<Availability>(one_in(2) ? 0 : below(6));
    if (now.availability != Availability::up) {
      now.until_unix_ms = 1'795'000'000'000 + static_cast<std::int64_t>(below(1000));
      now.share_ppm = static_cast<std::uint32_t>(below(1'000'000));
      now.error_class = static_cast<std::uint32_t>(below(9));
    }
    now.is_full = one_in(8);
    now.is_over_rate = one_in(8);
    if (one_in(8)) now.budget = "monthly \"shop\"";
    now.account = counts();
    now.segment = counts();
    for (auto& one : now.price_micros[below(4)]) one = static_cast<std::int64_t>(below(2'000'000));
    return now;
  }

  std::vector<routing::AttributeValue> attributes() {
    std::vector<routing::AttributeValue> values(3);
    if (one_in(2)) values[0] = {routing::AttributeValue::Kind::text, "cn-\n\"gd\"", 0, false};
    if (one_in(2)) {
      values[1] = {routing::AttributeValue::Kind::number, "",
                   static_cast<std::int64_t>(below(2'000'000)) - 1'000'000, false};
    }
    if (one_in(2)) values[2] = {routing::AttributeValue::Kind::truth, "", 0, one_in(2)};
    return values;
  }

 private:
  std::mt19937_64 random_;
};

Decision decision_of(Generator& generator, const routing::Sample& sample, std::uint64_t number) {
  Decision decision;
  decision.request.method = IDSW_METHOD_H5;
  decision.request.checks = IDSW_CHECK_LIVENESS;
  if (!generator.one_in(4)) decision.request.person_id = "pseudonym-" + std::to_string(number);
  decision.request.attributes = generator.attributes();
  decision.route = sample.table().match(decision.request);
  for (std::size_t i = 0; i < k_accounts.size(); ++i) decision.accounts.push_back(generator.now());
  decision.is_paused = {static_cast<std::uint8_t>(generator.one_in(5))};
  decision.seed = generator.one_in(2) ? ~generator.below(1000) : generator.below(1000);
  decision.at_unix_ms = 1'795'000'000'000;
  decision.plan = routing::decide(sample.table(), *decision.route, decision.moment(),
                                  decision.request, decision.seed);
  return decision;
}

void declare_attributes(config::Tenant& tenant) {
  tenant.attributes.resize(3);
  tenant.attributes[0].name = "region";
  tenant.attributes[1].name = "risk";
  tenant.attributes[1].type = config::AttributeType::number;
  tenant.attributes[2].name = "vip";
  tenant.attributes[2].type = config::AttributeType::truth;
}

TEST(DecisionText, IsReadBackAndDecidedAgainAlike) {
  Generator generator(7);
  int with_costs = 0;
  int with_arms = 0;
  for (std::uint64_t number = 0; number < 3000; ++number) {
    routing::Sample sample(generator.policy(3, true), generator.experiments(), k_accounts);
    declare_attributes(sample.tenant());
    const Decision decision = decision_of(generator, sample, number);
    const std::string text = decision_text(sample.tenant(), decision);
    const auto read = read_decision(sample.table(), text, IDSW_METHOD_H5, IDSW_CHECK_LIVENESS,
                                    decision.request.person_id);
    ASSERT_TRUE(read) << text;
    ASSERT_EQ(read->route, decision.route) << text;
    ASSERT_EQ(read->request.attributes, decision.request.attributes) << text;
    ASSERT_EQ(read->is_paused, decision.is_paused) << text;
    ASSERT_EQ(read->at_unix_ms, decision.at_unix_ms) << text;
    ASSERT_EQ(read->plan, decision.plan) << text;
    if (decision.route->looks_at_costs) {
      ASSERT_EQ(read->accounts, decision.accounts) << text;
    }
    ASSERT_EQ(
        routing::decide(sample.table(), *read->route, read->moment(), read->request, read->seed),
        decision.plan)
        << text;
    ASSERT_EQ(decision_text(sample.tenant(), *read), text);
    ASSERT_EQ(text.find("pseudonym"), std::string::npos) << text;
    with_costs += decision.route->looks_at_costs ? 1 : 0;
    with_arms += decision.plan.has_exposure() ? 1 : 0;
  }
  EXPECT_GT(with_costs, 300);
  EXPECT_GT(with_arms, 300);
}

TEST(DecisionText, IsShortWhenNothingIsOutOfTheOrdinary) {
  routing::Sample sample(routing::priority({routing::account("a"), routing::account("b")}), {},
                         {"a", "b"});
  Decision decision;
  decision.request.method = IDSW_METHOD_H5;
  decision.request.checks = IDSW_CHECK_LIVENESS;
  decision.route = sample.table().match(decision.request);
  decision.accounts.resize(2);
  decision.accounts[0].account.starts = 5;  // not looked at, so not written
  decision.seed = 3;
  decision.at_unix_ms = 17;
  decision.plan =
      routing::decide(sample.table(), *decision.route, decision.moment(), decision.request, 3);
  EXPECT_EQ(decision_text(sample.tenant(), decision),
            R"({"route":"route-1","seed":"3","at":17,"plan":[["a",0,0,1000000,-1,-1,0],)"
            R"(["b",0,0,0,-1,-1,0]],"left_out":[]})");
}

TEST(DecisionText, IsRefusedWhenItDoesNotFitTheConfiguration) {
  const routing::Sample sample(routing::account("a"), {}, {"a"});
  const auto refusal = [&](std::string_view text) {
    const auto read = read_decision(sample.table(), text, IDSW_METHOD_H5, IDSW_CHECK_LIVENESS, "");
    return read ? Errc::internal : read.error().code();
  };
  const std::string good =
      R"({"route":"route-1","seed":"3","at":17,"plan":[["a",0,0,1000000,-1,-1,0]],"left_out":[]})";
  EXPECT_EQ(refusal(good), Errc::internal) << "read";
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"\"route-1\"", "\"route-2\""},
           {"\"a\"", "\"z\""},
           {"\"3\"", "3"},
           {"17", "\"17\""},
           {"[]", "[[\"a\"]]"},
           {"[]", "[],\"now\":{\"z\":{}}"},
           {"[]", "[],\"now\":{\"a\":{\"is\":\"down\"}}"},
           {"[]", "[],\"arm\":[\"x\",\"y\",0]"},
           {"[]", "[],\"attributes\":{\"plan\":1}"},
           {",\"left_out\":[]", ""}}) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    EXPECT_EQ(refusal(text), Errc::invalid_field) << text;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(refusal(std::string_view(good).substr(0, size)), Errc::invalid_field) << size;
  }
}

}  // namespace
}  // namespace idswitch::engine
