#include "simulate/population_simulation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "present/simulation_text.hpp"
#include "simulation_sample.hpp"

namespace idswitch::engine {
namespace {

const std::string k_head = "tenant: shop\nmethod: h5\nchecks: [liveness]\nbegins: 2026-01-01\n";

Population population_of(const std::string& rest) {
  const PopulationRead read = read_population(k_head + rest, "p");
  for (const auto& complaint : read.complaints) ADD_FAILURE() << complaint.line();
  return read.population;
}

SimulatedSide simulated(const Sample& sample, const Population& population, std::uint64_t seed = 1,
                        int days = 31) {
  EXPECT_EQ(accounts_without_truth(sample.setup, population), std::vector<std::string>());
  return PopulationSimulation(sample.setup, population, seed, days).run("draft");
}

std::string as_json(const SimulatedSide& side) {
  SimulationReport report;
  report.is_generated = true;
  report.draft = side;
  return simulation_json(report);
}

TEST(Population, ComplainsWithLineAndColumn) {
  const std::pair<std::string, std::string> cases[] = {
      {"count: 0\naccounts: {a: {pass: 1}}\n", "p:5:8: count: 0 is out of range"},
      {"count: 5\nacounts: {}\n", "p:6:1: acounts: unknown key: did you mean \"accounts\"?"},
      {"count: 5\naccounts: {a: {pass: 1, pas: 1}}\n", "accounts.a.pas: unknown key"},
      {"count: 5\naccounts: {a: {}}\n", "p:6:12: accounts.a.pass: missing"},
      {"count: 5\naccounts: {a: {pass: 0.9, inconclusive: 0.2}}\n", "at most 1 together"},
      {"count: 5\nattributes: {x: {choice: {}}}\naccounts: {a: {pass: 1}}\n", "p:6:26: "},
      {"count: 5\nattributes: {x: {share: 5%, choice: {a: 1}}}\naccounts: {a: {pass: 1}}\n",
       "wanted one of choice"},
      {"count: 5\nattributes: {x: {range: {from: 2, to: 1}}}\naccounts: {a: {pass: 1}}\n",
       "from is more than to"},
      {"count: 5\naccounts: {a: {pass: 1, by: {attribute: x, values: {}}}}\n",
       "no attribute with a choice"},
      {"count: 5\nattributes: {x: {choice: {one: 1}}}\n"
       "accounts: {a: {pass: 1, by: {attribute: x, values: {on: {pass: 0}}}}}\n",
       "\"on\" is no choice of the attribute"},
  };
  for (const auto& [text, wanted] : cases) {
    const PopulationRead read = read_population(k_head + text, "p");
    std::string lines;
    for (const auto& complaint : read.complaints) lines += complaint.line() + "\n";
    EXPECT_NE(lines.find(wanted), std::string::npos) << text << lines;
  }
}

TEST(Population, RefusesAnEmptyFileAndOneThatIsNotThere) {
  EXPECT_EQ(read_population("", "p").complaints.size(), 1u);
  EXPECT_EQ(load_population("/nowhere/population.yaml").complaints.size(), 1u);
}

TEST(PopulationSimulation, NamesAccountsWithoutTruth) {
  Sample sample("[c, a, b]");
  const Population population = population_of("count: 5\naccounts: {b: {pass: 1}}\n");
  EXPECT_EQ(accounts_without_truth(sample.setup, population), (std::vector<std::string>{"a", "c"}));
}

// Four standard deviations: a right program fails once in fifteen thousand seeds.
TEST(PopulationSimulation, ReproducesTheTruth) {
  Sample sample("{weighted: [{weight: 70, use: a}, {weight: 30, use: b}]}");
  const Population population = population_of(
      "count: 40000\npeople: 40000\nattributes: {region: {choice: {x: 25, y: 75}}}\n"
      "accounts:\n"
      "  a: {start_fail: 10%, completion: 80%, pass: 90%, inconclusive: 5%}\n"
      "  b: {pass: 60%, by: {attribute: region, values: {x: {pass: 20%}}}}\n");
  const SimulatedSide side = simulated(sample, population);
  ASSERT_EQ(side.accounts.size(), 2u);
  const auto expect_near = [](double seen, double truth, double n) {
    EXPECT_NEAR(seen, truth, 4 * std::sqrt(truth * (1 - truth) / n));
  };
  const SimulatedAccount& a = side.accounts[0];
  const SimulatedAccount& b = side.accounts[1];
  expect_near(double(a.asked) / 40000, 0.70, 40000);
  expect_near(double(a.volume) / double(a.asked), 0.90, double(a.asked));
  expect_near(*a.outcomes.pass_rate(), 0.80 * 0.90, double(a.volume));
  expect_near(*b.outcomes.pass_rate(), 0.75 * 0.60 + 0.25 * 0.20, double(b.volume));
  // Whoever ends with a verdict is charged.
  expect_near(double(a.spend.micros) / 300'000 / double(a.volume), 0.80, double(a.volume));
  EXPECT_EQ(b.spend.micros, b.volume * 300'000);
  EXPECT_EQ(side.routed, 40000);
  EXPECT_EQ(a.volume + b.volume, 40000) << "who fails at a is served by b";
}

TEST(PopulationSimulation, IsTheSameForTheSameSeedAndForTheSameConfig) {
  const std::string use = "{cheapest: {accounts: [a, b], explore: 10%}}";
  Sample sample(use);
  Sample same(use);
  const Population population = population_of(
      "count: 3000\nattributes: {risk: {range: {from: 0, to: 1}}}\n"
      "accounts: {a: {pass: 70%, start_fail: 3%}, b: {pass: 75%}}\n");
  const std::string once = as_json(simulated(sample, population, 7));
  EXPECT_EQ(once, as_json(simulated(sample, population, 7)));
  EXPECT_EQ(once, as_json(simulated(same, population, 7)));
  EXPECT_NE(once, as_json(simulated(sample, population, 8)));
}

TEST(PopulationSimulation, OutcomesBelongToRequestAndAccount) {
  const Population population =
      population_of("count: 2000\naccounts: {a: {pass: 50%, start_fail: 20%}, b: {pass: 50%}}\n");
  Sample all_a("a");
  Sample a_then_b("[a, b]");
  const SimulatedSide alone = simulated(all_a, population);
  const SimulatedSide followed = simulated(a_then_b, population);
  EXPECT_EQ(alone.accounts[0].volume, followed.accounts[0].volume);
  EXPECT_EQ(*alone.accounts[0].outcomes.pass_rate(), *followed.accounts[0].outcomes.pass_rate());
  EXPECT_EQ(alone.not_served, followed.accounts[1].volume);
}

TEST(PopulationSimulation, AsksTheNextWhereAStartFailsAndStopsAtTheRoutesAttempts) {
  const Population population =
      population_of("count: 100\naccounts: {a: {pass: 1, start_fail: 1}, b: {pass: 1}}\n");
  Sample all("[a, b]");
  const SimulatedSide side = simulated(all, population);
  EXPECT_EQ(side.accounts[0].asked, 100);
  EXPECT_EQ(side.accounts[0].volume, 0);
  EXPECT_EQ(side.accounts[0].spend.micros, 0);
  EXPECT_EQ(side.accounts[1].volume, 100);
  EXPECT_EQ(side.not_served, 0);
  Sample once("[a, b]", "", {}, ", attempts_max: 1");
  const SimulatedSide stopped = simulated(once, population);
  EXPECT_EQ(stopped.not_served, 100);
  EXPECT_EQ(stopped.accounts[1].asked, 0);
}

TEST(PopulationSimulation, LearnsWhichAccountIsCheaperPerPass) {
  const std::map<std::string, std::string> contracts = {
      {"b", "{currency: CNY, prices: {unit: \"0.50\"}}"}};
  Sample sample("{cheapest: {accounts: [a, b], explore: 5%}}", "", contracts);
  const Population population =
      population_of("count: 20000\naccounts: {a: {pass: 30%}, b: {pass: 90%}}\n");
  const SimulatedSide side = simulated(sample, population);
  // By the priors a is cheaper; in truth a pass costs 1.00 there and 0.56 at b.
  EXPECT_GT(side.accounts[1].volume, 18'000);
  EXPECT_GT(side.accounts[0].volume, 500) << "it must go on exploring";
  const SimulatedSide blind = simulated(Sample("[a, b]", "", contracts), population);
  EXPECT_LT(*side.cost_per_pass, *blind.cost_per_pass);
}

TEST(PopulationSimulation, KeepsWhatIsLearntApartBySegment) {
  Sample sample("{cheapest: {accounts: [a, b], explore: 5%}}",
                "    statistics: {segment_by: [region]}\n");
  const Population population = population_of(
      "count: 20000\nattributes: {region: {choice: {x: 1, y: 1}}}\naccounts:\n"
      "  a: {pass: 90%, by: {attribute: region, values: {x: {pass: 20%}}}}\n"
      "  b: {pass: 20%, by: {attribute: region, values: {x: {pass: 90%}}}}\n");
  EXPECT_GT(*simulated(sample, population).pass_rate, 0.8);
}

TEST(PopulationSimulation, BillsFreeUnitsTiersAndPeriods) {
  Sample sample("a", "",
                {{"a",
                  "{currency: CNY, prices: {unit: {price: \"1.00\", free_units: 10, tiers: "
                  "[{from: 50, price: \"0.40\"}], per: month}}}"}});
  const Population population = population_of("count: 180\naccounts: {a: {pass: 1}}\n");
  // January and February by the day: 31 * 180 / 60 = 93 requests, and 87 until March 2nd, of which
  // 84 in February.
  const SimulatedSide side = simulated(sample, population, 1, 60);
  // The 50th unit is the first of the tier.
  const auto month = [](std::int64_t units) {
    return std::clamp<std::int64_t>(units - 10, 0, 39) * 1'000'000 +
           std::max<std::int64_t>(units - 49, 0) * 400'000;
  };
  EXPECT_EQ(side.accounts[0].spend.micros, month(93) + month(84) + month(3));
}

TEST(PopulationSimulation, OwesWhatTheMinimumLeaves) {
  const std::map<std::string, std::string> contracts = {
      {"a",
       "{currency: CNY, prices: {unit: \"1.00\"}, minimum: {per: month, amount: \"310.00\"}}"}};
  const Population population = population_of("count: 100\naccounts: {a: {pass: 1}}\n");
  const SimulatedSide month = simulated(Sample("a", "", contracts), population, 1, 31);
  EXPECT_EQ(month.accounts[0].spend.micros, 310'000'000);
  EXPECT_EQ(month.accounts[0].minimum_missing.micros, 210'000'000);
  const SimulatedSide days = simulated(Sample("a", "", contracts), population, 1, 20);
  EXPECT_EQ(days.accounts[0].spend.micros, 200'000'000) << "20 of 31 days";
  // 53 of the 100 requests are of January (31 of 59 days), and 47 of February.
  const SimulatedSide months = simulated(Sample("a", "", contracts), population, 1, 59);
  EXPECT_EQ(months.accounts[0].spend.micros, 620'000'000);
}

TEST(PopulationSimulation, ChargesAPersonOnce) {
  Sample sample("a", "",
                {{"a",
                  "{currency: CNY, prices: {unit: {price: \"1.00\", charged_once: {per: person, "
                  "days: 10}}}}"}});
  const Population population = population_of("count: 3000\npeople: 7\naccounts: {a: {pass: 1}}\n");
  // 7 people; each is charged again ten days after the last charge, by a request minutes later.
  EXPECT_EQ(simulated(sample, population, 1, 9).accounts[0].spend.micros, 7'000'000);
  EXPECT_EQ(simulated(sample, population, 1, 19).accounts[0].spend.micros, 14'000'000);
}

TEST(PopulationSimulation, PaysEveryPeriodsMinimumByItself) {
  Sample sample("a", "",
                {{"a",
                  "{currency: CNY, prices: {unit: \"20.00\"}, minimum: {per: month, amount: "
                  "\"310.00\"}}"}});
  // One a day from January to April: every month is charged more than it owes.
  const Population population = population_of("count: 120\naccounts: {a: {pass: 1}}\n");
  EXPECT_EQ(simulated(sample, population, 1, 120).accounts[0].minimum_missing.micros, 0);
}

TEST(PopulationSimulation, RoutesByPricesThatMoveWithTheVolume) {
  Sample sample("{cheapest: [a, b]}", "",
                {{"a",
                  "{currency: CNY, prices: {unit: {price: \"5.00\", free_units: 100, per: "
                  "month}}}"}});
  const Population population =
      population_of("count: 1000\naccounts: {a: {pass: 1}, b: {pass: 1}}\n");
  const SimulatedSide side = simulated(sample, population);
  EXPECT_EQ(side.accounts[0].volume, 100);
  EXPECT_EQ(side.spend.at("CNY").micros, 900 * 300'000);
}

TEST(PopulationSimulation, AccountsFailApartFromEachOther) {
  Sample sample("[a, b]");
  const Population population = population_of(
      "count: 10000\naccounts: {a: {pass: 1, start_fail: 0.5}, b: {pass: 1, start_fail: 0.5}}\n");
  EXPECT_NEAR(double(simulated(sample, population).not_served), 2500, 4 * std::sqrt(1875));
}

TEST(PopulationSimulation, PricesEachEndByItsOwnLine) {
  Sample sample("a", "",
                {{"a",
                  "{currency: CNY, prices: {unit: {price: \"1.00\", outcomes: [{verdict: "
                  "inconclusive, price: \"0\"}, {verdict: fail, price: \"0.10\"}]}}}"}});
  const SimulatedSide side =
      simulated(sample, population_of("count: 1000\naccounts: {a: {pass: 40%, inconclusive: "
                                      "60%}}\n"));
  const double passed = *side.pass_rate * 1000;
  EXPECT_EQ(side.spend.at("CNY").micros, std::llround(passed) * 1'000'000);
}

TEST(PopulationSimulation, FindsARouteForEveryNumber) {
  Sample sample("a", "", {}, ", when: {risk: {at_least: 0.25}}");
  const SimulatedSide side = simulated(
      sample, population_of("count: 10000\nattributes: {risk: {range: {from: 0, to: 1}}}\n"
                            "accounts: {a: {pass: 1}}\n"));
  EXPECT_NEAR(double(side.routed), 7500, 4 * std::sqrt(1875));
  EXPECT_EQ(side.rejected.at("no route for h5 liveness"), 10'000 - side.routed);
}

TEST(PopulationSimulation, RejectsWhatTheConfigDoesNotKnow) {
  Sample sample("a", "    attributes: {channel: {values: [app]}}\n");
  const SimulatedSide side = simulated(
      sample, population_of("count: 50\nattributes: {channel: {choice: {app: 0, fax: 1}}}\n"
                            "accounts: {a: {pass: 1}}\n"));
  EXPECT_EQ(side.routed, 0);
  EXPECT_EQ(side.rejected.at("attribute `channel` may not have this value"), 50);
}

}  // namespace
}  // namespace idswitch::engine
