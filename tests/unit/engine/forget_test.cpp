// A person is forgotten: what names them is gone from the file, what was charged stays provable.

#include "engine/verification/forget.hpp"

#include <gtest/gtest.h>

#include "engine/traffic/person_number.hpp"
#include "life.hpp"

namespace idswitch::engine::test {
namespace {

Played told(Played played, const std::string& words) {
  if (auto* finish = std::get_if<plugin::FinishStep>(&played.end)) {
    finish->vendor_message = words;
    finish->scores = {{"liveness", "0.987654"}};
    finish->images = {{"face", "image/jpeg", "jpeg-of-a-face", ""}};
  }
  return played;
}

// Passed, with everything in it that names somebody.
std::string finished(Life& life, const std::string& person, const std::string& key = "") {
  const auto started = life.start(person, key);
  EXPECT_TRUE(started);
  const auto result = life.returned(started->id);
  EXPECT_TRUE(result);
  EXPECT_EQ(result->status, Status::completed);
  return started->id;
}

void play_whole_lives(Life& life) {
  life.vendors.play("a", IDSW_OP_START, opened());
  life.vendors.play("a", IDSW_OP_RESULT,
                    told(ended(IDSW_VERDICT_PASS, IDSW_CHARGE_CAPTURED), "said-of-li"));
}

TEST(Forget, LeavesNothingThatNamesThePerson) {
  Life life(R"({check: {price: "0.30", charged_once: {per: person, days: 30}}})");
  play_whole_lives(life);
  const std::string id = finished(life, "person-li", "key-1");
  const std::string other = finished(life, "person-wu");
  const std::string ledger = life.ledger(id);
  ASSERT_TRUE(life.has_text("person-li"));
  ASSERT_TRUE(life.has_text("said-of-li"));
  const auto number = std::to_string(static_cast<std::int64_t>(person_number("shop", "person-li")));
  ASSERT_EQ(life.rows("SELECT 1 FROM person_charge WHERE person = " + number), 1);

  const auto forgotten = life.forget("person-li");
  ASSERT_TRUE(forgotten) << forgotten.error().detail();
  EXPECT_EQ(forgotten->verifications, 1);
  EXPECT_FALSE(life.has_text("person-li"));
  EXPECT_EQ(life.rows("SELECT 1 FROM person_charge WHERE person = " + number), 0);
  const std::string high = std::to_string(VerificationId::parse(id)->high);
  EXPECT_EQ(life.rows("SELECT 1 FROM verification_progress WHERE id = " + high +
                      " AND (state <> x'' OR action <> '' OR options <> '' OR scores <> ''"
                      " OR vendor_message <> '')"),
            0);
  EXPECT_EQ(life.rows("SELECT 1 FROM verification WHERE id = " + high +
                      " AND (person_id <> '' OR return_url <> '' OR decision <> '')"),
            0);
  EXPECT_EQ(life.rows("SELECT 1 FROM answer WHERE verification = " + high), 0);
  EXPECT_EQ(life.rows("SELECT 1 FROM image WHERE verification = " + high), 0);
  // The verdict, the money and the other person stay.
  EXPECT_EQ(life.status(id), "completed");
  EXPECT_EQ(life.ledger(id), ledger);
  EXPECT_TRUE(life.has_text("person-wu"));
  EXPECT_EQ(life.status(other), "completed");
  EXPECT_EQ(life.faults(), "");
}

TEST(Forget, WritesDownThatItWasDoneAndByWhom) {
  Life life;
  play_whole_lives(life);
  finished(life, "person-li");
  finished(life, "person-li");
  life.step(k_hour_ms);
  ASSERT_TRUE(life.forget("person-li"));
  const auto noted = life.store->verifications().forgotten("shop");
  ASSERT_TRUE(noted);
  ASSERT_EQ(noted->size(), 1u);
  EXPECT_EQ(noted->front().person, person_number("shop", "person-li"));
  EXPECT_EQ(noted->front().verifications, 2);
  EXPECT_EQ(noted->front().actor, "lee");
  EXPECT_EQ(noted->front().begun_unix_ms, k_now + k_hour_ms);
  EXPECT_EQ(noted->front().ended_unix_ms, k_now + k_hour_ms);
}

TEST(Forget, RefusesTheWholeWhileOneIsOpenOrHeld) {
  Life life;
  play_whole_lives(life);
  const std::string done = finished(life, "person-li");
  const auto open = life.start("person-li");
  ASSERT_TRUE(open);
  const auto code = [](const Result<Forgotten>& got) { return got ? Errc() : got.error().code(); };
  const auto refused = life.forget("person-li");
  EXPECT_EQ(code(refused), Errc::conflict);
  EXPECT_NE(refused.error().detail().find(open->id), std::string::npos);
  // What had ended is as it was, too.
  EXPECT_EQ(life.rows("SELECT 1 FROM verification WHERE person_id = 'person-li'"), 2);
  EXPECT_EQ(life.status(done), "completed");
  // Cancelled, its charge is still held.
  ASSERT_TRUE(life.cancelled(open->id));
  EXPECT_EQ(code(life.forget("person-li")), Errc::conflict);
  EXPECT_TRUE(life.has_text("person-li"));
  life.step(3 * k_hour_ms);
  life.sweep();
  EXPECT_TRUE(life.forget("person-li"));
  EXPECT_FALSE(life.has_text("person-li"));
  EXPECT_EQ(life.faults(), "");
}

TEST(Forget, DoesTheRestAfterAFailure) {
  Life life;
  play_whole_lives(life);
  finished(life, "person-li");
  finished(life, "person-li");
  life.store->fails_in = 2;
  EXPECT_FALSE(life.forget("person-li"));
  EXPECT_TRUE(life.has_text("person-li"));
  life.crash();
  const auto forgotten = life.forget("person-li");
  ASSERT_TRUE(forgotten);
  EXPECT_EQ(forgotten->verifications, 1);
  EXPECT_FALSE(life.has_text("person-li"));
  EXPECT_EQ(life.faults(), "");
}

TEST(Forget, AnUnknownChargeCanStillBeSettled) {
  Life life;
  life.vendors.play("a", IDSW_OP_START,
                    start_failed(IDSW_ERROR_UNKNOWN_OUTCOME, IDSW_CHARGE_UNKNOWN));
  const auto started = life.start("person-li");
  ASSERT_TRUE(started);
  ASSERT_TRUE(life.forget("person-li"));
  EXPECT_FALSE(life.has_text("person-li"));
  ASSERT_TRUE(life.settle(started->id, {"a", "check", "init", 1}, Money{300'000}));
  EXPECT_EQ(life.charges(started->id), "a captured 0.30");
  EXPECT_EQ(life.faults(), "");
}

// An Idempotency-Key that was answered gives what is left, and no name.
TEST(Forget, ARepeatedRequestNamesNobody) {
  Life life;
  play_whole_lives(life);
  const std::string id = finished(life, "person-li", "key-1");
  ASSERT_TRUE(life.forget("person-li"));
  const auto again = life.start("person-li", "key-1");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, id);
  EXPECT_FALSE(life.has_text("person-li"));
}

TEST(Forget, AMisspeltTenantIsNoSuccess) {
  Life life;
  const auto forgotten = life.forget("person-li", "shopp");
  ASSERT_FALSE(forgotten);
  EXPECT_EQ(forgotten.error().code(), Errc::not_found);
  // Of a tenant that is there, nobody by that id is done as well.
  EXPECT_TRUE(life.forget("person-li"));
}

}  // namespace
}  // namespace idswitch::engine::test
