#include "engine/traffic/turns.hpp"

#include <gtest/gtest.h>

#include "idswitch/abi/vocabulary.h"
#include "scripted_plugin.hpp"

namespace idswitch::engine {
namespace {

using namespace std::chrono_literals;
using routing::Availability;
using routing::Refusal;

constexpr std::int64_t k_now = 1'795'000'000'000;  // in November 2026
constexpr VerificationId k_verification{7, 7};

OperationReport failed(std::uint32_t error_class, std::uint32_t retry_after_ms = 0) {
  OperationReport report;
  plugin::FailStep fail;
  fail.error_class = error_class;
  fail.retry_after_ms = retry_after_ms;
  report.end = fail;
  report.attempt.error_class = error_class;
  report.attempt.transport = static_cast<std::uint32_t>(net::Transport::replied);
  return report;
}

OperationReport worked() {
  OperationReport report;
  report.end = plugin::FinishStep();
  return report;
}

// One account `a` whose breaker opens at the first failure, with one start a second.
class TurnsTest : public testing::Test {
 protected:
  TurnsTest() {
    AccountRuntime account;
    account.config.name = "a";
    account.config.breaker.consecutive_failures = 1;
    account.config.limits.follow_ups.concurrency_max = 1;
    account.adapter = adapter_;
    setup_.accounts.emplace("a", std::move(account));
  }

  config::Limits& limits() { return setup_.accounts.at("a").config.limits; }

  bool has_token() const { return adapter_->slot(test::k_token_slot).has_value(); }

  void grant() { adapter_->grant(test::k_token_slot, "t0ken", 3'600); }

  std::shared_ptr<plugin::Account> adapter_ = test::scripted_account();
  engine::Setup setup_;
  ManualClock clock_{k_now};
};

TEST_F(TurnsTest, NothingLastsLongerOrShorterForAWallClockThatIsSet) {
  limits().starts_per_second = 1;
  limits().starts_burst = 1;

  struct Row {
    OperationReport report;
    std::chrono::milliseconds length;
    Refusal refusal;
  };

  const Row rows[] = {{failed(IDSW_ERROR_UNAVAILABLE), 10s, Refusal::open},
                      {failed(IDSW_ERROR_CREDENTIALS), 600s, Refusal::tripped},
                      {failed(IDSW_ERROR_THROTTLED, 7'000), 7s, Refusal::throttled},
                      {failed(IDSW_ERROR_THROTTLED), 1s, Refusal::throttled},
                      {worked(), 1s, Refusal::over_rate}};
  for (const Row& row : rows) {
    for (const auto set_by : {-24h, -1h, 0h, 1h, 24h}) {
      SCOPED_TRACE(testing::Message() << static_cast<int>(row.refusal) << " " << set_by.count());
      Turns turns(setup_, clock_);
      turns.begin("a", false).end(row.report);
      clock_.set_by(set_by);
      if (row.refusal != Refusal::over_rate) {
        EXPECT_EQ(turns.view("a").now.until_unix_ms, clock_.now_unix_ms() + row.length.count());
      }
      clock_.advance(row.length - 1ms);
      EXPECT_EQ(turns.begin("a", false).refusal(), row.refusal);
      clock_.set_by(-set_by);
      EXPECT_EQ(turns.begin("a", false).refusal(), row.refusal);
      clock_.advance(1ms);
      EXPECT_TRUE(turns.begin("a", false).granted());
    }
  }
}

TEST_F(TurnsTest, ARampAndAnEasedConcurrencyAreMeasured) {
  for (const auto set_by : {-24h, -1h, 1h, 24h}) {
    Turns turns(setup_, clock_);
    turns.begin("a", false).end(failed(IDSW_ERROR_UNAVAILABLE));
    clock_.advance(10s);
    turns.begin("a", false).end(worked());
    clock_.set_by(set_by);
    EXPECT_EQ(turns.view("a").now.share_ppm, 100'000u);
    clock_.advance(15s);
    EXPECT_EQ(turns.view("a").now.share_ppm, 550'000u);
    turns.begin("a", false).end(failed(IDSW_ERROR_THROTTLED));  // one at a time from here on
    clock_.advance(30s);
    const Turn running = turns.begin("a", false);
    clock_.set_by(-set_by);
    EXPECT_TRUE(turns.view("a").now.is_full);
    clock_.advance(600s);
    EXPECT_FALSE(turns.view("a").now.is_full);
  }
}

TEST_F(TurnsTest, SaysByTheWallClockOfNowWhenItOpened) {
  Turns turns(setup_, clock_);
  turns.begin("a", false).end(failed(IDSW_ERROR_UNAVAILABLE));
  clock_.advance(5s);
  clock_.set_by(1h);
  EXPECT_EQ(turns.view("a").last_opened_unix_ms, clock_.now_unix_ms() - 5'000);
}

TEST_F(TurnsTest, AnOpenedBreakerAndAProbeDropTheTokens) {
  Turns turns(setup_, clock_);
  grant();
  turns.begin("a", false).end(worked());
  EXPECT_TRUE(has_token());
  turns.begin("a", false).end(failed(IDSW_ERROR_PROTOCOL));
  EXPECT_FALSE(has_token());
  grant();
  turns.begin("a", true).end(failed(IDSW_ERROR_PROTOCOL));  // a last resort is no probe
  EXPECT_TRUE(has_token());
  clock_.advance(10s);
  turns.begin("a", false).end(worked());
  EXPECT_FALSE(has_token());
}

TEST_F(TurnsTest, ATripOrAProbeOfAQuestionDropsThemAsWell) {
  Turns turns(setup_, clock_);
  grant();
  turns.begin_follow_up("a", IDSW_OP_RESULT, k_verification).end(failed(IDSW_ERROR_CREDENTIALS));
  EXPECT_FALSE(has_token());
  clock_.advance(600s);
  grant();
  EXPECT_TRUE(turns.begin_follow_up("a", IDSW_OP_RESULT, k_verification).granted());
  EXPECT_FALSE(has_token());
}

TEST_F(TurnsTest, WhatWeRanShortOfIsNoEvidence) {
  Turns turns(setup_, clock_);
  for (int i = 0; i < 20; ++i) {
    OperationReport report = failed(IDSW_ERROR_UNAVAILABLE);
    report.is_no_evidence = true;
    turns.begin("a", false).end(report);
    turns.begin_follow_up("a", IDSW_OP_RESULT, k_verification).end(report);
  }
  EXPECT_EQ(turns.view("a").opened_count, 0u);
  EXPECT_EQ(turns.view("a").in_flight, 0u);
}

TEST_F(TurnsTest, QuestionsHaveLimitsAndABreakerOfTheirOwn) {
  Turns turns(setup_, clock_);
  EXPECT_TRUE(turns.may_follow_up("a"));
  {
    const Turn first = turns.begin_follow_up("a", IDSW_OP_RESULT, k_verification);
    EXPECT_FALSE(turns.may_follow_up("a"));
    EXPECT_EQ(turns.begin_follow_up("a", IDSW_OP_RESULT, k_verification).refusal(), Refusal::full);
    EXPECT_TRUE(turns.begin_follow_up("a", IDSW_OP_SUBMIT, k_verification).granted());
    EXPECT_TRUE(turns.begin("a", false).granted());
    EXPECT_EQ(turns.view("a").follow_ups_in_flight, 1u);
  }
  turns.begin_follow_up("a", IDSW_OP_RESULT, k_verification).end(failed(IDSW_ERROR_PROTOCOL));
  EXPECT_FALSE(turns.may_follow_up("a"));
  EXPECT_EQ(turns.view("a").follow_ups, Availability::open);
  EXPECT_EQ(turns.view("a").now.availability, Availability::up);
}

TEST_F(TurnsTest, AReloadDropsTheTokensOfTheNewestConfiguration) {
  Turns turns(setup_, clock_);
  const auto newer = test::scripted_account();
  engine::Setup after;
  AccountRuntime account;
  account.config = setup_.accounts.at("a").config;
  account.adapter = newer;
  after.accounts.emplace("a", std::move(account));
  turns.adopt(after);
  newer->grant(test::k_token_slot, "t0ken", 3'600);
  turns.begin("a", false).end(failed(IDSW_ERROR_UNAVAILABLE));
  EXPECT_FALSE(newer->slot(test::k_token_slot));
}

TEST_F(TurnsTest, AnAccountThatIsGoneIsNotProbed) {
  Turns turns(setup_, clock_);
  EXPECT_FALSE(turns.probe_now("b"));
  EXPECT_FALSE(turns.may_follow_up("b"));
  EXPECT_TRUE(turns.probe_now("a"));
}

TEST(NotAsked, SaysWhatToDo) {
  EXPECT_EQ(not_asked("a", Refusal::full).code(), Errc::overloaded);
  EXPECT_EQ(not_asked("a", Refusal::throttled).code(), Errc::overloaded);
  EXPECT_EQ(not_asked("a", Refusal::open).code(), Errc::no_vendor_available);
  EXPECT_NE(not_asked("a", Refusal::over_rate).detail().find("vendor account a"),
            std::string::npos);
}

}  // namespace
}  // namespace idswitch::engine
