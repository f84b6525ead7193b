#include "simulate/simulation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "idswitch/abi/vocabulary.h"
#include "present/simulation_text.hpp"
#include "simulate/recorded_simulation.hpp"
#include "simulation_sample.hpp"

namespace idswitch::engine {
namespace {

// As the store has it: decided with these propensities, asked first at the account, and ended.
struct Record {
  std::string asked = "a";
  std::map<std::string, std::uint32_t> first_ppm = {{"a", 1'000'000}};
  bool passed = true;
  std::string person = "person-1";
  std::string attributes;  // JSON object
  Status status = Status::completed;
  std::string served = "";  // empty = asked
  std::string tenant = "shop";
  std::uint32_t checks = IDSW_CHECK_LIVENESS;

  VerificationRecord stored() const {
    VerificationRecord record;
    Verification& verification = record.verification;
    verification.tenant = tenant;
    verification.method = IDSW_METHOD_H5;
    verification.checks = checks;
    verification.person_id = person;
    verification.status = status;
    verification.account = served.empty() ? asked : served;
    verification.verdict = passed ? IDSW_VERDICT_PASS : IDSW_VERDICT_FAIL;
    Attempt attempt;
    attempt.account = asked;
    attempt.operation = IDSW_OP_START;
    if (!asked.empty()) verification.attempts.push_back(attempt);
    std::string& text = record.decision;
    text = "{\"route\":\"gone\",\"seed\":\"18446744073709551615\",\"at\":1,";
    if (!attributes.empty()) text += "\"attributes\":" + attributes + ",";
    text += "\"plan\":[";
    for (const auto& [name, ppm] : first_ppm) {
      if (text.back() != '[') text += ',';
      text += "[\"" + name + "\",0,0," + std::to_string(ppm) + ",-1,-1,0]";
    }
    text += "],\"left_out\":[]}";
    return record;
  }
};

struct Replay {
  explicit Replay(Sample& sample)
      : traffic(sample.setup, sample.clock), simulation(sample.setup, traffic) {}

  Replay& take(const Record& record, int times = 1) {
    const auto recorded = read_recorded(record.stored());
    EXPECT_TRUE(recorded);
    for (int i = 0; i < times; ++i) simulation.take(*recorded);
    return *this;
  }

  SimulatedSide side() const { return simulation.side("draft"); }

  // One that must be there.
  SimulatedAccount account(const std::string& name) const {
    for (const SimulatedAccount& one : side().accounts) {
      if (one.account == name) return one;
    }
    ADD_FAILURE() << "nothing about " << name;
    return {};
  }

  Traffic traffic;
  RecordedSimulation simulation;
};

TEST(WeightedOutcomes, EffectiveSizeShrinksWithUnequalWeights) {
  WeightedOutcomes equal;
  for (int i = 0; i < 40; ++i) equal.add(i < 10, 5);
  EXPECT_DOUBLE_EQ(equal.effective(), 40);
  ASSERT_TRUE(equal.pass_rate());
  EXPECT_DOUBLE_EQ(*equal.pass_rate(), 0.25);
  WeightedOutcomes unequal;
  for (int i = 0; i < 9; ++i) unequal.add(true, 1);
  unequal.add(false, 9);
  EXPECT_DOUBLE_EQ(unequal.effective(), 18.0 * 18 / 90);
  EXPECT_EQ(unequal.count(), 10);
  EXPECT_FALSE(unequal.pass_rate());
}

TEST(WeightedOutcomes, SayNothingBelowThirtyAndAtNone) {
  WeightedOutcomes outcomes;
  EXPECT_EQ(outcomes.effective(), 0);
  EXPECT_FALSE(outcomes.pass_rate());
  for (int i = 0; i < 29; ++i) outcomes.add(true, 1 / 0.3);
  EXPECT_FALSE(outcomes.pass_rate());
  outcomes.add(true, 1 / 0.3);
  EXPECT_TRUE(outcomes.pass_rate());
}

TEST(ReadRecorded, TakesWhatWasDecidedAndWhatCameOfIt) {
  Record record;
  record.first_ppm = {{"a", 800'000}, {"b", 200'000}};
  record.attributes = "{\"region\":\"cn-gd\",\"risk\":250000,\"vip\":true}";
  const auto recorded = read_recorded(record.stored());
  ASSERT_TRUE(recorded);
  EXPECT_EQ(recorded->seed, 18446744073709551615u);
  EXPECT_EQ(recorded->first_ppm, record.first_ppm);
  EXPECT_EQ(recorded->asked_first, "a");
  EXPECT_TRUE(recorded->has_ended);
  EXPECT_TRUE(recorded->passed);
  EXPECT_EQ(recorded->request.person.id, "person-1");
  ASSERT_EQ(recorded->request.attributes.size(), 3u);
  EXPECT_EQ(recorded->request.attributes[0].value, "cn-gd");
  EXPECT_EQ(recorded->request.attributes[1].value, "0.25");
  EXPECT_EQ(recorded->request.attributes[1].type, RequestAttribute::Type::number);
  EXPECT_EQ(recorded->request.attributes[2].value, "true");
}

TEST(ReadRecorded, PassesOnlyAtTheAccountAskedFirst) {
  Record record;
  record.served = "b";
  EXPECT_FALSE(read_recorded(record.stored())->passed);
  record = {};
  record.status = Status::expired;
  EXPECT_TRUE(read_recorded(record.stored())->has_ended);
  EXPECT_FALSE(read_recorded(record.stored())->passed);
  record.status = Status::awaiting_user;
  EXPECT_FALSE(read_recorded(record.stored())->has_ended);
  record = {};
  record.asked = "";
  record.status = Status::failed;
  EXPECT_FALSE(read_recorded(record.stored())->has_ended);
}

TEST(ReadRecorded, RefusesWhatHoldsNoDecision) {
  VerificationRecord record = Record().stored();
  record.decision.clear();
  EXPECT_EQ(read_recorded(record).error().detail(), "made before decisions were kept");
  for (const char* text : {"{", "[]", "{\"seed\":\"1\"}", "{\"seed\":1,\"plan\":[]}",
                           "{\"seed\":\"1\",\"plan\":[[\"a\"]]}"}) {
    record.decision = text;
    ASSERT_FALSE(read_recorded(record)) << text;
    EXPECT_EQ(read_recorded(record).error().detail(), "the stored decision cannot be read");
  }
}

TEST(RecordedSimulation, WeighsOutcomesByHowImprobableTheyWere) {
  Sample sample("a");
  Replay run(sample);
  Record rare;
  rare.first_ppm = {{"a", 250'000}, {"b", 750'000}};
  rare.passed = false;
  run.take({}, 40).take(rare, 20);
  const SimulatedAccount a = run.account("a");
  EXPECT_EQ(a.volume, 60);
  EXPECT_EQ(a.outcomes.count(), 60);
  EXPECT_DOUBLE_EQ(a.outcomes.effective(), 120.0 * 120 / 360);
  ASSERT_TRUE(a.outcomes.pass_rate());
  EXPECT_DOUBLE_EQ(*a.outcomes.pass_rate(), 40.0 / 120);
  EXPECT_EQ(a.without_support, 0);
}

TEST(RecordedSimulation, CountsOnlyWhoWasReallyAskedFirst) {
  Sample sample("a");
  Replay run(sample);
  Record other;
  other.asked = "b";
  other.first_ppm = {{"a", 500'000}, {"b", 500'000}};
  run.take({}, 35).take(other, 50);
  const SimulatedAccount a = run.account("a");
  EXPECT_EQ(a.volume, 85);
  EXPECT_EQ(a.outcomes.count(), 35);
  EXPECT_EQ(a.without_support, 0);
}

TEST(RecordedSimulation, SaysNothingWithoutOverlap) {
  Sample sample("[b, a]");
  Replay run(sample);
  Record never;
  never.first_ppm = {{"a", 1'000'000}, {"b", 0}};
  run.take({}, 60).take(never, 40);
  const SimulatedSide side = run.side();
  ASSERT_EQ(side.accounts.size(), 1u);
  EXPECT_EQ(side.accounts[0].volume, 100);
  EXPECT_EQ(side.accounts[0].without_support, 100);
  EXPECT_EQ(side.accounts[0].share_without_support(), 1);
  EXPECT_FALSE(side.accounts[0].outcomes.pass_rate());
  EXPECT_FALSE(side.pass_rate);
  EXPECT_FALSE(side.cost_per_pass);
  EXPECT_EQ(side.supported, 0);
}

TEST(RecordedSimulation, LeavesWhatHasNotEndedOutOfPassRatesAlone) {
  Sample sample("a");
  Replay run(sample);
  Record open;
  open.status = Status::awaiting_user;
  run.take({}, 30).take(open, 10);
  EXPECT_EQ(run.account("a").volume, 40);
  EXPECT_EQ(run.account("a").outcomes.count(), 30);
  EXPECT_EQ(run.account("a").spend.micros, 40 * 300'000);
}

TEST(RecordedSimulation, CountsAndNamesWhatIsRejected) {
  Sample sample("a", "    attributes: {channel: {values: [app, web]}}\n", {}, "", {"a"});
  Replay run(sample);
  Record unknown;
  unknown.attributes = "{\"tier\":\"gold\"}";
  Record wrong;
  wrong.attributes = "{\"channel\":\"fax\"}";
  Record unroutable;
  unroutable.checks = IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH;
  Record stranger;
  stranger.tenant = "bank";
  Record elsewhere;
  elsewhere.asked = "b";
  elsewhere.first_ppm = {{"b", 1'000'000}};
  run.take(unknown, 3).take(wrong, 2).take(unroutable, 4).take(stranger).take(elsewhere, 5);
  const SimulatedSide side = run.side();
  const std::map<std::string, std::int64_t> rejected = {
      {"attribute `tier` is unknown", 3},
      {"attribute `channel` may not have this value", 2},
      {"no route for h5 liveness+id_match", 4},
      {"tenant `bank` is unknown", 1}};
  EXPECT_EQ(side.rejected, rejected);
  EXPECT_EQ(side.lacking, (std::map<std::string, std::int64_t>{{"b", 5}}));
  EXPECT_EQ(side.routed, 5);
  EXPECT_EQ(side.accounts.at(0).without_support, 5);
}

TEST(RecordedSimulation, RejectsWhereTheTenantMayUseNobody) {
  Sample sample("a", "    data_regions: [cn]\n");
  Replay run(sample);
  run.take({}, 2);
  EXPECT_EQ(run.side().routed, 0);
  EXPECT_EQ(run.side().rejected.count("route `main` has no account that this tenant may use"), 1u);
}

TEST(RecordedSimulation, TakesEveryAccountAsHealthy) {
  Sample sample("[a, b]");
  Replay run(sample);
  for (int i = 0; i < 5; ++i) {
    OperationReport report;
    plugin::FailStep fail;
    fail.error_class = IDSW_ERROR_CREDENTIALS;
    report.end = fail;
    report.attempt.error_class = fail.error_class;
    run.traffic.begin("a", true).end(report);
  }
  ASSERT_NE(run.traffic.view(sample.setup, nullptr, "a", "shop")->now.availability,
            routing::Availability::up);
  run.take({}, 3);
  EXPECT_EQ(run.account("a").volume, 3);
}

TEST(RecordedSimulation, SpendsWhatWasLearntAndThePriceNow) {
  Sample sample("a");
  Replay run(sample);
  run.take({});
  EXPECT_EQ(run.account("a").spend.micros, 300'000);  // by the prior all end with a verdict
  Replay learnt(sample);
  Verification abandoned;
  abandoned.status = Status::expired;
  for (int i = 0; i < 20; ++i) {
    learnt.traffic.started("a", "", false, 1000);
    learnt.traffic.ended(sample.setup.accounts.at("a"), "", abandoned);
  }
  learnt.take({});
  // Twenty that nobody finished against a prior of twenty: half are expected to be charged.
  EXPECT_EQ(learnt.account("a").spend.micros, 150'000);
}

TEST(RecordedSimulation, TotalsWeighAccountsByTheirOwnVolume) {
  Sample sample("{weighted: [{weight: 50, use: a}, {weight: 50, use: b}]}");
  Replay run(sample);
  for (int i = 0; i < 400; ++i) {
    Record record;
    record.person = "person-" + std::to_string(i);
    record.first_ppm = {{"a", 500'000}, {"b", 500'000}};
    record.asked = i % 2 == 0 ? "a" : "b";
    record.passed = record.asked == "a" ? i % 10 != 0 : i % 4 == 1;
    run.take(record);
  }
  const SimulatedSide side = run.side();
  ASSERT_EQ(side.accounts.size(), 2u);
  const SimulatedAccount& a = side.accounts[0];
  const SimulatedAccount& b = side.accounts[1];
  ASSERT_TRUE(side.pass_rate && a.outcomes.pass_rate() && b.outcomes.pass_rate());
  const double expected =
      (*a.outcomes.pass_rate() * double(a.volume) + *b.outcomes.pass_rate() * double(b.volume)) /
      400;
  EXPECT_NEAR(*side.pass_rate, expected, 1e-12);
  EXPECT_GT(*a.outcomes.pass_rate(), *b.outcomes.pass_rate());
  EXPECT_EQ(side.spend.at("CNY").micros, 400 * 300'000);
  EXPECT_EQ(side.cost_per_pass->micros, std::llround(300'000 / expected));
}

TEST(RecordedSimulation, ShowsNoTotalThatSpeaksForTooFew) {
  for (const int unsupported : {5, 6}) {
    Sample sample("a");
    Replay run(sample);
    Record elsewhere;
    elsewhere.asked = "b";
    elsewhere.first_ppm = {{"b", 1'000'000}};
    run.take({}, 100 - unsupported).take(elsewhere, unsupported);
    EXPECT_EQ(run.side().pass_rate.has_value(), unsupported == 5);
    EXPECT_EQ(run.side().pass_rate.value_or(1), 1) << "of those that it speaks for all passed";
    EXPECT_DOUBLE_EQ(run.side().supported, (100.0 - unsupported) / 100);
  }
}

// Random records over a random config; the draft is the running config.
TEST(RecordedSimulationProperty, TheSameConfigGivesTheSameColumns) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    std::mt19937 random(seed);
    const std::string weight = std::to_string(1 + random() % 99);
    const std::string use = "{weighted: [{weight: " + weight +
                            ", use: [a, b]}, {weight: 30, use: {cheapest: {accounts: [b, c], "
                            "explore: 20%}}}]}";
    Sample draft_sample(use);
    Sample running_sample(use);
    Replay draft(draft_sample);
    Replay running(running_sample);
    for (int i = 0; i < 300; ++i) {
      Record record;
      record.person = "person-" + std::to_string(random() % 100);
      record.asked = std::string(1, "abc"[random() % 3]);
      record.first_ppm = {{"a", 400'000}, {"b", 350'000}, {"c", 250'000}};
      record.passed = random() % 3 != 0;
      if (random() % 10 == 0) record.attributes = "{\"none\":true}";
      draft.take(record);
      running.take(record);
    }
    SimulationReport report;
    report.draft = draft.simulation.side("one");
    report.running = running.simulation.side("one");
    SimulationReport other = report;
    std::swap(other.draft, *other.running);
    EXPECT_EQ(simulation_json(report), simulation_json(other));
    ASSERT_TRUE(report.draft.pass_rate);
    EXPECT_EQ(*report.draft.pass_rate, *report.running->pass_rate);
    EXPECT_NE(simulation_json(report).find("\"difference\":{\"routed\":0,\"spend\":\"0.00\","
                                           "\"pass_rate\":0.000000,\"cost_per_pass\":\"0.00\"}"),
              std::string::npos);
  }
}

TEST(SimulationText, NeverShowsARateWithoutData) {
  Sample sample("a");
  Replay run(sample);
  run.take({}, 12);
  SimulationReport report;
  report.requests = 12;
  report.days = 7;
  report.draft = run.side();
  const std::string text = simulation_text(report);
  EXPECT_NE(text.find("not enough data"), std::string::npos) << text;
  EXPECT_EQ(text.find("100.0 %  12"), std::string::npos) << text;
  EXPECT_NE(simulation_json(report).find("\"pass_rate\":null"), std::string::npos);
  run.take({}, 18);
  report.draft = run.side();
  EXPECT_EQ(simulation_text(report).find("not enough data"), std::string::npos)
      << simulation_text(report);
}

}  // namespace
}  // namespace idswitch::engine
