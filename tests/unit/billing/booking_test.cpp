#include "billing/booking.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

#include "contract.hpp"
#include "model/counts_fold.hpp"

namespace idswitch::billing {
namespace {

constexpr std::int64_t k_day_ms = 86'400'000;
constexpr std::uint64_t k_person = 77;

config::Budget budget(std::int64_t limit_micros) {
  config::Budget budget;
  budget.name = "all";
  budget.limit = Money{limit_micros};
  budget.currency = "CNY";
  return budget;
}

// Books as a store does: under a touch that was made beforehand.
class Booking : public testing::Test {
 protected:
  void adopt(std::int64_t limit_micros) {
    office_.budgets = Budgets({budget(limit_micros)}, {{"baidu", 0}});
    office_.counts.adopt(office_.budgets.limits());
  }

  Booked hold(ChargeBook& book, const std::string& event = "verify", bool on_accept = false,
              std::int64_t at = 1, std::uint64_t person = k_person) {
    const Touch touch = touch_of_hold(book, office_.terms(), person, "verify", at);
    TouchedCounts counts(office_.counts, touch);
    return book_hold(book, office_.terms(), person, "verify", event, on_accept, at, counts);
  }

  Booked tell(ChargeBook& book, const std::vector<Evidence>& evidence,
              const std::optional<Ending>& ending = {}, std::int64_t at = 2,
              std::uint64_t person = k_person) {
    const Touch touch = touch_of(book, office_.terms(), person, at);
    TouchedCounts counts(office_.counts, touch);
    return book_evidence(book, office_.terms(), person, evidence, ending, at, counts);
  }

  Result<Booked> settle(ChargeBook& book, const HandWritten& word, std::int64_t at = 3,
                        const std::string& event = "verify") {
    const Touch touch = touch_of(book, office_.terms(), k_person, at);
    TouchedCounts counts(office_.counts, touch);
    return settle_by_hand(book, office_.terms(), k_person, {"baidu", "verify", event, 1}, word, at,
                          counts);
  }

  BudgetCount budget_count(std::int64_t at = 1) {
    const auto touched = office_.budgets.of({"shop", "baidu", "CNY", at, 0});
    return office_.counts.budget(touched.at(0).key);
  }

  static ChargeBook book(std::uint64_t id = 1) { return {VerificationId{id, 0}, "shop"}; }

  Office office_;
};

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

// ---- by hand

TEST_F(Booking, AnUnknownChargeIsSettledByAPerson) {
  adopt(1'000'000);
  ChargeBook charges = book();
  hold(charges);
  tell(charges, {evidence(IDSW_CHARGE_UNKNOWN)});
  EXPECT_EQ(charges.charges()[0].state, ChargeState::unknown);
  const auto settled =
      settle(charges, {Money{150'000}, "mei", "statement of November, line 17", "log-9"});
  ASSERT_TRUE(settled);
  ASSERT_EQ(settled->entries.size(), 1u);
  const LedgerEntry& entry = settled->entries[0];
  EXPECT_EQ(entry.kind, EntryKind::capture);
  EXPECT_EQ(entry.adjust, Adjust::by_hand);
  EXPECT_EQ(entry.amount, Money{150'000});
  EXPECT_EQ(entry.actor, "mei");
  EXPECT_EQ(entry.note, "statement of November, line 17");
  EXPECT_EQ(entry.vendor_reference, "log-9");
  EXPECT_EQ(charges.charges()[0].state, ChargeState::captured);
  EXPECT_EQ(charges.charges()[0].amount_micros, 150'000);
  EXPECT_EQ(budget_count().reserved, Money{});
  EXPECT_EQ(budget_count().spent, Money{150'000});
  EXPECT_EQ(office_.units("1970-01"), 1);
  EXPECT_TRUE(settle(charges, {Money{150'000}, "mei", "again", ""})->entries.empty());
}

TEST_F(Booking, APersonSaysThatNothingWasCharged) {
  adopt(1'000'000);
  ChargeBook charges = book();
  hold(charges);
  tell(charges, {evidence(IDSW_CHARGE_UNKNOWN)});
  const auto settled = settle(charges, {{}, "mei", "not in the statement", ""});
  EXPECT_EQ(settled->entries.at(0).kind, EntryKind::void_);
  EXPECT_EQ(charges.charges()[0].state, ChargeState::voided);
  EXPECT_EQ(budget_count().reserved, Money{});
  EXPECT_FALSE(charges.has_open());
}

TEST_F(Booking, APersonCorrectsWhatWasSettledAndEndsTheDispute) {
  ChargeBook charges = book();
  hold(charges);
  tell(charges, {evidence(IDSW_CHARGE_CAPTURED)});
  Evidence guess = evidence(IDSW_CHARGE_RELEASED);
  guess.source = IDSW_SOURCE_INFERRED;
  tell(charges, {guess});
  EXPECT_TRUE(charges.charges()[0].disputed);
  const auto settled = settle(charges, {{}, "mei", "the vendor gave it back", ""});
  EXPECT_EQ(settled->entries.at(0).kind, EntryKind::adjust);
  EXPECT_EQ(settled->entries[0].amount, Money{-200'000});
  EXPECT_EQ(charges.charges()[0].state, ChargeState::voided);
  EXPECT_FALSE(charges.charges()[0].disputed);
}

TEST_F(Booking, APersonsWordStandsAgainstLaterEvidence) {
  ChargeBook charges = book();
  std::vector<LedgerEntry> ledger = hold(charges).entries;
  const auto add = [&](std::vector<LedgerEntry> entries) {
    ledger.insert(ledger.end(), entries.begin(), entries.end());
    return entries.size();
  };
  add(tell(charges, {evidence(IDSW_CHARGE_UNKNOWN)}).entries);
  add(settle(charges, {{}, "mei", "not in the statement", ""})->entries);
  Evidence flag = evidence(IDSW_CHARGE_CAPTURED);
  flag.source = IDSW_SOURCE_VENDOR_FLAG;
  const Booked late = tell(charges, {flag}, Ending{IDSW_VERDICT_PASS, 0, ""});
  ASSERT_EQ(late.entries.size(), 1u);
  EXPECT_EQ(late.entries[0].adjust, Adjust::dispute);
  EXPECT_EQ(late.entries[0].amount, Money{});
  add(late.entries);
  EXPECT_EQ(charges.charges()[0].state, ChargeState::voided);
  EXPECT_TRUE(charges.charges()[0].disputed);
  ChargeBook again = book();
  again.replay(ledger);
  EXPECT_EQ(again.charges()[0].state, ChargeState::voided);
  EXPECT_TRUE(again.charges()[0].disputed);
  EXPECT_TRUE(tell(again, {flag}).entries.empty()) << "told once";
  EXPECT_EQ(add(settle(again, {Money{90'000}, "mei", "it was a late line", ""})->entries), 1u);
  EXPECT_EQ(again.charges()[0].amount_micros, 90'000);
  EXPECT_FALSE(again.charges()[0].disputed);
}

TEST_F(Booking, WhoSettlesSaysWhoAndWhy) {
  ChargeBook charges = book();
  hold(charges);
  EXPECT_EQ(settle(charges, {Money{1}, "", "why", ""}).error().code(), Errc::invalid_field);
  EXPECT_EQ(settle(charges, {Money{1}, "mei", "", ""}).error().code(), Errc::invalid_field);
  EXPECT_EQ(settle(charges, {Money{-1}, "mei", "why", ""}).error().code(), Errc::invalid_field);
  EXPECT_EQ(settle(charges, {Money{1}, "mei", "why", ""}, 3, "other").error().code(),
            Errc::not_found);
  EXPECT_TRUE(charges.has_open());
}

}  // namespace
}  // namespace idswitch::billing
