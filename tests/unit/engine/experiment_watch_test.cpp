#include "engine/experiment_watch.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <future>

#include "engine/choice.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

using config::Arm;
using config::Experiment;
using config::Policy;

constexpr std::int64_t k_now = 1'800'000'000'000;
constexpr std::uint32_t k_h5 = IDSW_METHOD_H5;

Policy account_policy(const std::string& account) {
  Policy policy;
  policy.kind = Policy::Kind::account;
  policy.account = account;
  return policy;
}

Policy priority_policy(const std::vector<std::string>& accounts) {
  Policy policy;
  for (const std::string& one : accounts) policy.parts.push_back(account_policy(one));
  return policy;
}

config::SkuPrice flat(std::int64_t micros) {
  config::SkuPrice price;
  price.price = {micros};
  return price;
}

config::Account account_of(const std::string& name, const std::string& currency,
                           std::map<std::string, config::SkuPrice> prices) {
  config::Account account;
  account.name = name;
  account.contract.currency = currency;
  config::ContractVersion version;
  version.prices = std::move(prices);
  account.contract.versions.push_back(std::move(version));
  return account;
}

Experiment experiment_of(const std::string& name = "faces", const std::string& seed = "s1") {
  Experiment experiment;
  experiment.name = name;
  experiment.seed = seed;
  experiment.arms = {{"control", 50, account_policy("first")},
                     {"variant", 50, account_policy("second")}};
  experiment.guardrail.pass_rate_drop_ppm = 50'000;
  return experiment;
}

std::shared_ptr<Setup> setup_of(const Experiment& experiment) {
  auto setup = std::make_shared<Setup>();
  setup->config.accounts["first"] = account_of("first", "CNY", {{"check", flat(300'000)}});
  setup->config.accounts["second"] = account_of("second", "CNY", {{"check", flat(300'000)}});
  config::Tenant& tenant = setup->config.tenants["shop"];
  tenant.name = "shop";
  tenant.experiments = {experiment};
  config::Route route;
  route.name = "route-1";
  route.method = k_h5;
  route.checks = IDSW_CHECK_LIVENESS;
  route.use.kind = Policy::Kind::experiment;
  route.use.experiment = experiment.name;
  route.accounts = {"first", "second"};
  tenant.routes = {route};
  setup->facts["first"].name = "first";
  setup->facts["second"].name = "second";
  setup->tables.emplace(
      "shop",
      routing::RouteTable(tenant, [&](const std::string& name) -> const routing::AccountFacts& {
        return setup->facts.at(name);
      }));
  return setup;
}

// A store in a folder of its own, filled as a running switch would.
class ExperimentWatching : public testing::Test {
 protected:
  ExperimentWatching() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "idswitch-watch-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    open();
  }

  ~ExperimentWatching() override {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void open() {
    store_.reset();
    store::Options options;
    options.path = file();
    auto opened = store::Store::open(options);
    ASSERT_TRUE(opened) << opened.error().detail();
    store_ = std::move(*opened);
  }

  std::string file() const { return (folder_ / "store.db").string(); }

  void write(store::Batch batch) {
    std::promise<Result<store::WriteResult>> done;
    store_->write(std::move(batch),
                  [&](Result<store::WriteResult> result) { done.set_value(std::move(result)); });
    const auto written = done.get_future().get();
    ASSERT_TRUE(written) << written.error().detail();
  }

  struct Met {
    std::string arm;
    Status status = Status::completed;
    std::uint32_t verdict = IDSW_VERDICT_PASS;
    std::int64_t charged_micros = 300'000;
    std::uint64_t person = 0;  // 0 = another one than before
    std::string weights = "control=50,variant=50";
    std::string experiment = "faces";
    std::string currency = "CNY";
  };

  void meet(const Met& met, int times = 1) {
    store::Batch batch;
    for (int i = 0; i < times; ++i) {
      const std::uint64_t n = ++count_;
      VerificationRecord record;
      record.id = {(std::uint64_t{1} << 60) + n * 1000, n};
      record.verification.id = record.id.text();
      record.verification.tenant = "shop";
      record.verification.method = k_h5;
      record.verification.checks = IDSW_CHECK_LIVENESS;
      record.verification.created_unix_ms = k_now;
      record.verification.updated_unix_ms = k_now + 5'000;
      record.verification.status = met.status;
      if (met.status == Status::completed) record.verification.verdict = met.verdict;
      batch.insert(record);
      batch.expose({record.id, "shop", met.experiment, "s1", met.arm, met.weights,
                    met.person == 0 ? 1'000'000 + n : met.person, k_now});
      if (met.charged_micros == 0) continue;
      LedgerEntry entry;
      entry.verification = record.id;
      entry.tenant = "shop";
      entry.account = met.arm == "control" ? "first" : "second";
      entry.sku = "check";
      entry.dedupe_key = "check";
      entry.kind = EntryKind::capture;
      entry.amount = {met.charged_micros};
      entry.currency = met.currency;
      entry.at_unix_ms = k_now;
      batch.append(entry);
    }
    write(std::move(batch));
  }

  // Control passes, the variant does not: enough people for any guard.
  void meet_a_bad_variant(const std::string& experiment = "faces") {
    Met met;
    met.experiment = experiment;
    met.arm = "control";
    meet(met, 60);
    met.arm = "variant";
    met.verdict = IDSW_VERDICT_FAIL;
    meet(met, 60);
  }

  ExperimentState state(const engine::Setup& setup, const Experiment& experiment) {
    auto state =
        experiment_state(setup.config, setup.config.tenants.at("shop"), experiment, *store_);
    EXPECT_TRUE(state) << state.error().detail();
    return state ? *state : ExperimentState();
  }

  void look(const engine::Setup& setup, Traffic& traffic) {
    ExperimentWatch(*store_, traffic, clock_).look(setup.config, [] { return true; });
  }

  bool is_paused(const engine::Setup& setup, Traffic& traffic) {
    return traffic.paused(setup.config.tenants.at("shop")).at(0) != 0;
  }

  ManualClock clock_{k_now};
  std::unique_ptr<store::Store> store_;

 private:
  std::filesystem::path folder_;
  std::uint64_t count_ = 0;
};

// ---- weights and prices ------------------------------------------------------------------------

TEST(ExperimentWeights, AreReadBackAsTheyWereWritten) {
  Experiment experiment = experiment_of();
  experiment.arms.push_back({"a-b_2", 0, account_policy("first")});
  experiment.arms[1].weight = 1'000'000;
  const auto read = read_weights(weights_text(experiment));
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*read)[i].name, experiment.arms[i].name);
    EXPECT_EQ((*read)[i].weight, experiment.arms[i].weight);
    EXPECT_EQ((*read)[i].persons, 0);
  }
}

TEST(ExperimentWeights, ThatNobodyWroteAreAnErrorThatNamesThem) {
  for (const char* text :
       {"", "control", "control=", "=50", "control=50,", ",control=50", "control=50;variant=50",
        "control=-1", "control=1.5", "control=99999999999", "control=50 "}) {
    const auto read = read_weights(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code(), Errc::storage_failed);
    EXPECT_NE(read.error().detail().find("'" + std::string(text) + "'"), std::string::npos);
  }
}

TEST(ExperimentChargeMax, AddsTheWorstPriceOfEverySkuOfEveryAccount) {
  config::Config config;
  config::SkuPrice by_outcome = flat(100);
  by_outcome.outcomes.push_back({IDSW_VERDICT_FAIL, 0, "", {900}, {}});
  config::SkuPrice by_tier = flat(50);
  by_tier.tiers = {{10, {70}}, {20, {20}}};
  config.accounts["a"] = account_of("a", "CNY", {{"open", by_tier}, {"end", by_outcome}});
  config.accounts["b"] = account_of("b", "CNY", {{"open", flat(3)}});
  config::ContractVersion dearer;
  dearer.prices = {{"open", flat(4)}, {"new", flat(1'000)}};
  config.accounts["b"].contract.versions.push_back(dearer);

  config.accounts["c"] = account_of("c", "CNY", {{"open", flat(10'000)}});
  Policy nested;
  nested.kind = Policy::Kind::weighted;
  nested.parts = {priority_policy({"a"}), account_policy("b")};
  nested.weights = {1, 0};

  const struct {
    Policy control, variant;
    std::int64_t micros[2];
  } cases[] = {
      {account_policy("a"), account_policy("a"), {970, 970}},
      {account_policy("a"), account_policy("b"), {970, 1'974}},  // handed on to control
      {account_policy("b"), priority_policy({"a", "a"}), {1'004, 1'974}},
      {account_policy("c"), nested, {10'000, 11'974}},
  };

  for (const auto& one : cases) {
    config::Tenant tenant;
    Experiment experiment = experiment_of();
    experiment.arms[0].use = one.control;
    experiment.arms[1].use = one.variant;
    tenant.experiments = {experiment};
    for (const std::size_t arm : {0, 1}) {
      EXPECT_EQ(charge_max_micros(config, tenant, experiment, experiment.arms[arm]),
                one.micros[arm]);
    }
  }
}

TEST(ExperimentChargeMax, CountsWhomTheRoutesHandOnTo) {
  config::Config config;
  for (const auto& [name, price] : {std::pair{"a", 1}, {"b", 10}, {"c", 100}, {"d", 1'000}}) {
    config.accounts[name] = account_of(name, "CNY", {{"check", flat(price)}});
  }
  Experiment experiment = experiment_of();
  experiment.arms[0].use = experiment.arms[1].use = account_policy("a");
  Experiment other = experiment_of("other");
  other.arms[0].use = other.arms[1].use = account_policy("d");
  config::Tenant tenant;
  tenant.experiments = {experiment, other};
  const auto max = [&] {
    return charge_max_micros(config, tenant, experiment, experiment.arms[1]);
  };
  Policy to_it;
  to_it.kind = Policy::Kind::experiment;
  to_it.experiment = "faces";
  config::Route route;
  route.use.parts = {to_it, account_policy("b")};
  tenant.routes = {route};
  EXPECT_EQ(max(), 11);
  config::Route elsewhere;
  elsewhere.use = account_policy("c");
  tenant.routes.push_back(elsewhere);
  EXPECT_EQ(max(), 11) << "a route that does not lead to the experiment";
  Policy to_other = to_it;
  to_other.experiment = "other";
  tenant.routes[0].use.parts.push_back(to_other);
  EXPECT_EQ(max(), 1'011);
}

// ---- what the store has counted ----------------------------------------------------------------

TEST_F(ExperimentWatching, CountsFirstVerificationsThatEndedAndAllTriesApart) {
  const auto setup = setup_of(experiment_of());
  Met met;
  met.arm = "control";
  meet(met, 3);
  met.verdict = IDSW_VERDICT_FAIL;
  met.person = 77;
  meet(met);
  met.verdict = IDSW_VERDICT_PASS;
  meet(met);  // a second try of the same person
  met.person = 0;
  met.status = Status::failed;
  met.charged_micros = 10'000;
  meet(met);
  met.status = Status::expired;
  met.charged_micros = 0;
  meet(met);
  met.status = Status::awaiting_user;
  met.charged_micros = 40'000;
  meet(met);
  met.arm = "variant";
  met.person = 77;
  met.status = Status::completed;
  meet(met);  // crossed over

  const ExperimentState found = state(*setup, setup->config.tenants.at("shop").experiments[0]);
  const routing::ArmTally& control = found.report.arms.at(0).tally;
  EXPECT_EQ(control.name, "control");
  EXPECT_EQ(control.persons, 7);
  EXPECT_EQ(control.verifications, 8);
  EXPECT_EQ(control.completed, 5);
  EXPECT_EQ(control.passed, 4);
  EXPECT_EQ(control.charged_micros, 5 * 300'000 + 10'000 + 40'000);
  EXPECT_EQ(control.opened_first, 6);
  EXPECT_EQ(control.ended_first, 6) << "the failed one has ended, the open one has not";
  EXPECT_EQ(control.completed_first, 4);
  EXPECT_EQ(control.passed_first, 3);
  EXPECT_EQ(control.charged_first_micros, 4 * 300'000 + 10'000)
      << "the open one's do not count yet";
  EXPECT_EQ(control.charge_max_micros, 300'000);
  EXPECT_EQ(found.report.arms.at(1).tally.charge_max_micros, 600'000);
  EXPECT_EQ(control.latency_count, 5);
  EXPECT_EQ(control.latency_sum_ms, 25'000);
  EXPECT_EQ(found.crossovers, (std::vector<std::int64_t>{1, 0}));
  EXPECT_EQ(found.currency, "CNY");
  EXPECT_EQ(found.report.arms.at(1).tally.persons, 0);
  EXPECT_EQ(found.report.arms.at(1).tally.verifications, 1);
  EXPECT_FALSE(found.pause);
}

TEST_F(ExperimentWatching, MissesTheArmThatNobodyMet) {
  const auto setup = setup_of(experiment_of());
  Met met;
  met.arm = "control";
  meet(met, 400);
  const auto& experiment = setup->config.tenants.at("shop").experiments[0];
  const ExperimentState found = state(*setup, experiment);
  EXPECT_EQ(found.report.arms.at(1).tally.name, "variant");
  EXPECT_EQ(found.report.sample_ratio.degrees_of_freedom, 1);
  EXPECT_TRUE(found.report.sample_ratio.is_mismatch);
}

TEST_F(ExperimentWatching, HoldsEachPhaseAgainstItsOwnWeights) {
  const auto setup = setup_of(experiment_of());
  Met met;
  met.arm = "control";
  meet(met, 30);
  met.arm = "variant";
  meet(met, 30);
  met.weights = "control=90,variant=10";
  meet(met, 30);
  met.arm = "control";
  meet(met, 270);
  const ExperimentState found = state(*setup, setup->config.tenants.at("shop").experiments[0]);
  EXPECT_FALSE(found.report.sample_ratio.is_mismatch);
  EXPECT_EQ(found.report.sample_ratio.degrees_of_freedom, 2);
  EXPECT_NEAR(found.report.sample_ratio.chi_square, 0, 1e-9);
}

TEST_F(ExperimentWatching, SaysWhichWeightsItCannotRead) {
  const auto setup = setup_of(experiment_of());
  Met met;
  met.arm = "control";
  met.weights = "half and half";
  meet(met);
  const auto found = experiment_state(setup->config, setup->config.tenants.at("shop"),
                                      setup->config.tenants.at("shop").experiments[0], *store_);
  ASSERT_FALSE(found);
  EXPECT_NE(found.error().detail().find("'half and half'"), std::string::npos);
}

TEST_F(ExperimentWatching, HasNoCostsInSeveralCurrencies) {
  const struct {
    const char* contract;  // of the second account
    const char* charged;   // in control
    const char* says;      // nothing = there are costs
  } cases[] = {
      {"CNY", "CNY", nullptr},
      {"USD", "CNY", "contracts of the arms' accounts are in several currencies: CNY, USD."},
      {"CNY", "EUR", "charges were made in several currencies: CNY, EUR."},
  };

  for (const auto& one : cases) {
    SCOPED_TRACE(one.contract + std::string(one.charged));
    std::filesystem::remove(file());
    std::filesystem::remove(file() + "-wal");
    open();
    const auto setup = setup_of(experiment_of());
    setup->config.accounts["second"].contract.currency = one.contract;
    Met met;
    met.arm = "control";
    met.currency = one.charged;
    meet(met, 20);
    const ExperimentState found = state(*setup, setup->config.tenants.at("shop").experiments[0]);
    const routing::ArmReport& arm = found.report.arms.at(0);
    EXPECT_EQ(found.currency.empty(), one.says != nullptr);
    EXPECT_EQ(arm.cost_per_pass_interval.has_value(), one.says == nullptr);
    EXPECT_EQ(arm.tally.charged_micros, one.says == nullptr ? 6'000'000 : 0);
    if (one.says != nullptr) {
      EXPECT_NE(found.no_costs.find(one.says), std::string::npos) << found.no_costs;
    } else {
      EXPECT_EQ(found.no_costs, "");
    }
    EXPECT_DOUBLE_EQ(arm.pass_rate.value.value_or(0), 1);
    store_.reset();
  }
}

// ---- pausing -----------------------------------------------------------------------------------

TEST_F(ExperimentWatching, PausesTheExperimentThatDoesHarm) {
  const auto setup = setup_of(experiment_of());
  Traffic traffic(*setup, clock_);
  meet_a_bad_variant();
  look(*setup, traffic);
  EXPECT_TRUE(is_paused(*setup, traffic));
  const auto pauses = store_->experiment_pauses();
  ASSERT_TRUE(pauses);
  ASSERT_EQ(pauses->size(), 1u);
  EXPECT_EQ(pauses->front().tenant, "shop");
  EXPECT_EQ(pauses->front().experiment, "faces");
  EXPECT_EQ(pauses->front().seed, "s1");
  EXPECT_EQ(pauses->front().paused_unix_ms, k_now);
  EXPECT_NE(pauses->front().why.find("Guardrail pass_rate_drop"), std::string::npos);
  EXPECT_TRUE(state(*setup, setup->config.tenants.at("shop").experiments[0]).pause);
}

TEST_F(ExperimentWatching, PausesNothingThatIsNotDurable) {
  const auto setup = setup_of(experiment_of());
  Traffic traffic(*setup, clock_);
  meet_a_bad_variant();
  store_.reset();
  auto reading = store::Store::open_for_reading(file());
  ASSERT_TRUE(reading) << reading.error().detail();
  store_ = std::move(*reading);
  look(*setup, traffic);
  EXPECT_FALSE(is_paused(*setup, traffic)) << "the write failed";
  const auto& experiment = setup->config.tenants.at("shop").experiments[0];
  EXPECT_FALSE(pause_experiment(*store_, traffic, setup->config.tenants.at("shop"), experiment,
                                k_now, "why"));
  EXPECT_FALSE(is_paused(*setup, traffic));
  traffic.pause("shop", experiment);
  Experiment free = experiment_of();
  free.guardrail = {};
  const auto unguarded = setup_of(free);
  EXPECT_FALSE(resume_experiment(unguarded->config, *store_, traffic,
                                 unguarded->config.tenants.at("shop"), free));
  EXPECT_TRUE(is_paused(*setup, traffic));
}

TEST_F(ExperimentWatching, GivesEverybodyControlUncountedWhilePausedAlsoAfterARestart) {
  const auto setup = setup_of(experiment_of());
  const config::Tenant& tenant = setup->config.tenants.at("shop");
  Traffic traffic(*setup, clock_);
  const auto firsts = [&](Traffic& by, routing::Exposure::Kind kind) {
    std::array<int, 2> asked_first{};
    for (int i = 0; i < 50; ++i) {
      StartRequest request;
      request.tenant = "shop";
      request.method = k_h5;
      request.checks = IDSW_CHECK_LIVENESS;
      request.person.id = "person-" + std::to_string(i);
      auto choice = find_route(*setup, tenant, request);
      EXPECT_TRUE(choice);
      EXPECT_TRUE(decide(*setup, by, nullptr, k_now, 1, false, *choice));
      EXPECT_EQ(choice->decision.plan.exposure.kind, kind);
      ++asked_first.at(choice->decision.plan.candidates.front().account);
    }
    return asked_first;
  };
  const auto running = firsts(traffic, routing::Exposure::Kind::counted);
  EXPECT_GT(running[0], 10);
  EXPECT_GT(running[1], 10);
  meet_a_bad_variant();
  look(*setup, traffic);
  EXPECT_EQ(firsts(traffic, routing::Exposure::Kind::paused), (std::array<int, 2>{50, 0}));
  open();
  Traffic after(*setup, clock_);
  ASSERT_TRUE(after.load(*store_, *setup));
  EXPECT_EQ(firsts(after, routing::Exposure::Kind::paused), (std::array<int, 2>{50, 0}));
}

TEST_F(ExperimentWatching, LetsRunWhatNobodyGuardsAndWhatDoesNoHarm) {
  meet_a_bad_variant();
  Experiment experiment = experiment_of();
  experiment.guardrail = {};
  const auto unguarded = setup_of(experiment);
  Traffic traffic(*unguarded, clock_);
  look(*unguarded, traffic);
  EXPECT_FALSE(is_paused(*unguarded, traffic));
  experiment.guardrail.completion_rate_drop_ppm = 50'000;  // everybody completes
  const auto unharmed = setup_of(experiment);
  look(*unharmed, traffic);
  EXPECT_FALSE(is_paused(*unharmed, traffic));
  const auto reseeded = setup_of(experiment_of("faces", "s2"));
  look(*reseeded, traffic);
  EXPECT_FALSE(is_paused(*reseeded, traffic)) << "a new seed counts from zero";
}

TEST_F(ExperimentWatching, ReadsOnlyWhatIsGuardedAndRuns) {
  Experiment free = experiment_of();
  free.guardrail = {};
  const auto guarded = setup_of(experiment_of());
  const auto unguarded = setup_of(free);
  Traffic traffic(*guarded, clock_);
  int asked = 0;
  const auto count = [&] { return ++asked > 0; };
  ExperimentWatch watch(*store_, traffic, clock_);
  watch.look(unguarded->config, count);
  EXPECT_EQ(asked, 0);
  watch.look(guarded->config, count);
  EXPECT_EQ(asked, 1);
  traffic.pause("shop", guarded->config.tenants.at("shop").experiments[0]);
  watch.look(guarded->config, count);
  EXPECT_EQ(asked, 1);
}

TEST(ExperimentPauses, AreKnownByTenantNameAndSeed) {
  const std::vector<store::ExperimentPause> pauses = {{"shop", "faces", "s1", 1, "why"}};
  EXPECT_TRUE(find_pause(pauses, "shop", experiment_of()));
  EXPECT_FALSE(find_pause(pauses, "bank", experiment_of()));
  EXPECT_FALSE(find_pause(pauses, "shop", experiment_of("voices")));
  EXPECT_FALSE(find_pause(pauses, "shop", experiment_of("faces", "s2")));
}

TEST_F(ExperimentWatching, LeavesAPausedOneAsItIs) {
  const auto setup = setup_of(experiment_of());
  Traffic traffic(*setup, clock_);
  const auto& experiment = setup->config.tenants.at("shop").experiments[0];
  ASSERT_TRUE(pause_experiment(*store_, traffic, setup->config.tenants.at("shop"), experiment,
                               k_now - 1, "by hand"));
  EXPECT_TRUE(is_paused(*setup, traffic));
  meet_a_bad_variant();
  look(*setup, traffic);
  ASSERT_TRUE(pause_experiment(*store_, traffic, setup->config.tenants.at("shop"), experiment,
                               k_now, "again"));
  const auto pauses = store_->experiment_pauses();
  ASSERT_EQ(pauses->size(), 1u);
  EXPECT_EQ(pauses->front().why, "by hand");
  EXPECT_EQ(pauses->front().paused_unix_ms, k_now - 1);
}

TEST_F(ExperimentWatching, StopsLookingWhenItIsToldTo) {
  const auto setup = setup_of(experiment_of());
  Traffic traffic(*setup, clock_);
  meet_a_bad_variant();
  ExperimentWatch(*store_, traffic, clock_).look(setup->config, [] { return false; });
  EXPECT_FALSE(is_paused(*setup, traffic));
}

TEST_F(ExperimentWatching, GoesOnToTheNextWhenOneCannotBeRead) {
  const auto setup = setup_of(experiment_of());
  auto& experiments = setup->config.tenants.at("shop").experiments;
  experiments.insert(experiments.begin(), experiment_of("broken"));
  Traffic traffic(*setup, clock_);
  Met met;
  met.arm = "control";
  met.experiment = "broken";
  met.weights = "?";
  meet(met);
  meet_a_bad_variant();
  look(*setup, traffic);
  EXPECT_EQ(traffic.paused(setup->config.tenants.at("shop")), (std::vector<std::uint8_t>{0, 1}));
}

// ---- resuming ----------------------------------------------------------------------------------

TEST_F(ExperimentWatching, ResumesOnlyWhatItsGuardrailWouldLetRun) {
  const auto setup = setup_of(experiment_of());
  Traffic traffic(*setup, clock_);
  auto& experiment = setup->config.tenants.at("shop").experiments[0];
  meet_a_bad_variant();
  look(*setup, traffic);
  const auto refused = resume_experiment(setup->config, *store_, traffic,
                                         setup->config.tenants.at("shop"), experiment);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::conflict);
  EXPECT_NE(refused.error().detail().find("Guardrail pass_rate_drop"), std::string::npos);
  EXPECT_TRUE(is_paused(*setup, traffic));
  EXPECT_EQ(store_->experiment_pauses()->size(), 1u);

  experiment.guardrail.pass_rate_drop_ppm = config::k_all_ppm;
  ASSERT_TRUE(resume_experiment(setup->config, *store_, traffic, setup->config.tenants.at("shop"),
                                experiment));
  EXPECT_FALSE(is_paused(*setup, traffic));
  EXPECT_TRUE(store_->experiment_pauses()->empty());
  look(*setup, traffic);
  EXPECT_FALSE(is_paused(*setup, traffic));
  EXPECT_TRUE(resume_experiment(setup->config, *store_, traffic, setup->config.tenants.at("shop"),
                                experiment))
      << "what runs may be told to run";
}

TEST(ExperimentRest, IsTenSecondsOrTwentyTimesTheLook) {
  using namespace std::chrono_literals;
  EXPECT_EQ(rest_after(0s), 10s);
  EXPECT_EQ(rest_after(500ms), 10s);
  EXPECT_EQ(rest_after(501ms), 10020ms);
  EXPECT_EQ(rest_after(3s), 60s);
}

}  // namespace
}  // namespace idswitch::engine
