#include "experiment_watch_sample.hpp"

namespace idswitch::engine {
namespace {

// ---- pausing -----------------------------------------------------------------------------------

TEST_F(ExperimentWatching, PausesTheExperimentThatDoesHarm) {
  const auto setup = setup_of(experiment_of());
  Traffic traffic(*setup, clock_);
  meet_a_bad_variant();
  look(*setup, traffic);
  EXPECT_TRUE(is_paused(*setup, traffic));
  const auto pauses = store_->agreement().pauses();
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
  ASSERT_TRUE(after.load(*store_));
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

TEST_F(ExperimentWatching, JudgesOnlyWhatIsGuardedAndRunsAndAdmitsInAll) {
  Experiment free = experiment_of();
  free.guardrail = {};
  const auto guarded = setup_of(experiment_of());
  const auto unguarded = setup_of(free);
  Traffic traffic(*guarded, clock_);
  meet_a_bad_variant();
  int asked = 0;
  const auto count = [&] { return ++asked > 0; };
  ExperimentWatch watch(*store_, traffic, clock_);
  watch.look(*unguarded, count);
  EXPECT_EQ(asked, 1) << "one step of admission";
  const auto& experiment = unguarded->config.tenants.at("shop").experiments[0];
  EXPECT_EQ(state(*unguarded, experiment).report.arms.at(0).tally.admitted_first, 60);
  traffic.pause("shop", guarded->config.tenants.at("shop").experiments[0]);
  meet_a_bad_variant();
  watch.look(*guarded, count);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(state(*guarded, experiment).report.arms.at(0).tally.admitted_first, 120)
      << "who is open goes on while it is paused";
  EXPECT_TRUE(store_->agreement().pauses()->empty());
  traffic.resume("shop", guarded->config.tenants.at("shop").experiments[0]);
  watch.look(*guarded, count);
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(store_->agreement().pauses()->size(), 1u);
}

TEST_F(ExperimentWatching, JudgesNobodyWhoIsTooYoungHoweverBadItLooks) {
  const auto setup = setup_of(experiment_of());
  Traffic traffic(*setup, clock_);
  Met met;
  met.at_unix_ms = k_now;
  met.arm = "control";
  meet(met, 60);
  met.arm = "variant";
  met.verdict = IDSW_VERDICT_FAIL;
  meet(met, 60);
  look(*setup, traffic);
  EXPECT_FALSE(is_paused(*setup, traffic));
  const auto& experiment = setup->config.tenants.at("shop").experiments[0];
  const ExperimentState found = state(*setup, experiment);
  EXPECT_EQ(found.report.arms.at(1).tally.waiting.persons, 60) << "but it is shown";
  EXPECT_EQ(found.report.arms.at(1).tally.admitted_first, 0);
  clock_.advance(std::chrono::milliseconds(
      admission_age_ms(*setup, setup->config.tenants.at("shop"), experiment)));
  look(*setup, traffic);
  EXPECT_TRUE(is_paused(*setup, traffic));
}

TEST_F(ExperimentWatching, ReadsABoundedNumberInOneLookAndGoesOnInTheNext) {
  const auto setup = setup_of(experiment_of());
  Traffic traffic(*setup, clock_);
  constexpr int k_step = static_cast<int>(k_admission_step);
  constexpr int k_people = k_step * (k_admission_steps_per_look + 3) + 1;
  Met met;
  met.arm = "control";
  met.charged_micros = 0;
  meet(met, k_people);
  const auto& experiment = setup->config.tenants.at("shop").experiments[0];
  const auto admitted = [&] {
    return store_->agreement()
        .arms("shop", experiment.name, experiment.seed, false)
        ->admitted.at(0)
        .persons;
  };
  int asked = 0;
  ExperimentWatch watch(*store_, traffic, clock_);
  watch.look(*setup, [&] { return ++asked <= 3; });
  EXPECT_EQ(admitted(), 3 * k_step) << "told to stop";
  look(*setup, traffic);
  EXPECT_EQ(admitted(), k_people - 1);
  look(*setup, traffic);
  EXPECT_EQ(admitted(), k_people);
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
  const auto pauses = store_->agreement().pauses();
  ASSERT_EQ(pauses->size(), 1u);
  EXPECT_EQ(pauses->front().why, "by hand");
  EXPECT_EQ(pauses->front().paused_unix_ms, k_now - 1);
}

TEST_F(ExperimentWatching, StopsLookingWhenItIsToldTo) {
  const auto setup = setup_of(experiment_of());
  Traffic traffic(*setup, clock_);
  meet_a_bad_variant();
  ExperimentWatch(*store_, traffic, clock_).look(*setup, [] { return false; });
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
  EXPECT_EQ(store_->agreement().pauses()->size(), 1u);

  experiment.guardrail.pass_rate_drop_ppm = config::k_all_ppm;
  ASSERT_TRUE(resume_experiment(setup->config, *store_, traffic, setup->config.tenants.at("shop"),
                                experiment));
  EXPECT_FALSE(is_paused(*setup, traffic));
  EXPECT_TRUE(store_->agreement().pauses()->empty());
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
