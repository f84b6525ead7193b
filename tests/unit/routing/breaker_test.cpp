#include "routing/breaker.hpp"

#include <gtest/gtest.h>

#include <random>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::routing {
namespace {

constexpr std::int64_t k_now = 1'800'000'000'000;
constexpr std::uint32_t k_class = IDSW_ERROR_UNAVAILABLE;

// window 30 s, 5 in a row or half of 20, open for 10 s up to 300 s, ramp 30 s, trip 600 s.
const config::Breaker k_config;

void fail(Breaker& breaker, int count, std::int64_t now_ms = k_now) {
  for (int i = 0; i < count; ++i) breaker.failure(now_ms, breaker.began(), k_class);
}

void succeed(Breaker& breaker, int count, std::int64_t now_ms = k_now) {
  for (int i = 0; i < count; ++i) breaker.success(now_ms, breaker.began());
}

Availability at(const Breaker& breaker, std::int64_t now_ms) {
  return breaker.view(now_ms).availability;
}

// Opens it and has the given number of probes fail. Returns when the last one failed.
std::int64_t fail_probes(Breaker& breaker, int count) {
  fail(breaker, 5);
  std::int64_t now = k_now;
  for (int i = 0; i < count; ++i) {
    now = breaker.view(now).until_ms;
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
  EXPECT_EQ(breaker.view(k_now).until_ms, k_now + 10'000);
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
    succeed(breaker, 2, k_now + i * 100);
    fail(breaker, 1, k_now + i * 100);
  }
  EXPECT_EQ(at(breaker, k_now + 20'000), Availability::up);
}

TEST(Breaker, ForgetsWhatIsOlderThanTheWindow) {
  // Failures, then as many successes, so that only their age decides whether the next two open.
  for (const std::int64_t later_ms : {20'000, 30'000, 1'000'000}) {
    SCOPED_TRACE(later_ms);
    Breaker breaker(k_config);
    for (int i = 0; i < 3; ++i) {
      fail(breaker, 4);
      succeed(breaker, 1);
    }
    const std::int64_t now = k_now + later_ms;
    succeed(breaker, 3, now);
    fail(breaker, 2, now);
    EXPECT_EQ(at(breaker, now), later_ms < 30'000 ? Availability::open : Availability::up);
  }
}

TEST(Breaker, ForgetsASliceOfTheWindowAtATime) {
  Breaker breaker(k_config);
  for (int i = 0; i < 3; ++i) {
    fail(breaker, 4);
    succeed(breaker, 1);
  }
  std::int64_t now = k_now;
  for (int i = 0; i < 11; ++i) succeed(breaker, 1, now += 3'000);
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
  EXPECT_EQ(at(breaker, k_now + 9'999), Availability::open);
  EXPECT_EQ(at(breaker, k_now + 10'000), Availability::probing);
  const Breaker::Began probe = breaker.begin_probe(k_now + 10'000);
  EXPECT_NE(probe.probe, 0u);
  EXPECT_EQ(at(breaker, k_now + 10'000), Availability::open);
  EXPECT_EQ(breaker.view(k_now + 10'000).until_ms, k_now + 20'000);
  breaker.success(k_now + 11'000, probe);
  EXPECT_EQ(at(breaker, k_now + 11'000), Availability::ramping);
}

TEST(Breaker, GivesUpAProbeThatNeverReports) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  const Breaker::Began lost = breaker.begin_probe(k_now + 10'000);
  EXPECT_EQ(at(breaker, k_now + 19'999), Availability::open);
  EXPECT_EQ(at(breaker, k_now + 20'000), Availability::probing);
  const Breaker::Began next = breaker.begin_probe(k_now + 20'000);
  EXPECT_NE(next.probe, lost.probe);
  // It is late and another one is under way: that one decides.
  breaker.failure(k_now + 21'000, lost, k_class);
  EXPECT_EQ(breaker.opened_count(), 1u);
  breaker.no_answer(lost);
  EXPECT_EQ(at(breaker, k_now + 21'000), Availability::open);
  breaker.success(k_now + 22'000, next);
  EXPECT_EQ(at(breaker, k_now + 22'000), Availability::ramping);
}

TEST(Breaker, BelievesALateSuccessOfAProbe) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  const Breaker::Began slow = breaker.begin_probe(k_now + 10'000);
  breaker.begin_probe(k_now + 20'000);
  breaker.success(k_now + 21'000, slow);
  EXPECT_EQ(at(breaker, k_now + 21'000), Availability::ramping);
}

TEST(Breaker, AProbeWithoutAnAnswerMakesRoomForTheNext) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  breaker.no_answer(breaker.begin_probe(k_now + 10'000));
  EXPECT_EQ(at(breaker, k_now + 10'000), Availability::probing);
  EXPECT_EQ(breaker.opened_count(), 1u);
}

TEST(Breaker, DoublesTheTimeWithEachFailedProbe) {
  const std::int64_t lengths[] = {10'000, 20'000, 40'000, 80'000, 160'000, 300'000, 300'000};
  for (int probes = 0; probes < 7; ++probes) {
    SCOPED_TRACE(probes);
    Breaker breaker(k_config);
    const std::int64_t now = fail_probes(breaker, probes);
    EXPECT_EQ(breaker.view(now).until_ms - now, lengths[probes]);
    EXPECT_EQ(breaker.opened_count(), static_cast<std::uint64_t>(probes + 1));
  }
}

TEST(Breaker, AnOldEpochChangesNothing) {
  Breaker breaker(k_config);
  const Breaker::Began old = breaker.began();
  fail(breaker, 5);
  for (const std::int64_t now : {k_now + 1, k_now + 10'000}) {
    breaker.success(now, old);
    breaker.failure(now, old, k_class);
  }
  EXPECT_EQ(at(breaker, k_now + 9'999), Availability::open);
  EXPECT_EQ(breaker.opened_count(), 1u);
  const Breaker::Began probe = breaker.begin_probe(k_now + 10'000);
  breaker.success(k_now + 10'001, old);
  EXPECT_EQ(at(breaker, k_now + 10'001), Availability::open);
  breaker.failure(k_now + 10'002, probe, k_class);
  for (int i = 0; i < 20; ++i) breaker.failure(k_now + 10'003, probe, k_class);
  EXPECT_EQ(breaker.view(k_now + 10'003).until_ms, k_now + 30'002);
  EXPECT_EQ(breaker.opened_count(), 2u);
}

TEST(Breaker, FailuresFromBeforeTheRampDoNotCountInIt) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  const Breaker::Began last_resort = breaker.began();
  breaker.success(k_now + 10'000, breaker.begin_probe(k_now + 10'000));
  for (int i = 0; i < 20; ++i) breaker.failure(k_now + 10'001, last_resort, k_class);
  EXPECT_EQ(at(breaker, k_now + 10'001), Availability::ramping);
}

TEST(Breaker, ALastResortMayCloseItButNotMakeItLonger) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  fail(breaker, 50, k_now + 5'000);
  EXPECT_EQ(breaker.view(k_now + 5'000).until_ms, k_now + 10'000);
  succeed(breaker, 1, k_now + 6'000);
  EXPECT_EQ(at(breaker, k_now + 6'000), Availability::ramping);
}

TEST(Breaker, RampsLinearlyFromATenthToAll) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  const std::int64_t begin = k_now + 10'000;
  breaker.success(begin, breaker.begin_probe(begin));

  struct Row {
    std::int64_t after_ms;
    std::uint32_t share_ppm;
  };

  for (const Row& row : {Row{0, 100'000}, Row{1, 100'030}, Row{10'000, 400'000},
                         Row{15'000, 550'000}, Row{29'999, 999'970}}) {
    SCOPED_TRACE(row.after_ms);
    EXPECT_EQ(at(breaker, begin + row.after_ms), Availability::ramping);
    EXPECT_EQ(breaker.view(begin + row.after_ms).share_ppm, row.share_ppm);
  }
  EXPECT_EQ(at(breaker, begin + 30'000), Availability::up);
  EXPECT_EQ(breaker.view(begin + 30'000).share_ppm, config::k_all_ppm);
}

TEST(Breaker, WithoutARampIsUpAtOnce) {
  config::Breaker config;
  config.ramp = std::chrono::milliseconds(0);
  Breaker breaker(config);
  fail(breaker, 5);
  breaker.success(k_now + 10'000, breaker.begin_probe(k_now + 10'000));
  EXPECT_EQ(at(breaker, k_now + 10'000), Availability::up);
}

TEST(Breaker, FailuresWhileRampingOpenItSoonerAndForLonger) {
  Breaker breaker(k_config);
  fail(breaker, 5);
  const std::int64_t begin = k_now + 10'000;
  breaker.success(begin, breaker.begin_probe(begin));
  fail(breaker, 2, begin + 1);
  EXPECT_EQ(at(breaker, begin + 1), Availability::ramping);
  fail(breaker, 1, begin + 2);
  EXPECT_EQ(at(breaker, begin + 2), Availability::open);
  EXPECT_EQ(breaker.view(begin + 2).until_ms, begin + 2 + 20'000);
  EXPECT_EQ(breaker.opened_reason(),
            "3 failures in a row while it was coming back, the last one unavailable");
}

TEST(Breaker, AWholeRampForgetsTheDoubling) {
  Breaker breaker(k_config);
  std::int64_t now = fail_probes(breaker, 3);
  now = breaker.view(now).until_ms;
  breaker.success(now, breaker.begin_probe(now));
  now += 30'000;
  fail(breaker, 4, now);
  EXPECT_EQ(at(breaker, now), Availability::up);  // the patience is whole again, too
  fail(breaker, 1, now);
  EXPECT_EQ(breaker.view(now).until_ms, now + 10'000);
}

TEST(Breaker, TripsAndIsProbedAfterwards) {
  for (const std::uint32_t error_class :
       {std::uint32_t{IDSW_ERROR_CREDENTIALS}, std::uint32_t{IDSW_ERROR_ACCOUNT_SUSPENDED},
        std::uint32_t{IDSW_ERROR_QUOTA_EXHAUSTED}}) {
    SCOPED_TRACE(error_class);
    Breaker breaker(k_config);
    breaker.trip(k_now, breaker.began(), error_class);
    EXPECT_EQ(at(breaker, k_now + 599'999), Availability::tripped);
    EXPECT_EQ(breaker.view(k_now).error_class, error_class);
    EXPECT_EQ(breaker.view(k_now).until_ms, k_now + 600'000);
    EXPECT_EQ(at(breaker, k_now + 600'000), Availability::probing);
    EXPECT_EQ(breaker.view(k_now + 600'000).error_class, 0u);
    const Breaker::Began probe = breaker.begin_probe(k_now + 600'000);
    EXPECT_EQ(at(breaker, k_now + 600'000), Availability::tripped);
    breaker.trip(k_now + 600'001, probe, error_class);
    EXPECT_EQ(breaker.view(k_now + 600'001).until_ms, k_now + 1'200'001);
  }
}

TEST(Breaker, ATripIsNotMadeLongerByWhatWasUnderWay) {
  Breaker breaker(k_config);
  const Breaker::Began old = breaker.began();
  breaker.trip(k_now, old, IDSW_ERROR_CREDENTIALS);
  breaker.trip(k_now + 5'000, old, IDSW_ERROR_CREDENTIALS);
  breaker.trip(k_now + 6'000, breaker.began(), IDSW_ERROR_CREDENTIALS);
  EXPECT_EQ(breaker.view(k_now + 6'000).until_ms, k_now + 600'000);
  EXPECT_EQ(breaker.opened_count(), 1u);
}

TEST(Breaker, AnOldTripIsNewsOnlyToOneThatIsOpen) {
  Breaker breaker(k_config);
  const Breaker::Began old = breaker.began();
  fail(breaker, 5);
  const Breaker twin = breaker;
  breaker.trip(k_now + 1, old, IDSW_ERROR_QUOTA_EXHAUSTED);
  EXPECT_EQ(at(breaker, k_now + 1), Availability::tripped);

  Breaker back = twin;
  const Breaker::Began probe = back.begin_probe(k_now + 10'000);
  back.trip(k_now + 10'000, old, IDSW_ERROR_QUOTA_EXHAUSTED);
  back.success(k_now + 10'001, probe);
  EXPECT_EQ(at(back, k_now + 10'001), Availability::ramping);
  back.trip(k_now + 10'002, old, IDSW_ERROR_QUOTA_EXHAUSTED);
  EXPECT_EQ(at(back, k_now + 10'002), Availability::ramping);
}

TEST(Breaker, IsProbedAtOnceWhenSomebodyMendedTheAccount) {
  Breaker breaker(k_config);
  breaker.trip(k_now, breaker.began(), IDSW_ERROR_CREDENTIALS);
  breaker.probe_now(k_now + 1'000);
  EXPECT_EQ(at(breaker, k_now + 1'000), Availability::probing);
  breaker.trip(k_now + 1'001, breaker.begin_probe(k_now + 1'000), IDSW_ERROR_CREDENTIALS);
  EXPECT_EQ(breaker.view(k_now + 1'001).until_ms, k_now + 601'001);
  Breaker closed(k_config);
  closed.probe_now(k_now);
  EXPECT_EQ(at(closed, k_now), Availability::up);
}

TEST(Breaker, ThrottlingIsBesideEverythingElse) {
  Breaker breaker(k_config);
  breaker.throttle(k_now + 4'000);
  breaker.throttle(k_now + 2'000);
  EXPECT_EQ(at(breaker, k_now + 3'999), Availability::throttled);
  EXPECT_EQ(breaker.view(k_now).until_ms, k_now + 4'000);
  EXPECT_EQ(at(breaker, k_now + 4'000), Availability::up);
  EXPECT_EQ(breaker.opened_count(), 0u);
  fail(breaker, 5);
  EXPECT_EQ(at(breaker, k_now + 3'999), Availability::throttled);
  EXPECT_EQ(at(breaker, k_now + 4'000), Availability::open);
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
  EXPECT_EQ(breaker.view(k_now).until_ms, k_now + 3'000);
  breaker.trip(k_now, breaker.began(), IDSW_ERROR_CREDENTIALS);
  EXPECT_EQ(breaker.view(k_now).until_ms, k_now + 60'000);
}

// Whatever happens in whatever order: an open breaker never lets two probes run, it is never open
// for longer than configured, and it comes back once the vendor works.
TEST(Breaker, NeverGetsStuck) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    Breaker breaker(k_config);
    std::vector<Breaker::Began> running;
    std::int64_t now = k_now;
    for (int step = 0; step < 400; ++step) {
      now += static_cast<std::int64_t>(random() % 4'000);
      const Breaker::View view = breaker.view(now);
      ASSERT_LE(view.until_ms, now + 600'000);
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
    now += 600'000;
    if (at(breaker, now) == Availability::probing) breaker.success(now, breaker.begin_probe(now));
    EXPECT_EQ(at(breaker, now + 30'000), Availability::up);
  }
}

}  // namespace
}  // namespace idswitch::routing
