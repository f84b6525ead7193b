#include "routing/account_health.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::routing {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime k_now{70'000s};
constexpr std::int64_t k_wall_ms = 1'800'000'000'000;  // when it is k_now

config::Limits limits(std::uint32_t concurrency_max = 0, std::uint32_t starts_per_second = 0,
                      std::uint32_t starts_burst = 0) {
  config::Limits limits;
  limits.concurrency_max = concurrency_max;
  limits.starts_per_second = starts_per_second;
  limits.starts_burst = starts_burst;
  return limits;
}

AccountHealth healthy() {
  return AccountHealth(config::Breaker{}, limits());
}

const OutcomeOfAttempt k_worked{true, 0, 0, true};

OutcomeOfAttempt failed(std::uint32_t error_class, std::int64_t retry_after_ms = 0) {
  return {false, error_class, retry_after_ms, true};
}

AccountNow seen(const AccountHealth& health, SteadyTime now) {
  AccountNow account;
  health.now_view({now, k_wall_ms + (now - k_now).count()}, account);
  return account;
}

// Until when it says that it is not asked, as an instant.
SteadyTime until(const AccountHealth& health, SteadyTime now) {
  return k_now + std::chrono::milliseconds(seen(health, now).until_unix_ms - k_wall_ms);
}

Availability at(const AccountHealth& health, SteadyTime now) {
  return seen(health, now).availability;
}

// One operation from begin to end, within a moment.
void operate(AccountHealth& health, SteadyTime now, const OutcomeOfAttempt& outcome,
             bool last_resort = false) {
  const Permit permit = health.try_begin(now, last_resort);
  ASSERT_TRUE(permit.granted()) << static_cast<int>(permit.refusal);
  health.end(permit, now, outcome);
}

Permit follow_up(AccountHealth& health, SteadyTime now, std::uint64_t verification = 1) {
  return health.begin_follow_up(now, OperationKind::follow_up, verification);
}

void open(AccountHealth& health, SteadyTime now = k_now) {
  for (int i = 0; i < 5; ++i) operate(health, now, failed(IDSW_ERROR_UNAVAILABLE));
}

TEST(AccountHealth, TakesEachOutcomeForWhatItMeans) {
  struct Row {
    OutcomeOfAttempt outcome;
    Availability after_one, after_five;
  };

  constexpr Availability k_up = Availability::up;
  constexpr Availability k_open = Availability::open;
  constexpr Availability k_tripped = Availability::tripped;
  constexpr Availability k_throttled = Availability::throttled;
  const Row rows[] = {
      {k_worked, k_up, k_up},
      {failed(IDSW_ERROR_INVALID_REQUEST), k_up, k_up},
      {failed(IDSW_ERROR_UNSUPPORTED), k_up, k_up},
      {failed(IDSW_ERROR_CREDENTIALS), k_tripped, k_tripped},
      {failed(IDSW_ERROR_ACCOUNT_SUSPENDED), k_tripped, k_tripped},
      {failed(IDSW_ERROR_QUOTA_EXHAUSTED), k_tripped, k_tripped},
      {failed(IDSW_ERROR_THROTTLED), k_throttled, k_throttled},
      {failed(IDSW_ERROR_THROTTLED, 7'000), k_throttled, k_throttled},
      {failed(IDSW_ERROR_UNAVAILABLE), k_up, k_open},
      {failed(IDSW_ERROR_UNKNOWN_OUTCOME), k_up, k_open},
      {failed(IDSW_ERROR_PROTOCOL), k_up, k_open},
      {failed(0), k_up, k_open},
      {{true, IDSW_ERROR_CREDENTIALS, 0, true}, k_tripped, k_tripped},
      {{true, IDSW_ERROR_ACCOUNT_SUSPENDED, 0, true}, k_tripped, k_tripped},
      {{true, IDSW_ERROR_QUOTA_EXHAUSTED, 0, true}, k_tripped, k_tripped},
      {{true, IDSW_ERROR_UNAVAILABLE, 0, true}, k_up, k_up},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(testing::Message() << row.outcome.worked << " " << row.outcome.error_class);
    AccountHealth health = healthy();
    std::vector<Permit> permits;
    for (int i = 0; i < 5; ++i) permits.push_back(health.try_begin(k_now, false));
    health.end(permits[0], k_now, row.outcome);
    EXPECT_EQ(at(health, k_now), row.after_one);
    for (int i = 1; i < 5; ++i)
      health.end(permits[static_cast<std::size_t>(i)], k_now, row.outcome);
    EXPECT_EQ(at(health, k_now), row.after_five);
    EXPECT_EQ(health.in_flight(), 0u);
    const bool has_opened = row.after_five == k_open || row.after_five == k_tripped;
    EXPECT_EQ(health.opened_count(), has_opened ? 1u : 0u);
    EXPECT_EQ(health.last_opened(), has_opened ? std::optional(k_now) : std::nullopt);
    EXPECT_EQ(health.last_opened_reason().empty(), !has_opened);
  }
}

TEST(AccountHealth, AVendorThatAnswersBreaksTheRowOfFailures) {
  for (const std::uint32_t error_class :
       {std::uint32_t{IDSW_ERROR_INVALID_REQUEST}, std::uint32_t{IDSW_ERROR_UNSUPPORTED}}) {
    AccountHealth health = healthy();
    for (int i = 0; i < 4; ++i) operate(health, k_now, failed(IDSW_ERROR_UNAVAILABLE));
    operate(health, k_now, failed(error_class));
    for (int i = 0; i < 4; ++i) operate(health, k_now, failed(IDSW_ERROR_UNAVAILABLE));
    EXPECT_EQ(at(health, k_now), Availability::up);
  }
}

TEST(AccountHealth, RefusesWithTheReason) {
  AccountHealth opened = healthy();
  open(opened);
  EXPECT_EQ(opened.try_begin(k_now, false).refusal, Refusal::open);

  AccountHealth tripped = healthy();
  operate(tripped, k_now, failed(IDSW_ERROR_CREDENTIALS));
  EXPECT_EQ(tripped.try_begin(k_now, false).refusal, Refusal::tripped);
  EXPECT_EQ(seen(tripped, k_now).error_class, std::uint32_t{IDSW_ERROR_CREDENTIALS});
  EXPECT_EQ(until(tripped, k_now), k_now + 600'000ms);

  AccountHealth throttled = healthy();
  operate(throttled, k_now, failed(IDSW_ERROR_THROTTLED));
  EXPECT_EQ(throttled.try_begin(k_now, false).refusal, Refusal::throttled);

  AccountHealth full(config::Breaker{}, limits(1));
  EXPECT_TRUE(full.try_begin(k_now, false).granted());
  EXPECT_TRUE(seen(full, k_now).is_full);
  EXPECT_EQ(full.try_begin(k_now, false).refusal, Refusal::full);

  AccountHealth over_rate(config::Breaker{}, limits(0, 1, 1));
  EXPECT_FALSE(seen(over_rate, k_now).is_over_rate);
  EXPECT_TRUE(over_rate.try_begin(k_now, false).granted());
  EXPECT_TRUE(seen(over_rate, k_now).is_over_rate);
  EXPECT_EQ(over_rate.try_begin(k_now, false).refusal, Refusal::over_rate);
  EXPECT_TRUE(over_rate.try_begin(k_now + 1'000ms, false).granted());
}

TEST(AccountHealth, ARefusalTakesNothing) {
  AccountHealth health(config::Breaker{}, limits(1, 1, 2));
  const Permit running = health.try_begin(k_now, false);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(health.try_begin(k_now, false).refusal, Refusal::full);
  EXPECT_EQ(health.in_flight(), 1u);
  health.end(running, k_now, k_worked);
  EXPECT_TRUE(health.try_begin(k_now, false).granted());

  AccountHealth opened(config::Breaker{}, limits(0, 1, 1));
  for (int i = 0; i < 5; ++i) {
    const Permit permit = opened.try_begin(k_now + i * 1'000ms, false);
    opened.end(permit, k_now + i * 1'000ms, failed(IDSW_ERROR_UNAVAILABLE));
  }
  EXPECT_EQ(opened.try_begin(k_now + 10'000ms, false).refusal, Refusal::open);
  const Permit probe = opened.try_begin(k_now + 14'000ms, false);
  EXPECT_TRUE(probe.granted());
  EXPECT_TRUE(probe.is_probe());
}

TEST(AccountHealth, ALastResortPassesTheBreakerAndNothingElse) {
  AccountHealth opened = healthy();
  open(opened);
  EXPECT_TRUE(opened.try_begin(k_now, true).granted());

  AccountHealth tripped = healthy();
  operate(tripped, k_now, failed(IDSW_ERROR_QUOTA_EXHAUSTED));
  EXPECT_TRUE(tripped.try_begin(k_now, true).granted());
  operate(tripped, k_now, k_worked, true);
  EXPECT_EQ(at(tripped, k_now), Availability::ramping);

  AccountHealth throttled = healthy();
  open(throttled);
  operate(throttled, k_now, failed(IDSW_ERROR_THROTTLED), true);
  EXPECT_EQ(throttled.try_begin(k_now, true).refusal, Refusal::throttled);

  AccountHealth full(config::Breaker{}, limits(1));
  open(full);
  EXPECT_TRUE(full.try_begin(k_now, true).granted());
  EXPECT_EQ(full.try_begin(k_now, true).refusal, Refusal::full);

  AccountHealth over_rate(config::Breaker{}, limits(0, 1, 5));
  open(over_rate);
  EXPECT_EQ(over_rate.try_begin(k_now, true).refusal, Refusal::over_rate);
}

TEST(AccountHealth, LetsOneProbeThrough) {
  AccountHealth health = healthy();
  open(health);
  const SteadyTime now = k_now + 10'000ms;
  EXPECT_EQ(at(health, now), Availability::probing);
  const Permit probe = health.try_begin(now, false);
  EXPECT_TRUE(probe.is_probe());
  EXPECT_EQ(health.try_begin(now, false).refusal, Refusal::open);
  health.end(probe, now, k_worked);
  EXPECT_EQ(at(health, now), Availability::ramping);
  EXPECT_EQ(seen(health, now).share_ppm, 100'000u);
  EXPECT_FALSE(health.try_begin(now, false).is_probe());
}

TEST(AccountHealth, AProbeThatSaysNothingMakesRoomForTheNext) {
  AccountHealth health = healthy();
  open(health);
  SteadyTime now = k_now + 10'000ms;
  health.cancel(health.try_begin(now, false));
  EXPECT_EQ(at(health, now), Availability::probing);
  operate(health, now, failed(IDSW_ERROR_THROTTLED));
  now += 1s;
  EXPECT_EQ(at(health, now), Availability::probing);
  EXPECT_EQ(health.opened_count(), 1u);
}

TEST(AccountHealth, ACancelledOperationLeavesNoTrace) {
  AccountHealth health(config::Breaker{}, limits(1, 1, 1));
  for (int i = 0; i < 10; ++i) {
    const Permit permit = health.try_begin(k_now, false);
    ASSERT_TRUE(permit.granted());
    health.cancel(permit);
  }
  EXPECT_EQ(health.in_flight(), 0u);
}

TEST(AccountHealth, WhatWasNotSentDoesNotCountAgainstTheRate) {
  AccountHealth health(config::Breaker{}, limits(0, 1, 1));
  operate(health, k_now, {false, IDSW_ERROR_UNAVAILABLE, 0, false});
  EXPECT_FALSE(seen(health, k_now).is_over_rate);
  operate(health, k_now, {false, IDSW_ERROR_UNAVAILABLE, 0, true});
  EXPECT_TRUE(seen(health, k_now).is_over_rate);
}

TEST(AccountHealth, HonoursRetryAfterWithoutCutting) {
  AccountHealth health = healthy();
  std::vector<Permit> permits;
  for (int i = 0; i < 8; ++i) permits.push_back(health.try_begin(k_now, false));
  health.end(permits[0], k_now, failed(IDSW_ERROR_THROTTLED, 7'000));
  health.end(permits[1], k_now, failed(IDSW_ERROR_THROTTLED, 5'000));
  EXPECT_EQ(until(health, k_now), k_now + 7'000ms);
  EXPECT_FALSE(seen(health, k_now).is_full);
  EXPECT_EQ(at(health, k_now + 7'000ms), Availability::up);
  operate(health, k_now + 7'000ms, failed(IDSW_ERROR_THROTTLED, 86'400'000'000));
  EXPECT_EQ(until(health, k_now + 7'000ms), k_now + 7'000ms + 1h);
}

TEST(AccountHealth, CutsTheConcurrencyWhenTheVendorNamesNoTime) {
  AccountHealth health = healthy();
  std::vector<Permit> permits;
  for (int i = 0; i < 8; ++i) permits.push_back(health.try_begin(k_now, false));
  for (int i = 0; i < 2; ++i)
    health.end(permits[static_cast<std::size_t>(i)], k_now, failed(IDSW_ERROR_THROTTLED));
  EXPECT_TRUE(seen(health, k_now).is_full);  // six are left, and 3/4 of eight are six
  health.end(permits[2], k_now, k_worked);
  EXPECT_FALSE(seen(health, k_now).is_full);
}

TEST(AccountHealth, DoublesItsOwnPauseWhileThatRepeats) {
  AccountHealth health = healthy();
  SteadyTime now = k_now;
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    operate(health, now, failed(IDSW_ERROR_THROTTLED));
    EXPECT_EQ(until(health, now), now + pause);
    now += pause;
    EXPECT_EQ(at(health, now), Availability::up);
  }
  operate(health, now, k_worked);
  operate(health, now, failed(IDSW_ERROR_THROTTLED));
  EXPECT_EQ(until(health, now), now + 1'000ms);
}

TEST(AccountHealth, OneJamIsOnePause) {
  AccountHealth health = healthy();
  std::vector<Permit> permits;
  for (int i = 0; i < 20; ++i) permits.push_back(health.try_begin(k_now, false));
  for (int i = 0; i < 19; ++i) {
    health.end(permits[static_cast<std::size_t>(i)], k_now + i * 10ms,
               failed(IDSW_ERROR_THROTTLED));
  }
  EXPECT_EQ(until(health, k_now + 180ms), k_now + 1'000ms);
  // One of the same jam that worked does not say that it is over.
  health.end(permits[19], k_now + 500ms, k_worked);
  operate(health, k_now + 1'000ms, failed(IDSW_ERROR_THROTTLED));
  EXPECT_EQ(until(health, k_now + 1'000ms), k_now + 3'000ms);
}

TEST(AccountHealth, KeepsItsStateWhenReconfigured) {
  AccountHealth health(config::Breaker{}, limits(4, 1, 6));
  open(health);
  const Permit running = health.try_begin(k_now, true);
  config::Breaker breaker;
  breaker.open_for = std::chrono::seconds(20);
  health.reconfigure(breaker, limits(1, 1, 10));
  EXPECT_EQ(at(health, k_now), Availability::open);
  EXPECT_EQ(until(health, k_now), k_now + 20'000ms);
  EXPECT_TRUE(seen(health, k_now).is_full);
  EXPECT_TRUE(seen(health, k_now).is_over_rate);
  EXPECT_EQ(health.opened_count(), 1u);
  health.end(running, k_now, k_worked);
  EXPECT_EQ(at(health, k_now), Availability::ramping);
}

TEST(AccountHealth, IsProbedAtOnceWhenSomebodyMendedTheAccount) {
  AccountHealth health = healthy();
  operate(health, k_now, failed(IDSW_ERROR_CREDENTIALS));
  EXPECT_EQ(health.last_opened_reason(), "the vendor refused the account: credentials");
  health.probe_now(k_now + 1ms);
  EXPECT_EQ(at(health, k_now + 1ms), Availability::probing);
}

// What is shown follows the wall clock, what is measured does not.
TEST(AccountHealth, LastsAsLongWhateverTheWallClockIsSetTo) {
  struct Row {
    const char* what;
    OutcomeOfAttempt outcome;
    std::chrono::milliseconds length;
  };

  const Row rows[] = {
      {"breaker", failed(IDSW_ERROR_UNAVAILABLE), 10s},
      {"trip", failed(IDSW_ERROR_CREDENTIALS), 600s},
      {"Retry-After of a 429", failed(IDSW_ERROR_THROTTLED, 7'000), 7s},
      {"our own pause", failed(IDSW_ERROR_THROTTLED), 1s},
  };
  for (const Row& row : rows) {
    for (const std::int64_t set_by_ms : {-86'400'000, -3'600'000, 0, 3'600'000, 86'400'000}) {
      SCOPED_TRACE(testing::Message() << row.what << " " << set_by_ms);
      AccountHealth health = healthy();
      std::vector<Permit> permits;
      for (int i = 0; i < 5; ++i) permits.push_back(health.try_begin(k_now, false));
      for (const Permit& permit : permits) health.end(permit, k_now, row.outcome);
      const std::int64_t set_ms = k_wall_ms + set_by_ms;
      AccountNow shown;
      health.now_view({k_now, set_ms}, shown);
      EXPECT_EQ(shown.until_unix_ms, set_ms + row.length.count());
      EXPECT_FALSE(health.try_begin(k_now + row.length - 1ms, false).granted());
      health.now_view({k_now + row.length, set_ms + row.length.count()}, shown);
      EXPECT_TRUE(health.try_begin(k_now + row.length, false).granted());
    }
  }
}

TEST(AccountHealth, TimesThatAreALittleOutOfOrderAreReadAsTheLatest) {
  AccountHealth health = healthy();
  open(health);
  for (int i = 0; i < 1'000; ++i) {
    health.cancel(follow_up(health, k_now - 500ms));
    health.cancel(follow_up(health, k_now));
  }
  EXPECT_EQ(at(health, k_now + 9'999ms), Availability::open);
  EXPECT_EQ(at(health, k_now + 10'000ms), Availability::probing);
}

// Whatever the order of operations and results: what is in flight is what was granted and has not
// come back, the limit holds for starts, and the view foretells what try_begin does.
TEST(AccountHealth, ViewAndPermitsAgree) {
  std::mt19937_64 random(17);
  AccountHealth health(config::Breaker{}, limits(8, 8, 3));
  std::vector<Permit> running;
  SteadyTime now = k_now;
  std::array<int, 6> refused{};
  for (int step = 0; step < 50'000; ++step) {
    now += std::chrono::milliseconds(random() % 200);
    const AccountNow before = seen(health, now);
    const Permit permit = health.try_begin(now, false);
    const bool free = !before.is_full && !before.is_over_rate;
    switch (before.availability) {
      case Availability::up:
      case Availability::ramping: EXPECT_EQ(permit.granted(), free); break;
      case Availability::probing:
        EXPECT_EQ(permit.granted(), free);
        EXPECT_EQ(permit.is_probe(), free);
        break;
      case Availability::open: EXPECT_EQ(permit.refusal, Refusal::open); break;
      case Availability::tripped: EXPECT_EQ(permit.refusal, Refusal::tripped); break;
      case Availability::throttled: EXPECT_EQ(permit.refusal, Refusal::throttled); break;
    }
    ++refused[static_cast<std::size_t>(permit.refusal)];
    if (permit.granted()) running.push_back(permit);
    ASSERT_LE(health.in_flight(), 8u);
    if (!running.empty() && random() % 16 < 7) {
      const std::size_t pick = random() % running.size();
      const bool worked = random() % 10 < 7;
      const auto error_class =
          static_cast<std::uint32_t>(random() % 200 == 0 ? 3 : 6 + random() % 3);
      health.end(running[pick], now, worked ? k_worked : failed(error_class));
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(pick));
    }
    ASSERT_EQ(health.in_flight(), running.size());
  }
  for (const int count : refused) EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace idswitch::routing
