#include "booking_sample.hpp"

namespace idswitch::billing {
namespace {

using Settling = Booking;

TEST_F(Settling, AnUnknownChargeIsSettledByAPerson) {
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

TEST_F(Settling, APersonSaysThatNothingWasCharged) {
  adopt(1'000'000);
  ChargeBook charges = book();
  hold(charges);
  tell(charges, {evidence(IDSW_CHARGE_UNKNOWN)});
  const auto settled = settle(charges, {{}, "mei", "not in the statement", ""});
  EXPECT_EQ(settled->entries.at(0).kind, EntryKind::void_);
  EXPECT_EQ(charges.charges()[0].state, ChargeState::voided);
  EXPECT_EQ(budget_count().reserved, Money{});
  EXPECT_TRUE(charges.lines()[0].resolution);
}

TEST_F(Settling, APersonCorrectsWhatWasSettledAndEndsTheDispute) {
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

TEST_F(Settling, APersonsWordStandsAgainstLaterEvidence) {
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

TEST_F(Settling, WhoSettlesSaysWhoAndWhy) {
  ChargeBook charges = book();
  hold(charges);
  EXPECT_EQ(settle(charges, {Money{1}, "", "why", ""}).error().code(), Errc::invalid_field);
  EXPECT_EQ(settle(charges, {Money{1}, "mei", "", ""}).error().code(), Errc::invalid_field);
  EXPECT_EQ(settle(charges, {Money{-1}, "mei", "why", ""}).error().code(), Errc::invalid_field);
  EXPECT_EQ(settle(charges, {Money{1}, "mei", "why", ""}, 3, "other").error().code(),
            Errc::not_found);
  EXPECT_FALSE(charges.lines()[0].resolution);
}

}  // namespace
}  // namespace idswitch::billing
