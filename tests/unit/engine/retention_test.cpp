// What is not kept for ever, on a clock that is stepped.

#include "engine/verification/retention.hpp"

#include <gtest/gtest.h>

#include <future>

#include "life.hpp"

namespace idswitch::engine::test {
namespace {

using config::Days;

constexpr std::int64_t k_day_ms = 24 * k_hour_ms;

config::Retention nothing() {
  config::Retention retention;
  retention.pictures.reset();
  return retention;
}

void work_off(Life& life, const config::Retention& retention) {
  const auto done =
      engine::retain(*life.store, retention, life.clock.now_unix_ms(), [] { return true; });
  ASSERT_TRUE(done) << done.error().detail();
}

std::string finished(Life& life, const std::string& person) {
  life.vendors.play("a", IDSW_OP_START, opened());
  life.vendors.play("a", IDSW_OP_RESULT, ended(IDSW_VERDICT_PASS, IDSW_CHARGE_CAPTURED));
  const auto started = life.start(person, "key-" + person);
  EXPECT_TRUE(started);
  EXPECT_TRUE(life.returned(started->id));
  EXPECT_EQ(life.status(started->id), "completed");
  return started->id;
}

std::string of(const std::string& id) {
  return std::to_string(VerificationId::parse(id)->high);
}

void keep_picture(Life& life, const std::string& id) {
  store::Change change;
  change.emplace_back(
      store::KeepImage{*VerificationId::parse(id), {"face", "image/jpeg", "jpeg-of-a-face", ""}});
  std::promise<bool> kept;
  life.store->write(std::move(change),
                    [&](store::Written written) { kept.set_value(written.committed()); });
  ASSERT_TRUE(kept.get_future().get());
}

TEST(Retention, EndsPicturesByTheirAgeAndNothingElse) {
  Life life;
  const std::string first = finished(life, "person-1");
  keep_picture(life, first);
  life.step(20 * k_day_ms);
  const std::string second = finished(life, "person-2");
  keep_picture(life, second);
  work_off(life, config::Retention());
  EXPECT_EQ(life.rows("SELECT 1 FROM image"), 2) << "the first is 20 days old";
  life.step(11 * k_day_ms);
  work_off(life, config::Retention());
  EXPECT_EQ(life.rows("SELECT 1 FROM image WHERE verification = " + of(second)), 1);
  EXPECT_EQ(life.rows("SELECT 1 FROM image"), 1);
  EXPECT_EQ(life.rows("SELECT 1 FROM verification WHERE person_id <> '' AND decision <> ''"), 2);
  EXPECT_EQ(life.faults(), "");
}

TEST(Retention, EndsEachKindByItself) {
  struct Row {
    const char* name;
    std::optional<Days> config::Retention::*days;
    const char* left;  // what it ends
  };

  const Row rows[] = {
      {"states", &config::Retention::states_and_actions,
       "SELECT 1 FROM verification_progress WHERE state <> x'' OR action <> ''"},
      {"answers", &config::Retention::states_and_actions, "SELECT 1 FROM answer"},
      {"attempts", &config::Retention::attempts_and_decisions,
       "SELECT 1 FROM verification_progress WHERE attempts <> ''"},
      {"decisions", &config::Retention::attempts_and_decisions,
       "SELECT 1 FROM verification WHERE decision <> ''"},
      {"persons", &config::Retention::person_ids,
       "SELECT 1 FROM verification WHERE person_id <> '' OR return_url <> ''"},
  };
  for (const Row& row : rows) {
    Life life;
    finished(life, "person-1");
    ASSERT_EQ(life.rows(row.left), 1) << row.name;
    config::Retention retention = nothing();
    retention.*row.days = Days(10);
    life.step(9 * k_day_ms);
    work_off(life, retention);
    EXPECT_EQ(life.rows(row.left), 1) << row.name;
    life.step(2 * k_day_ms);
    work_off(life, nothing());
    EXPECT_EQ(life.rows(row.left), 1) << row.name;
    work_off(life, retention);
    EXPECT_EQ(life.rows(row.left), 0) << row.name;
    EXPECT_EQ(life.rows("SELECT 1 FROM verification"), 1) << row.name;
    EXPECT_EQ(life.faults(), "") << row.name;
  }
}

TEST(Retention, RemovesWholeVerificationsAndTheLedgerStaysWhole) {
  Life life;
  const std::string first = finished(life, "person-1");
  keep_picture(life, first);
  const std::string ledger = life.ledger(first);
  life.step(40 * k_day_ms);
  const std::string second = finished(life, "person-2");
  config::Retention retention = nothing();
  retention.verifications = Days(30);
  work_off(life, retention);
  EXPECT_EQ(life.status(first), "none");
  EXPECT_EQ(life.status(second), "completed");
  for (const char* table : {"verification_progress", "verification_work", "verification"}) {
    EXPECT_EQ(life.rows("SELECT 1 FROM " + std::string(table)), 1) << table;
  }
  EXPECT_EQ(life.rows("SELECT 1 FROM image"), 0);
  EXPECT_FALSE(life.has_text("person-1"));
  EXPECT_EQ(life.ledger(first), ledger);
  EXPECT_EQ(life.faults(), "");
  life.crash();
  EXPECT_EQ(life.faults(), "");
}

// The mark says up to where whole verifications may be missing, and no further.
TEST(Retention, AVerificationThatIsMissingOtherwiseIsStillAFault) {
  Life life;
  finished(life, "person-1");
  life.step(40 * k_day_ms);
  const std::string second = finished(life, "person-2");
  config::Retention retention = nothing();
  retention.verifications = Days(30);
  work_off(life, retention);
  ASSERT_EQ(life.faults(), "");
  life.tamper("DELETE FROM verification WHERE id = " + of(second));
  EXPECT_NE(life.faults().find("verification_missing"), std::string::npos);
}

TEST(Retention, LeavesWhatIsOpenOrHasAChargeThatNobodyResolved) {
  Life life;
  life.vendors.play("a", IDSW_OP_START,
                    start_failed(IDSW_ERROR_UNKNOWN_OUTCOME, IDSW_CHARGE_UNKNOWN));
  const auto unknown = life.start("person-1");
  ASSERT_TRUE(unknown);
  const ChargeName charge{"a", "check", "init", 1};
  config::Retention retention = nothing();
  retention.person_ids = retention.verifications = Days(15);
  life.step(20 * k_day_ms);
  work_off(life, retention);
  EXPECT_EQ(life.status(unknown->id), "failed");
  EXPECT_TRUE(life.has_text("person-1"));
  EXPECT_EQ(life.rows("SELECT 1 FROM retention_left"), 2);
  ASSERT_TRUE(life.settle(unknown->id, charge, Money{300'000}));
  work_off(life, retention);
  EXPECT_EQ(life.status(unknown->id), "none");
  EXPECT_EQ(life.rows("SELECT 1 FROM retention_left"), 0);
  EXPECT_EQ(life.faults(), "");
}

TEST(Retention, WhatWasLeftMustBeThere) {
  Life life;
  life.vendors.play("a", IDSW_OP_START,
                    start_failed(IDSW_ERROR_UNKNOWN_OUTCOME, IDSW_CHARGE_UNKNOWN));
  const auto unknown = life.start("person-1");
  ASSERT_TRUE(unknown);
  config::Retention retention = nothing();
  retention.verifications = Days(15);
  life.step(20 * k_day_ms);
  work_off(life, retention);
  ASSERT_EQ(life.faults(), "");
  life.tamper("DELETE FROM verification WHERE id = " + of(unknown->id));
  EXPECT_NE(life.faults().find("verification_missing"), std::string::npos);
}

TEST(Retention, ManyAreWorkedOffInSteps) {
  Life life;
  for (int i = 0; i < 450; ++i) finished(life, "person-" + std::to_string(i));
  life.step(40 * k_day_ms);
  config::Retention retention = nothing();
  retention.verifications = Days(30);
  int asked = 0;
  const auto stopped =
      engine::retain(*life.store, retention, life.clock.now_unix_ms(), [&] { return ++asked < 4; });
  ASSERT_TRUE(stopped);
  const int left = life.rows("SELECT 1 FROM verification");
  EXPECT_GT(left, 0);
  EXPECT_LT(left, 450);
  EXPECT_EQ(life.faults(), "");
  work_off(life, retention);
  EXPECT_EQ(life.rows("SELECT 1 FROM verification"), 0);
  EXPECT_EQ(life.faults(), "");
}

// The ledger knows the ids of those that are gone: none of them comes again.
TEST(Retention, NoIdComesTwice) {
  Life life;
  const std::string id = finished(life, "person-1");
  life.step(40 * k_day_ms);
  config::Retention retention = nothing();
  retention.verifications = Days(30);
  work_off(life, retention);
  ASSERT_EQ(life.rows("SELECT 1 FROM verification"), 0);
  life.crash();
  EXPECT_GE(*life.store->verifications().last_id(), VerificationId::parse(id)->high);
}

}  // namespace
}  // namespace idswitch::engine::test
