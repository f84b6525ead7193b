#include "billing/booking.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "booking_sample.hpp"

namespace idswitch::billing {
namespace {

constexpr std::int64_t k_day_ms = 86'400'000;

TEST_F(Booking, AHoldIsBookedOnceAndNumbered) {
  ChargeBook charges = book();
  const Booked held = hold(charges);
  ASSERT_EQ(held.entries.size(), 1u);
  EXPECT_EQ(held.entries[0].number, 1u);
  EXPECT_EQ(held.entries[0].place, -1);
  EXPECT_EQ(held.entries[0].utc_offset_min, 0);
  EXPECT_TRUE(hold(charges).entries.empty());
  const Booked done = tell(charges, {evidence(IDSW_CHARGE_CAPTURED)});
  ASSERT_EQ(done.entries.size(), 1u);
  EXPECT_EQ(done.entries[0].number, 2u);
  EXPECT_EQ(done.entries[0].place, 0);
  ChargeBook again = book();
  again.replay(held.entries);
  again.replay(done.entries);
  EXPECT_EQ(hold(again, "next").entries.at(0).number, 3u);
}

TEST_F(Booking, ACallThatIsChargedAnewIsTheNextCall) {
  ChargeBook charges = book();
  hold(charges, "verify", true);
  tell(charges, {evidence(IDSW_CHARGE_UNKNOWN, "verify", 0)});
  EXPECT_EQ(hold(charges, "verify", true).entries.at(0).call, 2u);
  const Booked done = tell(charges, {evidence(IDSW_CHARGE_CAPTURED, "verify", 0)});
  EXPECT_EQ(done.entries.at(0).call, 2u) << "an adapter speaks of the latest";
}

TEST_F(Booking, OfSeveralWordsAboutOneChargeTheLastCounts) {
  ChargeBook charges = book();
  hold(charges);
  const Booked done =
      tell(charges, {evidence(IDSW_CHARGE_NOT_CHARGED), evidence(IDSW_CHARGE_CAPTURED)});
  ASSERT_EQ(done.entries.size(), 1u);
  EXPECT_EQ(done.entries[0].kind, EntryKind::capture);
}

TEST_F(Booking, ARefusedHoldLeavesBookAndCountsAsTheyWere) {
  adopt(300'000);
  ChargeBook first = book(1), second = book(2);
  EXPECT_FALSE(hold(first).refused);
  const auto usage = office_.counts.usages();
  const auto spend = office_.counts.spends();
  const Booked refused = hold(second);
  ASSERT_TRUE(refused.refused);
  EXPECT_EQ(refused.refused->budget, "all");
  EXPECT_TRUE(refused.entries.empty());
  EXPECT_TRUE(second.lines().empty());
  EXPECT_EQ(budget_count().reserved, Money{200'000});
  EXPECT_EQ(office_.counts.usages(), usage);
  EXPECT_EQ(office_.counts.spends(), spend);
}

// A further call of a session that pays once was reserved at its full price, and held at nothing.
TEST_F(Booking, AFurtherCallOfASessionReservesWhatItHolds) {
  verify_of(office_.contract).group = config::Group::session;
  adopt(200'000);
  ChargeBook charges = book();
  hold(charges, "verify", true);
  tell(charges, {evidence(IDSW_CHARGE_CAPTURED, "verify", 0)});
  EXPECT_EQ(budget_count().spent, Money{200'000}) << "the budget is used up";
  const Booked second = hold(charges, "verify", true);
  EXPECT_FALSE(second.refused) << "what costs nothing needs no room";
  EXPECT_EQ(second.entries.at(0).amount, Money{});
  EXPECT_EQ(budget_count().reserved, Money{});
  tell(charges, {evidence(IDSW_CHARGE_CAPTURED, "verify", 0)});
  EXPECT_EQ(budget_count(), (BudgetCount{Money{200'000}, {}, Money{200'000}, true, false}));
}

TEST_F(Booking, ABudgetThatIsNewCountsWhatIsUnderWay) {
  ChargeBook charges[] = {book(1), book(2), book(3)};
  for (ChargeBook& one : charges) hold(one);
  tell(charges[0], {evidence(IDSW_CHARGE_CAPTURED)});
  adopt(1'000'000);
  EXPECT_EQ(budget_count().reserved, Money{400'000});
  EXPECT_EQ(budget_count().spent, Money{200'000});
  tell(charges[1], {evidence(IDSW_CHARGE_RELEASED)});
  tell(charges[2], {evidence(IDSW_CHARGE_RELEASED)});
  EXPECT_EQ(budget_count().reserved, Money{});
  EXPECT_EQ(budget_count().spent, Money{200'000});
}

TEST_F(Booking, AChargeSettlesInTheMonthOfItsHoldHoweverLate) {
  adopt(1'000'000);
  ChargeBook charges = book();
  hold(charges);
  tell(charges, {evidence(IDSW_CHARGE_CAPTURED)}, {}, 70 * k_day_ms);
  EXPECT_EQ(budget_count().spent, Money{200'000});
  EXPECT_EQ(budget_count(70 * k_day_ms).spent, Money{});
  EXPECT_EQ(office_.counts.usage({"baidu", "verify", "", ""}).open, 0);
  EXPECT_EQ(office_.counts.usage({"baidu", "", "CNY", "1970-03"}).amount, Money{200'000})
      << "a minimum commitment counts it when it is charged";
}

TEST_F(Booking, EveryBookingWarns) {
  adopt(250'000);
  ChargeBook charges = book();
  EXPECT_EQ(hold(charges).warnings.size(), 1u);
  verify_of(office_.contract).price = Money{400'000};
  config::Budget soft = budget(250'000);
  soft.stops = false;
  office_.budgets = Budgets({soft}, {{"baidu", 0}});
  const Booked done = tell(charges, {evidence(IDSW_CHARGE_CAPTURED)});
  ASSERT_EQ(done.warnings.size(), 1u);
  EXPECT_TRUE(done.warnings[0].is_over_limit);
}

TEST_F(Booking, SixteenVerificationsOfOnePersonThatEndAtOncePayOnce) {
  verify_of(office_.contract).person_days = 30;
  std::vector<ChargeBook> books;
  for (std::uint64_t id = 1; id <= 16; ++id) hold(books.emplace_back(book(id)));
  int paid = 0, free = 0;
  for (ChargeBook& one : books) {
    const Booked done = tell(one, {evidence(IDSW_CHARGE_CAPTURED)});
    const LedgerEntry& capture = done.entries.at(0);
    (capture.amount == Money{200'000} ? paid : free) += 1;
    EXPECT_EQ(capture.place, capture.amount == Money{} ? -1 : 0);
  }
  EXPECT_EQ(paid, 1);
  EXPECT_EQ(free, 15);
  EXPECT_EQ(office_.units("1970-01"), 1);
  EXPECT_EQ(office_.counts.person({"baidu", "verify", k_person}), 2);
}

// What a start captures was not remembered as the person's.
TEST_F(Booking, AChargeThatIsCapturedAtTheStartIsThePersons) {
  office_.contract.versions[0].prices["sessioncode"].person_days = 30;
  Evidence code = evidence(IDSW_CHARGE_CAPTURED, "start");
  code.sku = "sessioncode";
  std::vector<std::int64_t> amounts;
  for (std::uint64_t id = 1; id <= 3; ++id) {
    ChargeBook one = book(id);
    amounts.push_back(tell(one, {code}).entries.back().amount.micros);
  }
  EXPECT_EQ(amounts, (std::vector<std::int64_t>{10'000, 0, 0}));
}

TEST_F(Booking, APriceThatIsAskedForAgainIsTheSame) {
  adopt(1'000'000);
  ChargeBook charges = book();
  hold(charges);
  const MemoryCounts before = office_.counts;
  const ChargeBook was = charges;
  const Booked first = tell(charges, {evidence(IDSW_CHARGE_CAPTURED)});
  const auto spend = office_.counts.spends();
  office_.counts = before;
  charges = was;
  const Booked second = tell(charges, {evidence(IDSW_CHARGE_CAPTURED)});
  ASSERT_EQ(second.entries.size(), 1u);
  EXPECT_EQ(second.entries[0].amount, first.entries.at(0).amount);
  EXPECT_EQ(second.entries[0].number, first.entries[0].number);
  EXPECT_EQ(office_.counts.spends(), spend);
}

TEST_F(Booking, ACurrencyCannotChangeUnderOpenCharges) {
  EXPECT_FALSE(currency_refusal("baidu", "CNY", "USD", 0));
  EXPECT_FALSE(currency_refusal("baidu", "CNY", "CNY", 3));
  EXPECT_EQ(*currency_refusal("baidu", "CNY", "USD", 3),
            "account \"baidu\" has 3 open charges in CNY, so its contract cannot change to USD: "
            "wait until they have ended, settle those that are unknown, or give the new contract "
            "to another account");
}

using BookingDeathTest = Booking;

TEST_F(BookingDeathTest, AskingForWhatWasNotTouchedStops) {
  ChargeBook charges = book();
  const Touch nothing;
  TouchedCounts counts(office_.counts, nothing);
  EXPECT_DEATH(book_hold(charges, office_.terms(), 0, "verify", "verify", false, 1, counts),
               "has not named");
}

TEST_F(BookingDeathTest, AnEntryThatDoesNotFitItsChargeStops) {
  ChargeBook charges = book();
  Pricer pricer = office_.pricer();
  const LedgerEntry hold = charges.next_hold(pricer, "verify", "verify", 1, 1);
  charges.keep(pricer, hold);
  EXPECT_DEATH(charges.keep(pricer, hold), "held twice");
  LedgerEntry capture = hold;
  capture.kind = EntryKind::capture;
  capture.event = "other";
  EXPECT_DEATH(charges.keep(pricer, capture), "was not held");
  capture.event = hold.event;
  capture.currency = "EUR";
  EXPECT_DEATH(charges.keep(pricer, capture), "two currencies");
}

TEST_F(BookingDeathTest, ASumPastWhatCanBeCountedStops) {
  const Money most{std::numeric_limits<std::int64_t>::max()};
  verify_of(office_.contract).price = most;
  ChargeBook one = book(1), two = book(2);
  hold(one);
  EXPECT_DEATH(hold(two), "past what can be counted");
}

}  // namespace
}  // namespace idswitch::billing
