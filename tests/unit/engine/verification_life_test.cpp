// The life of a verification, told as tables: what the vendor does, what fails, what the clock
// says, and what the ledger has then.

#include <gtest/gtest.h>

#include "life.hpp"

namespace idswitch::engine::test {
namespace {

TEST(VerificationLife, HoldsAtTheStartAndSettlesWithTheResult) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  life.vendors.play("a", IDSW_OP_RESULT, ended(IDSW_VERDICT_PASS, IDSW_CHARGE_CAPTURED));
  const auto started = life.start();
  ASSERT_TRUE(started);
  EXPECT_EQ(life.ledger(started->id), "hold a 0.30");
  const auto result = life.returned(started->id);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, Status::completed);
  EXPECT_EQ(life.ledger(started->id), "hold a 0.30, capture a 0.30");
  EXPECT_EQ(life.faults(), "");
}

TEST(VerificationLife, GoesOnToTheNextAccountAndWritesBothDown) {
  Life life;
  life.vendors.play("a", IDSW_OP_START,
                    start_failed(IDSW_ERROR_UNAVAILABLE, IDSW_CHARGE_NOT_CHARGED));
  life.vendors.play("b", IDSW_OP_START, opened());
  const auto started = life.start();
  ASSERT_TRUE(started);
  EXPECT_EQ(started->account, "b");
  EXPECT_EQ(life.charges(started->id), "a voided 0.00, b held 0.40");
  EXPECT_EQ(life.faults(), "");
}

// Whoever is asked after doubt is decided by the evidence, whatever the error class.
TEST(VerificationLife, StopsWhenNobodyKnowsWhetherTheFirstOneIsCharged) {
  for (const std::uint32_t error_class :
       {IDSW_ERROR_UNAVAILABLE, IDSW_ERROR_UNKNOWN_OUTCOME, IDSW_ERROR_PROTOCOL}) {
    Life life;
    life.vendors.play("a", IDSW_OP_START, start_failed(error_class, IDSW_CHARGE_UNKNOWN));
    const auto started = life.start();
    ASSERT_TRUE(started);
    EXPECT_EQ(started->status, Status::failed);
    EXPECT_EQ(started->failure.code, "vendor_outcome_unknown");
    EXPECT_EQ(life.charges(started->id), "a unknown 0.30");
  }
}

TEST(VerificationLife, ACommitThatFailsIsTriedAgainWhileTheAnswerIsInHand) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  life.store->fails_in = 2;
  life.store->fails_for = 2;
  const auto started = life.start();
  ASSERT_TRUE(started);
  EXPECT_EQ(started->status, Status::awaiting_user);
  EXPECT_EQ(life.ledger(started->id), "hold a 0.30");
  EXPECT_EQ(life.faults(), "");
}

TEST(VerificationLife, NothingIsSentWhenTheHoldCannotBeWritten) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  life.store->fails_in = 1;
  const auto started = life.start("person-1", "key-1");
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code(), Errc::storage_failed);
  EXPECT_TRUE(life.vendors.sent.empty());
  // The key is free, and nothing was counted.
  EXPECT_TRUE(life.start("person-1", "key-1"));
  EXPECT_EQ(life.faults(), "");
}

// However often the store refuses the same news, the unit is counted once.
TEST(VerificationLife, NewsThatCannotBeWrittenCountsNoUnit) {
  Life life(R"({check: {price: "0.30", free_units: 3, per: month}})");
  life.vendors.play("a", IDSW_OP_START, opened());
  life.vendors.play("a", IDSW_OP_RESULT, ended(IDSW_VERDICT_PASS, IDSW_CHARGE_CAPTURED));
  const auto started = life.start();
  ASSERT_TRUE(started);
  for (int i = 0; i < 5; ++i) {
    life.store->fails_in = 1;
    life.store->fails_for = 1;
    EXPECT_FALSE(life.result(started->id, true));
    life.step(10'000);
  }
  life.store->fails_in = -1;
  EXPECT_TRUE(life.returned(started->id));
  EXPECT_EQ(life.charges(started->id), "a captured 0.00");
  EXPECT_EQ(life.faults(), "");
}

TEST(VerificationLife, ACrashAfterTheHoldLeavesItUnknownAndSaysSo) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  life.store->fails_in = 2;
  life.store->fails_for = 1'000'000;
  std::string id;
  life.vendors.play("a", IDSW_OP_START, opened());
  EXPECT_FALSE(life.start("person-1", "key-1"));
  life.crash();
  const auto listed = life.store->verifications().list({"shop", {}, "", 10});
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 1U);
  id = listed->front().verification.id;
  EXPECT_EQ(life.status(id), "processing");
  life.sweep();
  EXPECT_EQ(life.status(id), "failed");
  EXPECT_EQ(life.charges(id), "a unknown 0.30");
  EXPECT_EQ(life.faults(), "");
  // The same key answers what became of it.
  const auto again = life.start("person-1", "key-1");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, id);
}

TEST(VerificationLife, ALiveSwitchRecoversItsOwnFailureBeforeItCancels) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  life.store->fails_in = 2;
  life.store->fails_for = 1'000'000;
  EXPECT_FALSE(life.start());
  life.store->fails_in = -1;
  const auto listed = life.store->verifications().list({"shop", {}, "", 10});
  ASSERT_EQ(listed->size(), 1U);
  const std::string id = listed->front().verification.id;
  const auto cancelled = life.cancelled(id);
  EXPECT_FALSE(cancelled);
  EXPECT_EQ(life.status(id), "failed");
  EXPECT_EQ(life.charges(id), "a unknown 0.30");
  EXPECT_EQ(life.faults(), "");
}

// While it is open the next question settles a lost reply; giving it up must not make that a matter
// for a person with a statement.
TEST(VerificationLife, ACancelledOneIsAskedAgainAfterALostReply) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  Played lost = result_failed(IDSW_ERROR_UNKNOWN_OUTCOME);
  lost.charges = ended(IDSW_VERDICT_PASS, IDSW_CHARGE_UNKNOWN).charges;
  life.vendors.play("a", IDSW_OP_RESULT, lost);
  const auto started = life.start();
  ASSERT_TRUE(life.cancelled(started->id));
  life.step(k_hour_ms);
  life.sweep();
  EXPECT_EQ(life.charges(started->id), "a unknown 0.30");
  const auto shown = life.result(started->id);
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->attempts.back().error_class, IDSW_ERROR_UNKNOWN_OUTCOME) << "it says why";
  life.vendors.play("a", IDSW_OP_RESULT, ended(IDSW_VERDICT_PASS, IDSW_CHARGE_CAPTURED));
  life.step(k_hour_ms);
  life.sweep();
  life.step(k_hour_ms);
  life.sweep();
  EXPECT_EQ(life.status(started->id), "cancelled");
  EXPECT_EQ(life.charges(started->id), "a captured 0.30");
  EXPECT_EQ(life.faults(), "");
  const std::size_t asked = life.vendors.sent.size();
  life.step(24 * k_hour_ms);
  life.sweep();
  EXPECT_EQ(life.vendors.sent.size(), asked) << "nothing is open any more";
}

TEST(VerificationLife, ACancelledOneIsStillAskedForItsCharge) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  life.vendors.play("a", IDSW_OP_RESULT, pending());
  const auto started = life.start();
  ASSERT_TRUE(life.cancelled(started->id));
  EXPECT_EQ(life.faults(), "");
  life.vendors.play("a", IDSW_OP_RESULT, ended(IDSW_VERDICT_PASS, IDSW_CHARGE_CAPTURED));
  life.step(k_hour_ms);
  life.sweep();
  life.step(k_hour_ms);
  life.sweep();
  EXPECT_EQ(life.status(started->id), "cancelled");
  EXPECT_EQ(life.charges(started->id), "a captured 0.30");
}

TEST(VerificationLife, TheStoreRefusesSoNobodyIsAsked) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  life.vendors.play("a", IDSW_OP_RESULT, pending());
  const auto started = life.start();
  life.vendors.sent.clear();
  life.store->fails_in = 1;
  life.store->fails_for = 1'000'000;
  for (int i = 0; i < 10; ++i) {
    life.step(60'000);
    life.sweep();
  }
  EXPECT_TRUE(life.vendors.sent.empty());
}

TEST(VerificationLife, AQuestionThatLearntNothingIsOneSmallWrite) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  life.vendors.play("a", IDSW_OP_RESULT, pending());
  const auto started = life.start();
  const std::size_t before = life.store->writes;
  EXPECT_TRUE(life.result(started->id));
  EXPECT_EQ(life.store->writes, before + 1);  // the claim
  EXPECT_TRUE(life.result(started->id));      // within the interval
  EXPECT_EQ(life.store->writes, before + 1);
}

TEST(VerificationLife, WhatIsGivenUpBecomesUnknownAndIsNeverForgotten) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  life.vendors.play("a", IDSW_OP_RESULT, result_failed(IDSW_ERROR_UNAVAILABLE));
  const auto started = life.start();
  life.step(91LL * 24 * k_hour_ms);
  life.sweep();
  EXPECT_EQ(life.charges(started->id), "a unknown 0.30");
  EXPECT_EQ(life.status(started->id), "expired");
  EXPECT_EQ(life.faults(), "");
}

TEST(VerificationLife, LateNewsOfAnExpiredOneIsTaken) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  Played died = pending();
  std::get<plugin::FinishStep>(died.end).outcome = IDSW_OUTCOME_EXPIRED;
  life.vendors.play("a", IDSW_OP_RESULT, died);
  life.vendors.play("a", IDSW_OP_RESULT, ended(IDSW_VERDICT_PASS, IDSW_CHARGE_CAPTURED));
  const auto started = life.start();
  life.step(k_hour_ms);
  life.sweep();
  EXPECT_EQ(life.status(started->id), "expired");
  life.step(k_hour_ms);
  EXPECT_TRUE(life.returned(started->id));
  EXPECT_EQ(life.status(started->id), "completed");
  EXPECT_EQ(life.charges(started->id), "a captured 0.30");
}

// The adapter: its hour is over, and by the document's rule it costs nothing.
Played dead_and_free() {
  Played died = pending();
  std::get<plugin::FinishStep>(died.end).outcome = IDSW_OUTCOME_EXPIRED;
  Evidence free;
  free.state = IDSW_CHARGE_RELEASED;
  free.source = IDSW_SOURCE_DOCUMENTED_RULE;
  free.sku = "check";
  free.event = "init";
  died.charges = {free};
  return died;
}

// The id of one that has expired and costs nothing; later: what the vendor says when it is asked
// again.
std::string expired_one(Life& life, const std::vector<Played>& later = {}) {
  life.vendors.play("a", IDSW_OP_START, opened());
  life.vendors.play("a", IDSW_OP_RESULT, dead_and_free());
  for (const Played& one : later) life.vendors.play("a", IDSW_OP_RESULT, one);
  const auto started = life.start();
  life.step(k_hour_ms);
  life.sweep();
  EXPECT_EQ(life.status(started->id), "expired");
  EXPECT_EQ(life.charges(started->id), "a voided 0.00");
  life.vendors.sent.clear();
  return started->id;
}

// The id of one whose result's reply was lost, and that the platform has cancelled.
std::string cancelled_in_doubt(Life& life, const std::vector<Played>& later = {}) {
  life.vendors.play("a", IDSW_OP_START, opened());
  Played lost = result_failed(IDSW_ERROR_UNKNOWN_OUTCOME);
  lost.charges = ended(IDSW_VERDICT_PASS, IDSW_CHARGE_UNKNOWN).charges;
  life.vendors.play("a", IDSW_OP_RESULT, lost);
  for (const Played& one : later) life.vendors.play("a", IDSW_OP_RESULT, one);
  const auto started = life.start();
  static_cast<void>(life.result(started->id, true));
  EXPECT_EQ(life.charges(started->id), "a unknown 0.30");
  EXPECT_TRUE(life.cancelled(started->id));
  life.vendors.sent.clear();
  return started->id;
}

// Who called it dead was our clock, and the person never comes back to us.
TEST(VerificationLife, AnExpiredOneIsLookedAtOnceMore) {
  Life life;
  const std::string id = expired_one(life, {ended(IDSW_VERDICT_PASS, IDSW_CHARGE_CAPTURED)});
  life.step(3 * k_hour_ms / 2);
  life.sweep();
  EXPECT_TRUE(life.vendors.sent.empty());
  life.step(k_hour_ms);
  life.sweep();
  EXPECT_EQ(life.status(id), "completed");
  EXPECT_EQ(life.charges(id), "a captured 0.30");
  EXPECT_EQ(life.faults(), "");
}

TEST(VerificationLife, TheLastLookIsTheLast) {
  Life life;
  expired_one(life);
  life.step(3 * k_hour_ms);
  life.sweep();
  EXPECT_EQ(life.vendors.sent.size(), 1U);
  const std::size_t writes = life.store->writes;
  for (int hours = 0; hours < 5; ++hours) {
    life.step(k_hour_ms);
    life.sweep();
  }
  EXPECT_EQ(life.vendors.sent.size(), 1U);
  EXPECT_EQ(life.store->writes, writes);
}

TEST(VerificationLife, AnAdapterThatAsksNobodyLeavesADoubtAlone) {
  Life life;
  Played by_clock = dead_and_free();  // without the person's data: its hour is over
  by_clock.sends.clear();
  by_clock.charges.front().source = IDSW_SOURCE_ASSUMED;
  const std::string id = cancelled_in_doubt(life, {by_clock});
  life.step(3 * k_hour_ms);
  life.sweep();
  EXPECT_TRUE(life.vendors.sent.empty());
  EXPECT_EQ(life.charges(id), "a unknown 0.30");
}

TEST(VerificationLife, ALastLookWithoutAnAnswerIsRepeated) {
  Life life;
  const std::string id = expired_one(life, {result_failed(IDSW_ERROR_UNAVAILABLE),
                                            ended(IDSW_VERDICT_PASS, IDSW_CHARGE_CAPTURED)});
  for (int hours = 0; hours < 5; ++hours) {
    life.step(k_hour_ms);
    life.sweep();
  }
  EXPECT_EQ(life.charges(id), "a captured 0.30");
}

TEST(VerificationLife, ALastLookThatIsRefusedWaitsForItsNextTime) {
  Life life;
  const auto id = *VerificationId::parse(expired_one(life));
  life.step(5 * k_hour_ms / 2);
  {
    Turn turn = life.traffic->begin_follow_up("a", IDSW_OP_RESULT, id);
    ASSERT_TRUE(turn.granted());
    OperationReport bad;
    bad.attempt.account = "a";
    bad.attempt.operation = IDSW_OP_RESULT;
    bad.attempt.error_class = IDSW_ERROR_CREDENTIALS;
    plugin::FailStep fail;
    fail.error_class = IDSW_ERROR_CREDENTIALS;
    bad.end = fail;
    turn.end(bad);
  }
  life.vendors.sent.clear();
  life.sweep();
  const std::size_t writes = life.store->writes;
  std::size_t asked = 0;
  for (int s = 0; s < 30; ++s) {
    life.step(1000);
    for (const VerificationId& one : life.in_flight->take_hurried(life.clock.steady(), 256)) {
      ++asked;
      Ask story(*life.desk, life.setup, one, ResultRequest(), 0);
      static_cast<void>(life.run(story.sweep(false)));
    }
  }
  EXPECT_EQ(life.vendors.sent.size(), 0U);
  EXPECT_EQ(asked, 0U);
  EXPECT_EQ(life.store->writes - writes, 0U);
}

TEST(VerificationLife, APersonWhoGaveUpInDoubtCanBeForgotten) {
  Life life;
  cancelled_in_doubt(life);
  life.step(30 * 24 * k_hour_ms);
  life.sweep();
  const auto forgotten = life.forget("person-1");
  EXPECT_TRUE(forgotten) << forgotten.error().detail();
}

TEST(VerificationLife, ARefreshOfAnExpiredOneAsks) {
  Life life;
  const std::string id = expired_one(life, {ended(IDSW_VERDICT_PASS, IDSW_CHARGE_CAPTURED)});
  static_cast<void>(life.result(id, true));
  EXPECT_EQ(life.vendors.sent.size(), 1U);
  EXPECT_EQ(life.status(id), "completed");
}

TEST(VerificationLife, ABudgetWithoutRoomLeavesNoTrace) {
  Life life(R"({check: "0.30"})",
            "  tight: {tenant: shop, per: month, limit: \"0.50\", currency: CNY}\n");
  life.vendors.play("a", IDSW_OP_START, opened());
  life.vendors.play("b", IDSW_OP_START, opened());
  ASSERT_TRUE(life.start("person-1"));
  const auto second = life.start("person-2");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->status, Status::failed);
  EXPECT_EQ(second->failure.code, "budget_exhausted");
  // The names, the sums and the end of the period.
  for (const char* part : {"\"tight\"", "0.30 CNY in 2026-11", "0.30 of 0.50 CNY", "2026-12-01"}) {
    EXPECT_NE(second->failure.detail.find(part), std::string::npos) << second->failure.detail;
  }
  EXPECT_EQ(second->id, "");
  EXPECT_EQ(life.faults(), "");
}

// The second of two billable sends finds no room: what the reply to the first said stands.
TEST(VerificationLife, ARefusedSecondSendKeepsWhatTheFirstOneCost) {
  Life life(R"({check: "0.30"})",
            "  tight: {tenant: shop, per: month, limit: \"0.50\", currency: CNY}\n");
  Evidence captured;
  captured.state = IDSW_CHARGE_CAPTURED;
  captured.source = IDSW_SOURCE_RESULT_CODE;
  captured.sku = "check";
  captured.event = "init";
  Played played = opened();
  played.sends = {{IDSW_BILLABLE_ON_ACCEPT, "check", "init", captured},
                  {IDSW_BILLABLE_ON_ACCEPT, "check", "verify", {}}};
  life.vendors.play("a", IDSW_OP_START, played);
  life.vendors.play("b", IDSW_OP_START, opened());  // dearer than what is left
  const auto started = life.start();
  ASSERT_TRUE(started);
  EXPECT_EQ(started->status, Status::failed);
  EXPECT_EQ(started->failure.code, "no_vendor_available");
  ASSERT_NE(started->id, "");
  EXPECT_EQ(life.ledger(started->id), "hold a 0.30, capture a 0.30");
  life.step(3 * k_hour_ms);
  life.sweep();
  EXPECT_EQ(life.charges(started->id), "a captured 0.30");
  EXPECT_EQ(life.vendors.sent, std::vector<std::string>{"a start check"});
  EXPECT_EQ(life.faults(), "");
}

}  // namespace
}  // namespace idswitch::engine::test
