#include "engine/verification/ask_schedule.hpp"

#include <gtest/gtest.h>

namespace idswitch::engine {
namespace {

constexpr std::int64_t k_minute = 60'000;
constexpr std::int64_t k_hour = 60 * k_minute;
constexpr std::int64_t k_day = 24 * k_hour;

// Started at 0, with a token of two hours.
AskCase open_session() {
  AskCase ask;
  ask.expires_unix_ms = 2 * k_hour;
  return ask;
}

TEST(AskSchedule, AsksLessOftenAsASessionGetsOlder) {
  const AskCase ask = open_session();
  EXPECT_EQ(next_ask_unix_ms(ask, 0), 5'000);                        // the interval
  EXPECT_EQ(next_ask_unix_ms(ask, 4 * k_minute), 5 * k_minute);      // a quarter of its age
  EXPECT_EQ(next_ask_unix_ms(ask, 100 * k_minute), 110 * k_minute);  // ten minutes at most
}

TEST(AskSchedule, AsksOnceBeforeTheTokenDiesAndOnceRightAfter) {
  const AskCase ask = open_session();
  const std::int64_t last = 2 * k_hour - 10'000;
  EXPECT_EQ(next_ask_unix_ms(ask, 115 * k_minute), last);
  EXPECT_EQ(next_ask_unix_ms(ask, last), 2 * k_hour + 2'000);
  EXPECT_EQ(next_ask_unix_ms(ask, 2 * k_hour - 1), 2 * k_hour + 2'000);
}

TEST(AskSchedule, GoesOnAfterDeathForAChargeThatIsOpenButEverLessOften) {
  AskCase ask = open_session();
  ask.status = Status::expired;
  ask.has_open_charge = true;
  EXPECT_EQ(next_ask_unix_ms(ask, 2 * k_hour + 2'000), 2 * k_hour + 7'000);
  EXPECT_EQ(next_ask_unix_ms(ask, 2 * k_hour + 20 * k_minute), 2 * k_hour + 40 * k_minute);
  EXPECT_EQ(next_ask_unix_ms(ask, 10 * k_hour), 11 * k_hour);
}

TEST(AskSchedule, EndsWhenNothingIsOpenOrAfterNinetyDays) {
  AskCase ask = open_session();
  ask.status = Status::completed;
  EXPECT_EQ(next_ask_unix_ms(ask, k_minute), 0);
  ask.has_open_charge = true;
  EXPECT_NE(next_ask_unix_ms(ask, 89 * k_day), 0);
  EXPECT_FALSE(is_given_up(ask, 89 * k_day));
  // The sweep that finds it given up makes it unknown; should that fail, it is found again.
  EXPECT_EQ(next_ask_unix_ms(ask, 90 * k_day), 90 * k_day + k_hour);
  EXPECT_TRUE(is_given_up(ask, 90 * k_day));
  ask.has_open_charge = false;
  EXPECT_EQ(next_ask_unix_ms(ask, 90 * k_day), 0);
}

TEST(AskSchedule, LooksOnceMoreAtWhatExpiredAndCostsNothing) {
  AskCase ask = open_session();
  ask.status = Status::expired;
  const std::int64_t first = 3 * k_hour + 5 * k_minute;
  EXPECT_EQ(next_ask_unix_ms(ask, 2 * k_hour + 2'000), first);
  EXPECT_FALSE(is_last_look(ask, first - 1));
  EXPECT_TRUE(is_last_look(ask, first));
  EXPECT_EQ(next_ask_unix_ms(ask, first), first + k_hour) << "without an answer";
  EXPECT_EQ(next_ask_unix_ms(ask, first + k_day), 0);
  ask.can_ask = false;
  EXPECT_EQ(next_ask_unix_ms(ask, 2 * k_hour + 2'000), 0);
}

TEST(AskSchedule, LooksOnceAnHourWhereTheVendorCannotBeAsked) {
  AskCase ask = open_session();
  ask.can_ask = false;
  EXPECT_EQ(next_ask_unix_ms(ask, 0), 2 * k_hour + 2'000);
  EXPECT_EQ(next_ask_unix_ms(ask, 3 * k_hour), 3 * k_hour + 2'000) << "it has not been ended yet";
  ask.status = Status::expired;
  ask.has_open_charge = true;
  EXPECT_EQ(next_ask_unix_ms(ask, 3 * k_hour), 4 * k_hour);
}

TEST(AskSchedule, AsksAgainWhatWasGivenUpInDoubtForAsLongAsItMayBeAnswered) {
  AskCase ask = open_session();
  ask.status = Status::cancelled;
  ask.is_unheard = true;
  EXPECT_EQ(next_ask_unix_ms(ask, 4 * k_minute), 5 * k_minute);
  EXPECT_EQ(next_ask_unix_ms(ask, 90 * k_day), 0);
  ask.can_ask = false;
  EXPECT_EQ(next_ask_unix_ms(ask, 4 * k_minute), 0);
}

TEST(AskSchedule, KeepsTheSessionsOfAnAccountThatIsNotConfiguredAsDueAsTheyWere) {
  VerificationRecord record;
  record.verification.status = Status::awaiting_user;
  record.verification.account = "gone";
  record.verification.created_unix_ms = 0;
  const AskCase ask = ask_case(record, billing::ChargeBook({1, 1}, "shop"), nullptr);
  EXPECT_TRUE(ask.can_ask);
  EXPECT_EQ(next_ask_unix_ms(ask, 4 * k_minute), 5 * k_minute);
}

TEST(AskSchedule, FindsInterruptedWorkSoon) {
  AskCase ask = open_session();
  for (const Status status : {Status::starting, Status::submitting}) {
    ask.status = status;
    EXPECT_EQ(next_ask_unix_ms(ask, 3 * k_hour), 3 * k_hour + 2 * k_minute);
  }
}

// Whatever else is so, something that is held has a next time.
TEST(AskSchedule, NeverForgetsAHold) {
  for (int status = 0; status <= static_cast<int>(Status::submitting); ++status) {
    for (const bool can_ask : {false, true}) {
      for (const std::int64_t dies : {std::int64_t{0}, 2 * k_hour}) {
        AskCase ask = open_session();
        ask.status = static_cast<Status>(status);
        ask.can_ask = can_ask;
        ask.expires_unix_ms = dies;
        ask.has_open_charge = true;
        for (std::int64_t now = 0; now < 200 * k_day; now += 7 * k_hour) {
          ASSERT_GT(next_ask_unix_ms(ask, now), now) << status << can_ask << dies;
        }
      }
    }
  }
}

TEST(AskSchedule, AlwaysMovesOnFromNow) {
  AskCase ask = open_session();
  ask.interval = std::chrono::milliseconds(0);
  for (std::int64_t now = 0; now < 5 * k_hour; now += 777) {
    const std::int64_t next = next_ask_unix_ms(ask, now);
    ASSERT_GT(next, now);
    ASSERT_LE(next, now + k_hour);
  }
}

}  // namespace
}  // namespace idswitch::engine
