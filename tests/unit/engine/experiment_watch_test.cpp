#include "experiment_watch_sample.hpp"

namespace idswitch::engine {
namespace {

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

TEST_F(ExperimentWatching, JudgesFirstVerificationsThatWereAdmittedAndCountsAllTriesApart) {
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
  admit(*setup, setup->config.tenants.at("shop").experiments[0]);
  met = {};
  met.arm = "control";
  met.at_unix_ms = k_now;
  meet(met, 2);  // too young
  met.status = Status::awaiting_user;
  met.charged_micros = 0;
  meet(met);

  const ExperimentState found = state(*setup, setup->config.tenants.at("shop").experiments[0]);
  const routing::ArmTally& control = found.report.arms.at(0).tally;
  EXPECT_EQ(control.name, "control");
  EXPECT_EQ(control.persons, 10);
  EXPECT_EQ(control.verifications, 11);
  EXPECT_EQ(control.completed, 7);
  EXPECT_EQ(control.passed, 6);
  EXPECT_EQ(control.charged_micros, 7 * 300'000 + 10'000 + 40'000);
  EXPECT_EQ(control.admitted_first, 7) << "also the open one: it is neither passed nor completed";
  EXPECT_EQ(control.completed_first, 4);
  EXPECT_EQ(control.passed_first, 3);
  EXPECT_EQ(control.charged_first_micros, 4 * 300'000 + 10'000 + 40'000);
  EXPECT_EQ(control.waiting.persons, 3);
  EXPECT_EQ(control.waiting.ended, 2);
  EXPECT_EQ(control.waiting.completed, 2);
  EXPECT_EQ(control.waiting.passed, 2);
  EXPECT_EQ(control.waiting.charged_micros, 600'000);
  EXPECT_EQ(control.charge_max_micros, 300'000);
  EXPECT_EQ(found.report.arms.at(1).tally.charge_max_micros, 600'000);
  EXPECT_EQ(control.latency_count, 7);
  EXPECT_EQ(control.latency_sum_ms, 35'000);
  EXPECT_EQ(found.admission_age_ms, 15LL * 60 * 1000);
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
    admit(*setup, setup->config.tenants.at("shop").experiments[0]);
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

}  // namespace
}  // namespace idswitch::engine
