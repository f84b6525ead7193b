#include "routing/breaker.hpp"

#include <gtest/gtest.h>

#include <random>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::routing {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime k_now{1'800'000'000s};
constexpr std::uint32_t k_class = IDSW_ERROR_UNAVAILABLE;

// window 30 s, 5 in a row or half of 20, open for 10 s up to 300 s, ramp 30 s, trip 600 s.
const config::Breaker k_config;

void fail(Breaker& breaker, int count, SteadyTime now = k_now) {
  for (int i = 0; i < count; ++i) breaker.failure(now, breaker.began(), k_class);
}

void succeed(Breaker& breaker, int count, SteadyTime now = k_now) {
  for (int i = 0; i < count; ++i) breaker.success(now, breaker.began());
}

Availability at(const Breaker& breaker, SteadyTime now) {
  return breaker.view(now).availability;
}

// Opens it and has the given number of probes fail. Returns when the last one failed.
SteadyTime fail_probes(Breaker& breaker, int count) {
  fail(breaker, 5);
  SteadyTime now = k_now;
  for (int i = 0; i < count; ++i) {
    now = *breaker.view(now).until;
    EXPECT_EQ(at(breaker, now), Availability::probing);
    breaker.failure(now, breaker.begin_probe(now), k_class);
  }
  return now;
}

TEST(Breaker, BeginsUp) {
  const Breaker breaker(k_config);
  EXPECT_EQ(at(breaker, k_now), Availability::up);
  EXPECT_EQ(breaker.view(k_now).share_ppm, config::k_all_ppm);
  EXPECT_EQ(breaker.opened_count(), 0u);
  EXPECT_TRUE(breaker.opened_reason().empty());
}

TEST(Breaker, OpensAfterFailuresInARow) {
  Breaker breaker(k_config);
  fail(breaker, 4);
  EXPECT_EQ(at(breaker, k_now), Availability::up);
  succeed(breaker, 1);
  fail(breaker, 4);
  EXPECT_EQ(at(breaker, k_now), Availability::up);
  fail(breaker, 1);
  EXPECT_EQ(at(breaker, k_now), Availability::open);
  EXPECT_EQ(breaker.view(k_now).until, k_now + 10'000ms);
  EXPECT_EQ(breaker.opened_count(), 1u);
  EXPECT_EQ(breaker.opened_reason(), "5 failures in a row, the last one unavailable");
}

TEST(Breaker, OpensAtTheFailureRateWithEnoughVolume) {
  Breaker breaker(k_config);
  for (int i = 0; i < 9; ++i) {
    fail(breaker, 1);
    succeed(breaker, 1);
  }
  fail(breaker, 1);
  EXPECT_EQ(at(breaker, k_now), Availability::up);  // 10 of 19: too few
  fail(breaker, 1);
  EXPECT_EQ(at(breaker, k_now), Availability::open);
  EXPECT_EQ(breaker.opened_reason(), "11 of 20 operations failed, the last one unavailable");
}

TEST(Breaker, BearsFailuresBelowTheRate) {
  Breaker breaker(k_config);
  for (int i = 0; i < 200; ++i) {
    succeed(breaker, 2, k_now + i * 100ms);
    fail(breaker, 1, k_now + i * 100ms);
  }
  EXPECT_EQ(at(breaker, k_now + 20'000ms), Availability::up);
}

TEST(Breaker, ForgetsWhatIsOlderThanTheWindow) {
  // Failures, then as many successes, so that only their age decides whether the next two open.
  for (const auto later : {20'000ms, 30'000ms, 1'000'000ms}) {
    SCOPED_TRACE(later.count());
    Breaker breaker(k_config);
    for (int i = 0; i < 3; ++i) {
      fail(breaker, 4);
      succeed(breaker, 1);
    }
    const SteadyTime now = k_now + later;
    succeed(breaker, 3, now);
    fail(breaker, 2, now);
    EXPECT_EQ(at(breaker, now), later < 30s ? Availability::open : Availability::up);
  }
}

TEST(Breaker, ForgetsASliceOfTheWindowAtATime) {
  Breaker breaker(k_config);
  for (int i = 0; i < 3; ++i) {
    fail(breaker, 4);
    succeed(breaker, 1);
  }
  SteadyTime now = k_now;
  for (int i = 0; i < 11; ++i) succeed(breaker, 1, now += 3'000ms);
  fail(breaker, 4, now);
  EXPECT_EQ(at(breaker, now), Availability::up);  // 4 of 14, no longer 16 of 30
}

TEST(Breaker, WithZeroesDoesNotOpenForFailures) {
  config::Breaker config;
  config.consecutive_failures = 0;
  config.failure_rate_ppm = 0;
  Breaker breaker(config);
  fail(breaker, 1'000);
  EXPECT_EQ(at(breaker, k_now), Availability::up);
}

TEST(Breaker, LetsOneProbeThroughAtATime) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  EXPECT_EQ(at(breaker, k_now + 9'999ms), Availability::open);
  EXPECT_EQ(at(breaker, k_now + 10'000ms), Availability::probing);
  const Breaker::Began probe = breaker.begin_probe(k_now + 10'000ms);
  EXPECT_NE(probe.probe, 0u);
  EXPECT_EQ(at(breaker, k_now + 10'000ms), Availability::open);
  EXPECT_EQ(breaker.view(k_now + 10'000ms).until, k_now + 20'000ms);
  breaker.success(k_now + 11'000ms, probe);
  EXPECT_EQ(at(breaker, k_now + 11'000ms), Availability::ramping);
}

TEST(Breaker, GivesUpAProbeThatNeverReports) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  const Breaker::Began lost = breaker.begin_probe(k_now + 10'000ms);
  EXPECT_EQ(at(breaker, k_now + 19'999ms), Availability::open);
  EXPECT_EQ(at(breaker, k_now + 20'000ms), Availability::probing);
  const Breaker::Began next = breaker.begin_probe(k_now + 20'000ms);
  EXPECT_NE(next.probe, lost.probe);
  // It is late and another one is under way: that one decides.
  breaker.failure(k_now + 21'000ms, lost, k_class);
  EXPECT_EQ(breaker.opened_count(), 1u);
  breaker.no_answer(lost);
  EXPECT_EQ(at(breaker, k_now + 21'000ms), Availability::open);
  breaker.success(k_now + 22'000ms, next);
  EXPECT_EQ(at(breaker, k_now + 22'000ms), Availability::ramping);
}

TEST(Breaker, BelievesALateSuccessOfAProbe) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  const Breaker::Began slow = breaker.begin_probe(k_now + 10'000ms);
  breaker.begin_probe(k_now + 20'000ms);
  breaker.success(k_now + 21'000ms, slow);
  EXPECT_EQ(at(breaker, k_now + 21'000ms), Availability::ramping);
}

TEST(Breaker, AProbeWithoutAnAnswerMakesRoomForTheNext) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  breaker.no_answer(breaker.begin_probe(k_now + 10'000ms));
  EXPECT_EQ(at(breaker, k_now + 10'000ms), Availability::probing);
  EXPECT_EQ(breaker.opened_count(), 1u);
}

TEST(Breaker, DoublesTheTimeWithEachFailedProbe) {
  const std::chrono::milliseconds lengths[] = {10s, 20s, 40s, 80s, 160s, 300s, 300s};
  for (int probes = 0; probes < 7; ++probes) {
    SCOPED_TRACE(probes);
    Breaker breaker(k_config);
    const SteadyTime now = fail_probes(breaker, probes);
    EXPECT_EQ(*breaker.view(now).until - now, lengths[probes]);
    EXPECT_EQ(breaker.opened_count(), static_cast<std::uint64_t>(probes + 1));
  }
}

TEST(Breaker, AnOldEpochChangesNothing) {
  Breaker breaker(k_config);
  const Breaker::Began old = breaker.began();
  fail(breaker, 5);
  for (const SteadyTime now : {k_now + 1ms, k_now + 10'000ms}) {
    breaker.success(now, old);
    breaker.failure(now, old, k_class);
  }
  EXPECT_EQ(at(breaker, k_now + 9'999ms), Availability::open);
  EXPECT_EQ(breaker.opened_count(), 1u);
  const Breaker::Began probe = breaker.begin_probe(k_now + 10'000ms);
  breaker.success(k_now + 10'001ms, old);
  EXPECT_EQ(at(breaker, k_now + 10'001ms), Availability::open);
  breaker.failure(k_now + 10'002ms, probe, k_class);
  for (int i = 0; i < 20; ++i) breaker.failure(k_now + 10'003ms, probe, k_class);
  EXPECT_EQ(breaker.view(k_now + 10'003ms).until, k_now + 30'002ms);
  EXPECT_EQ(breaker.opened_count(), 2u);
}

TEST(Breaker, FailuresFromBeforeTheRampDoNotCountInIt) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  const Breaker::Began last_resort = breaker.began();
  breaker.success(k_now + 10'000ms, breaker.begin_probe(k_now + 10'000ms));
  for (int i = 0; i < 20; ++i) breaker.failure(k_now + 10'001ms, last_resort, k_class);
  EXPECT_EQ(at(breaker, k_now + 10'001ms), Availability::ramping);
}

TEST(Breaker, ALastResortMayCloseItButNotMakeItLonger) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  fail(breaker, 50, k_now + 5'000ms);
  EXPECT_EQ(breaker.view(k_now + 5'000ms).until, k_now + 10'000ms);
  succeed(breaker, 1, k_now + 6'000ms);
  EXPECT_EQ(at(breaker, k_now + 6'000ms), Availability::ramping);
}

TEST(Breaker, RampsLinearlyFromATenthToAll) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  const SteadyTime begin = k_now + 10'000ms;
  breaker.success(begin, breaker.begin_probe(begin));

  struct Row {
    std::chrono::milliseconds after;
    std::uint32_t share_ppm;
  };

  for (const Row& row : {Row{0ms, 100'000}, Row{1ms, 100'030}, Row{10s, 400'000}, Row{15s, 550'000},
                         Row{29'999ms, 999'970}}) {
    SCOPED_TRACE(row.after.count());
    EXPECT_EQ(at(breaker, begin + row.after), Availability::ramping);
    EXPECT_EQ(breaker.view(begin + row.after).share_ppm, row.share_ppm);
  }
  EXPECT_EQ(at(breaker, begin + 30'000ms), Availability::up);
  EXPECT_EQ(breaker.view(begin + 30'000ms).share_ppm, config::k_all_ppm);
}

TEST(Breaker, WithoutARampIsUpAtOnce) {
  config::Breaker config;
  config.ramp = std::chrono::milliseconds(0);
  Breaker breaker(config);
  fail(breaker, 5);
  breaker.success(k_now + 10'000ms, breaker.begin_probe(k_now + 10'000ms));
  EXPECT_EQ(at(breaker, k_now + 10'000ms), Availability::up);
}

TEST(Breaker, FailuresWhileRampingOpenItSoonerAndForLonger) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  const SteadyTime begin = k_now + 10'000ms;
  breaker.success(begin, breaker.begin_probe(begin));
  fail(breaker, 2, begin + 1ms);
  EXPECT_EQ(at(breaker, begin + 1ms), Availability::ramping);
  fail(breaker, 1, begin + 2ms);
  EXPECT_EQ(at(breaker, begin + 2ms), Availability::open);
  EXPECT_EQ(breaker.view(begin + 2ms).until, begin + 2ms + 20'000ms);
  EXPECT_EQ(breaker.opened_reason(),
            "3 failures in a row while it was coming back, the last one unavailable");
}

TEST(Breaker, AWholeRampForgetsTheDoubling) {
  Breaker breaker(k_config);
  SteadyTime now = fail_probes(breaker, 3);
  now = *breaker.view(now).until;
  breaker.success(now, breaker.begin_probe(now));
  now += 30'000ms;
  fail(breaker, 4, now);
  EXPECT_EQ(at(breaker, now), Availability::up);  // the patience is whole again, too
  fail(breaker, 1, now);
  EXPECT_EQ(breaker.view(now).until, now + 10'000ms);
}

TEST(Breaker, TripsAndIsProbedAfterwards) {
  for (const std::uint32_t error_class :
       {std::uint32_t{IDSW_ERROR_CREDENTIALS}, std::uint32_t{IDSW_ERROR_ACCOUNT_SUSPENDED},
        std::uint32_t{IDSW_ERROR_QUOTA_EXHAUSTED}}) {
    SCOPED_TRACE(error_class);
    Breaker breaker(k_config);
    breaker.trip(k_now, breaker.began(), error_class);
    EXPECT_EQ(at(breaker, k_now + 599'999ms), Availability::tripped);
    EXPECT_EQ(breaker.view(k_now).error_class, error_class);
    EXPECT_EQ(breaker.view(k_now).until, k_now + 600'000ms);
    EXPECT_EQ(at(breaker, k_now + 600'000ms), Availability::probing);
    EXPECT_EQ(breaker.view(k_now + 600'000ms).error_class, 0u);
    const Breaker::Began probe = breaker.begin_probe(k_now + 600'000ms);
    EXPECT_EQ(at(breaker, k_now + 600'000ms), Availability::tripped);
    breaker.trip(k_now + 600'001ms, probe, error_class);
    EXPECT_EQ(breaker.view(k_now + 600'001ms).until, k_now + 1'200'001ms);
  }
}

TEST(Breaker, ATripIsNotMadeLongerByWhatWasUnderWay) {
  Breaker breaker(k_config);
  const Breaker::Began old = breaker.began();
  breaker.trip(k_now, old, IDSW_ERROR_CREDENTIALS);
  breaker.trip(k_now + 5'000ms, old, IDSW_ERROR_CREDENTIALS);
  breaker.trip(k_now + 6'000ms, breaker.began(), IDSW_ERROR_CREDENTIALS);
  EXPECT_EQ(breaker.view(k_now + 6'000ms).until, k_now + 600'000ms);
  EXPECT_EQ(breaker.opened_count(), 1u);
}

TEST(Breaker, AnOldTripIsNewsOnlyToOneThatIsOpen) {
  Breaker breaker(k_config);
  const Breaker::Began old = breaker.began();
  fail(breaker, 5);
  const Breaker twin = breaker;
  breaker.trip(k_now + 1ms, old, IDSW_ERROR_QUOTA_EXHAUSTED);
  EXPECT_EQ(at(breaker, k_now + 1ms), Availability::tripped);

  Breaker back = twin;
  const Breaker::Began probe = back.begin_probe(k_now + 10'000ms);
  back.trip(k_now + 10'000ms, old, IDSW_ERROR_QUOTA_EXHAUSTED);
  back.success(k_now + 10'001ms, probe);
  EXPECT_EQ(at(back, k_now + 10'001ms), Availability::ramping);
  back.trip(k_now + 10'002ms, old, IDSW_ERROR_QUOTA_EXHAUSTED);
  EXPECT_EQ(at(back, k_now + 10'002ms), Availability::ramping);
}

TEST(Breaker, IsProbedAtOnceWhenSomebodyMendedTheAccount) {
  Breaker breaker(k_config);
  breaker.trip(k_now, breaker.began(), IDSW_ERROR_CREDENTIALS);
  breaker.probe_now(k_now + 1'000ms);
  EXPECT_EQ(at(breaker, k_now + 1'000ms), Availability::probing);
  breaker.trip(k_now + 1'001ms, breaker.begin_probe(k_now + 1'000ms), IDSW_ERROR_CREDENTIALS);
  EXPECT_EQ(breaker.view(k_now + 1'001ms).until, k_now + 601'001ms);
  Breaker closed(k_config);
  closed.probe_now(k_now);
  EXPECT_EQ(at(closed, k_now), Availability::up);
}

TEST(Breaker, ThrottlingIsBesideEverythingElse) {
  Breaker breaker(k_config);
  breaker.throttle(k_now + 4'000ms);
  breaker.throttle(k_now + 2'000ms);
  EXPECT_EQ(at(breaker, k_now + 3'999ms), Availability::throttled);
  EXPECT_EQ(breaker.view(k_now).until, k_now + 4'000ms);
  EXPECT_EQ(at(breaker, k_now + 4'000ms), Availability::up);
  EXPECT_EQ(breaker.opened_count(), 0u);
  fail(breaker, 5);
  EXPECT_EQ(at(breaker, k_now + 3'999ms), Availability::throttled);
  EXPECT_EQ(at(breaker, k_now + 4'000ms), Availability::open);
}

TEST(Breaker, KeepsItsStateWhenReconfigured) {
  Breaker breaker(k_config);
  fail(breaker, 4);
  config::Breaker config = k_config;
  config.trip_for = std::chrono::seconds(60);
  config.window = std::chrono::seconds(10);
  breaker.reconfigure(config);
  fail(breaker, 1);
  EXPECT_EQ(at(breaker, k_now), Availability::open);
  config.open_for = std::chrono::seconds(3);
  breaker.reconfigure(config);
  EXPECT_EQ(breaker.view(k_now).until, k_now + 3'000ms);
  breaker.trip(k_now, breaker.began(), IDSW_ERROR_CREDENTIALS);
  EXPECT_EQ(breaker.view(k_now).until, k_now + 60'000ms);
}

// Whatever happens in whatever order: an open breaker never lets two probes run, it is never open
// for longer than configured, and it comes back once the vendor works.
TEST(Breaker, NeverGetsStuck) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    Breaker breaker(k_config);
    std::vector<Breaker::Began> running;
    SteadyTime now = k_now;
    for (int step = 0; step < 400; ++step) {
      now += std::chrono::milliseconds(random() % 4'000);
      const Breaker::View view = breaker.view(now);
      ASSERT_LE(view.until.value_or(now), now + 600'000ms);
      const bool probing = view.availability == Availability::probing;
      if (probing) {
        running.push_back(breaker.begin_probe(now));
        ASSERT_NE(at(breaker, now), Availability::probing);
      } else {
        running.push_back(breaker.began());
      }
      const std::size_t pick = random() % running.size();
      const Breaker::Began began = running[pick];
      switch (random() % 8) {
        case 0: breaker.trip(now, began, IDSW_ERROR_CREDENTIALS); break;
        case 1: breaker.success(now, began); break;
        case 2: breaker.no_answer(began); break;
        case 3: break;  // lost
        default: breaker.failure(now, began, k_class); break;
      }
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(pick));
      ASSERT_GE(breaker.view(now).share_ppm, 100'000u);
      ASSERT_LE(breaker.view(now).share_ppm, config::k_all_ppm);
    }
    now += 600'000ms;
    if (at(breaker, now) == Availability::probing) breaker.success(now, breaker.begin_probe(now));
    EXPECT_EQ(at(breaker, now + 30'000ms), Availability::up);
  }
}

}  // namespace
}  // namespace idswitch::routing
