// What asking for results and submitting do to an account's health, and what they do not.

#include <gtest/gtest.h>

#include <vector>

#include "idswitch/abi/vocabulary.h"
#include "routing/account_health.hpp"

namespace idswitch::routing {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime k_now{70'000s};

const OutcomeOfAttempt k_worked{true, 0, 0, true};

OutcomeOfAttempt failed(std::uint32_t error_class, std::int64_t retry_after_ms = 0) {
  return {false, error_class, retry_after_ms, true};
}

AccountNow seen(const AccountHealth& health, SteadyTime now) {
  AccountNow account;
  health.now_view({now, 0}, account);
  return account;
}

Permit follow_up(AccountHealth& health, SteadyTime now, std::uint64_t verification) {
  return health.begin_follow_up(now, OperationKind::follow_up, verification);
}

void start(AccountHealth& health, SteadyTime now, const OutcomeOfAttempt& outcome) {
  const Permit permit = health.try_begin(now, true);
  ASSERT_TRUE(permit.granted());
  health.end(permit, now, outcome);
}

// False: it was refused.
bool ask(AccountHealth& health, SteadyTime now, std::uint64_t verification,
         const OutcomeOfAttempt& outcome) {
  const Permit permit = follow_up(health, now, verification);
  if (permit.granted()) health.end(permit, now, outcome);
  return permit.granted();
}

void fail_asking(AccountHealth& health, SteadyTime now, int verifications) {
  for (int i = 1; i <= verifications; ++i) {
    ASSERT_TRUE(ask(health, now, static_cast<std::uint64_t>(i), failed(IDSW_ERROR_PROTOCOL)));
  }
}

// Ten minutes of ten starts a second that all fail, beside so many results that can be fetched.
struct Outage {
  int starts_sent = 0;
  std::uint64_t opened = 0;
};

Outage outage(int results_in_a_second) {
  AccountHealth health({}, {});
  Outage seen_of;
  std::uint64_t verification = 0;
  for (int ms = 0; ms < 600'000; ms += 10) {
    const SteadyTime now = k_now + std::chrono::milliseconds(ms);
    if (results_in_a_second > 0 && ms % (1'000 / results_in_a_second) == 0) {
      ask(health, now, ++verification, k_worked);
    }
    if (ms % 100 != 0) continue;
    // As decide(): while it comes back, only its share of the requests.
    const AccountNow account = seen(health, now);
    const auto draw = static_cast<std::uint32_t>(ms / 100 * 7'919 % 1'000) * 1'000;
    if (account.availability == Availability::ramping && draw >= account.share_ppm) continue;
    const Permit permit = health.try_begin(now, false);
    if (!permit.granted()) continue;
    ++seen_of.starts_sent;
    health.end(permit, now, failed(IDSW_ERROR_UNAVAILABLE));
  }
  seen_of.opened = health.opened_count();
  return seen_of;
}

TEST(FollowUpHealth, ResultsThatCanBeFetchedDoNotHideStartsThatFail) {
  const Outage alone = outage(0);
  EXPECT_LT(alone.starts_sent, 60);
  for (const int results : {1, 10, 20, 100}) {
    SCOPED_TRACE(results);
    const Outage beside = outage(results);
    EXPECT_LE(beside.starts_sent * 10, alone.starts_sent * 11);
    EXPECT_GE(beside.starts_sent * 10, alone.starts_sent * 9);
    EXPECT_EQ(beside.opened, alone.opened);
    RecordProperty("starts_sent_beside_" + std::to_string(results), beside.starts_sent);
  }
  RecordProperty("starts_sent_alone", alone.starts_sent);
}

TEST(FollowUpHealth, OnlyAStartClosesTheBreakerOfStarts) {
  AccountHealth health({}, {});
  for (int i = 0; i < 5; ++i) start(health, k_now, failed(IDSW_ERROR_UNAVAILABLE));
  for (const SteadyTime now : {k_now, k_now + 9'999ms, k_now + 10s}) {
    for (std::uint64_t i = 1; i < 50; ++i) ask(health, now, i, k_worked);
    EXPECT_NE(seen(health, now).availability, Availability::up);
    EXPECT_NE(seen(health, now).availability, Availability::ramping);
  }
  start(health, k_now + 10s, k_worked);
  EXPECT_EQ(seen(health, k_now + 10s).availability, Availability::ramping);
}

TEST(FollowUpHealth, ResultsThatCannotBeFetchedLeaveStartsAlone) {
  AccountHealth health({}, {});
  fail_asking(health, k_now, 5);
  EXPECT_EQ(follow_up(health, k_now, 6).refusal, Refusal::open);
  EXPECT_EQ(health.follow_up_refusal(k_now, OperationKind::follow_up), Refusal::open);
  EXPECT_EQ(health.last_opened_reason(),
            "5 failures in a row, the last one protocol (asking for results)");
  EXPECT_EQ(seen(health, k_now).availability, Availability::up);
  EXPECT_TRUE(health.begin_follow_up(k_now, OperationKind::submit, 1).granted());
  // One probe at a time, and the first that works lets all the others in.
  const Permit probe = follow_up(health, k_now + 10s, 6);
  EXPECT_TRUE(probe.is_probe());
  EXPECT_EQ(follow_up(health, k_now + 10s, 7).refusal, Refusal::open);
  health.end(probe, k_now + 10s, k_worked);
  EXPECT_TRUE(follow_up(health, k_now + 10s, 7).granted());
}

// At night one session that can never be read closed the account for everybody.
TEST(FollowUpHealth, OneSessionThatCannotBeReadIsOneFailure) {
  AccountHealth health({}, {});
  for (int second = 0; second < 3'600; ++second) {
    ASSERT_TRUE(ask(health, k_now + std::chrono::seconds(second), 1, failed(IDSW_ERROR_PROTOCOL)));
  }
  EXPECT_EQ(health.opened_count(), 0u);
  EXPECT_EQ(health.availability(k_now + 1h, OperationKind::follow_up), Availability::up);
}

TEST(FollowUpHealth, OneSessionThatCannotBeReadIsOneFailureAMinuteBesideOthers) {
  config::Breaker breaker;
  breaker.consecutive_failures = 1'000;
  breaker.window = 1h;
  AccountHealth health(breaker, {});
  // 60 failures of the one against 60 of others that work, had each counted.
  for (int second = 0; second < 60; ++second) {
    const SteadyTime now = k_now + std::chrono::seconds(second);
    ASSERT_TRUE(ask(health, now, 1, failed(IDSW_ERROR_PROTOCOL)));
    ASSERT_TRUE(ask(health, now, static_cast<std::uint64_t>(second) + 2, k_worked));
  }
  EXPECT_EQ(health.opened_count(), 0u);
}

TEST(FollowUpHealth, ASessionThatCannotBeReadDoesNotDoubleThePause) {
  AccountHealth health({}, {});
  fail_asking(health, k_now, 5);
  // It is the probe, each time, for a minute.
  for (int probe = 1; probe <= 5; ++probe) {
    const SteadyTime now = k_now + probe * 10s;
    EXPECT_EQ(follow_up(health, now - 1ms, 1).refusal, Refusal::open);
    ASSERT_TRUE(ask(health, now, 1, failed(IDSW_ERROR_PROTOCOL))) << probe;
  }
  EXPECT_EQ(health.opened_count(), 1u);
}

TEST(FollowUpHealth, TripsAndPausesHoldForTheAccount) {
  AccountHealth refused({}, {});
  ask(refused, k_now, 1, failed(IDSW_ERROR_CREDENTIALS));
  EXPECT_EQ(seen(refused, k_now).availability, Availability::tripped);
  EXPECT_EQ(refused.opened_count(), 1u);

  AccountHealth suspended({}, {});
  start(suspended, k_now, failed(IDSW_ERROR_ACCOUNT_SUSPENDED));
  EXPECT_EQ(follow_up(suspended, k_now, 1).refusal, Refusal::tripped);
  EXPECT_TRUE(follow_up(suspended, k_now + 600s, 1).granted());

  // What was opened before can be asked about, until that is refused as well.
  AccountHealth used_up({}, {});
  start(used_up, k_now, failed(IDSW_ERROR_QUOTA_EXHAUSTED));
  EXPECT_TRUE(ask(used_up, k_now, 1, failed(IDSW_ERROR_QUOTA_EXHAUSTED)));
  EXPECT_EQ(follow_up(used_up, k_now, 1).refusal, Refusal::tripped);

  AccountHealth paused({}, {});
  ask(paused, k_now, 1, failed(IDSW_ERROR_THROTTLED, 7'000));
  EXPECT_EQ(paused.try_begin(k_now, true).refusal, Refusal::throttled);
  EXPECT_EQ(follow_up(paused, k_now, 1).refusal, Refusal::throttled);
  EXPECT_EQ(paused.begin_follow_up(k_now, OperationKind::submit, 1).refusal, Refusal::throttled);
  EXPECT_TRUE(follow_up(paused, k_now + 7s, 1).granted());
}

TEST(FollowUpHealth, AVendorThatIsDownIsBelievedForFiveMinutesAtMost) {
  const std::pair<std::int64_t, std::chrono::milliseconds> rows[] = {
      {0, 0s}, {4'000, 4s}, {86'400'000, 300s}};
  for (const auto& [asked_ms, length] : rows) {
    SCOPED_TRACE(asked_ms);
    AccountHealth health({}, {});
    start(health, k_now, failed(IDSW_ERROR_UNAVAILABLE, asked_ms));
    if (length > 0s) {
      EXPECT_EQ(health.try_begin(k_now + length - 1ms, true).refusal, Refusal::throttled);
    }
    EXPECT_TRUE(health.try_begin(k_now + length, true).granted());
  }
}

TEST(FollowUpHealth, HasLimitsOfItsOwn) {
  config::Limits limits;
  limits.concurrency_max = 1;
  limits.follow_ups = {2, 3};
  AccountHealth health({}, limits);
  ASSERT_TRUE(health.try_begin(k_now, false).granted());
  const Permit first = follow_up(health, k_now, 1);
  ASSERT_TRUE(first.granted());
  ASSERT_TRUE(follow_up(health, k_now, 2).granted());
  EXPECT_EQ(follow_up(health, k_now, 3).refusal, Refusal::full);
  EXPECT_EQ(health.in_flight(), 3u);
  EXPECT_EQ(health.follow_ups_in_flight(), 2u);
  health.end(first, k_now, k_worked);
  const Permit third = follow_up(health, k_now, 3);
  ASSERT_TRUE(third.granted());
  health.end(third, k_now, k_worked);
  EXPECT_EQ(follow_up(health, k_now, 4).refusal, Refusal::over_rate);
  EXPECT_TRUE(follow_up(health, k_now + 1s, 4).granted());
  // A person who has recorded a video does not wait for starts, but takes a place from them.
  EXPECT_TRUE(health.begin_follow_up(k_now, OperationKind::submit, 5).granted());
  EXPECT_EQ(health.try_begin(k_now, true).refusal, Refusal::full);
}

TEST(FollowUpHealth, WhatWasNotSentDoesNotCountAgainstTheRate) {
  config::Limits limits;
  limits.follow_ups.per_second = 1;
  AccountHealth health({}, limits);
  health.cancel(follow_up(health, k_now, 1));
  ASSERT_TRUE(ask(health, k_now, 1, {false, IDSW_ERROR_UNAVAILABLE, 0, false}));
  ASSERT_TRUE(ask(health, k_now, 2, k_worked));
  EXPECT_FALSE(ask(health, k_now, 3, k_worked));
}

TEST(FollowUpHealth, ASubmitIsLearntFromApart) {
  AccountHealth health({}, {});
  for (std::uint64_t i = 0; i < 5; ++i) {
    const Permit permit = health.begin_follow_up(k_now, OperationKind::submit, i);
    ASSERT_TRUE(permit.granted());
    health.end(permit, k_now, failed(IDSW_ERROR_UNAVAILABLE));
  }
  EXPECT_EQ(health.availability(k_now, OperationKind::submit), Availability::open);
  EXPECT_EQ(seen(health, k_now).availability, Availability::up);
  EXPECT_TRUE(follow_up(health, k_now, 1).granted());
  // Nobody else can serve the person.
  EXPECT_TRUE(health.begin_follow_up(k_now, OperationKind::submit, 9).granted());
}

}  // namespace
}  // namespace idswitch::routing
