#include <gtest/gtest.h>

#include "contract.hpp"

namespace idswitch::billing {
namespace {

using Kinds = std::vector<EntryKind>;

ChargeBook book() {
  return ChargeBook(VerificationId{7, 8}, "shop");
}

Kinds kinds_of(const std::vector<LedgerEntry>& entries) {
  Kinds kinds;
  for (const LedgerEntry& entry : entries) kinds.push_back(entry.kind);
  return kinds;
}

TEST(ChargeBook, HoldsThePriceOfTheContractAndSaysWhoWhatAndWhen) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  const auto hold = charges.hold(baidu, "verify", "verify", 1234);
  ASSERT_TRUE(hold);
  EXPECT_EQ(hold->kind, EntryKind::hold);
  EXPECT_EQ(hold->amount, Money{200'000});
  EXPECT_EQ(hold->currency, "CNY");
  EXPECT_EQ(hold->contract_version, "2026-1");
  EXPECT_EQ(hold->verification, (VerificationId{7, 8}));
  EXPECT_EQ(hold->tenant, "shop");
  EXPECT_EQ(hold->account, "baidu");
  EXPECT_EQ(hold->event, "verify");
  EXPECT_EQ(hold->at_unix_ms, 1234);
  EXPECT_EQ(hold->evidence, std::uint32_t{IDSW_CHARGE_HELD});
  EXPECT_FALSE(charges.lines()[0].resolution);
}

TEST(ChargeBook, HoldsOnceWhateverIsSentAgain) {
  Office office;
  Pricer baidu = office.pricer();
  Pricer baidu_two = office.pricer("baidu-two");
  ChargeBook charges = book();
  EXPECT_TRUE(charges.hold(baidu, "verify", "verify", 1));
  EXPECT_FALSE(charges.hold(baidu, "verify", "verify", 2));
  EXPECT_TRUE(charges.hold(baidu, "sessioncode", "verify", 3));
  EXPECT_TRUE(charges.hold(baidu_two, "verify", "verify", 4));
  EXPECT_TRUE(charges.hold(baidu, "verify", "other", 5));
  EXPECT_EQ(charges.charges().size(), 4u);
}

// What need not be booked: it is asked before each booking of a start.
TEST(ChargeBook, KnowsWhatIsHeldAlreadyAndWhatIsInDoubt) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  const Evidence held = evidence(IDSW_CHARGE_HELD);
  const Evidence released = evidence(IDSW_CHARGE_RELEASED);
  EXPECT_FALSE(charges.holds_already("baidu", held)) << "somebody has to open it";
  charges.hold(baidu, "verify", "verify", 1);
  EXPECT_TRUE(charges.holds_already("baidu", held));
  EXPECT_FALSE(charges.holds_already("baidu-two", held));
  EXPECT_FALSE(charges.holds_already("baidu", released)) << "it says more than that";
  EXPECT_FALSE(charges.holds_already("baidu", evidence(IDSW_CHARGE_HELD, "verify", 2)));
  EXPECT_FALSE(charges.is_unknown("baidu", released));
  charges.apply(baidu, evidence(IDSW_CHARGE_UNKNOWN), 2);
  EXPECT_TRUE(charges.is_unknown("baidu", released));
  charges.apply(baidu, evidence(IDSW_CHARGE_CAPTURED), 3);
  EXPECT_FALSE(charges.is_unknown("baidu", released));
}

TEST(ChargeBook, HoldsWhatHasNoPriceAtZero) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  EXPECT_EQ(charges.hold(baidu, "unpriced", "x", 1)->amount, Money{});
}

struct Row {
  const char* name;
  std::vector<std::uint32_t> seen;  // after a hold
  Kinds added;
  ChargeState state;
  std::int64_t amount_micros;
  bool open;
};

class ChargeBookEvidence : public testing::TestWithParam<Row> {};

TEST_P(ChargeBookEvidence, AddsTheseEntriesAndLeavesThisCharge) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  ASSERT_TRUE(charges.hold(baidu, "verify", "verify", 1));
  Kinds added;
  for (const std::uint32_t state : GetParam().seen) {
    for (const EntryKind kind : kinds_of(charges.apply(baidu, evidence(state), 2))) {
      added.push_back(kind);
    }
  }
  EXPECT_EQ(added, GetParam().added);
  ASSERT_EQ(charges.charges().size(), 1u);
  EXPECT_EQ(charges.charges()[0].state, GetParam().state);
  EXPECT_EQ(charges.charges()[0].amount_micros, GetParam().amount_micros);
  EXPECT_EQ(!charges.lines()[0].resolution, GetParam().open);
}

constexpr auto k_hold = EntryKind::hold;
constexpr auto k_capture = EntryKind::capture;
constexpr auto k_void = EntryKind::void_;
constexpr auto k_adjust = EntryKind::adjust;
constexpr std::uint32_t k_held = IDSW_CHARGE_HELD;
constexpr std::uint32_t k_captured = IDSW_CHARGE_CAPTURED;
constexpr std::uint32_t k_released = IDSW_CHARGE_RELEASED;
constexpr std::uint32_t k_not_charged = IDSW_CHARGE_NOT_CHARGED;
constexpr std::uint32_t k_unknown = IDSW_CHARGE_UNKNOWN;

const Row k_rows[] = {
    {"Nothing", {}, {}, ChargeState::held, 200'000, true},
    {"Held", {k_held, k_held}, {}, ChargeState::held, 200'000, true},
    {"Captured", {k_captured}, {k_capture}, ChargeState::captured, 200'000, false},
    {"CapturedTwice", {k_captured, k_captured}, {k_capture}, ChargeState::captured, 200'000, false},
    {"Released", {k_released}, {k_void}, ChargeState::voided, 0, false},
    {"NotCharged", {k_not_charged}, {k_void}, ChargeState::voided, 0, false},
    {"FreeTwoWays", {k_released, k_not_charged}, {k_void}, ChargeState::voided, 0, false},
    {"Unknown", {k_unknown}, {k_adjust}, ChargeState::unknown, 200'000, true},
    {"UnknownTwice", {k_unknown, k_unknown}, {k_adjust}, ChargeState::unknown, 200'000, true},
    {"UnknownThenCaptured",
     {k_unknown, k_captured},
     {k_adjust, k_capture},
     ChargeState::captured,
     200'000,
     false},
    {"UnknownThenReleased",
     {k_unknown, k_released},
     {k_adjust, k_void},
     ChargeState::voided,
     0,
     false},
    {"ANumberNobodyKnows", {99}, {k_adjust}, ChargeState::unknown, 200'000, true},
    {"CapturedThenUnknown",
     {k_captured, k_unknown},
     {k_capture},
     ChargeState::captured,
     200'000,
     false},
    {"CapturedThenHeld", {k_captured, k_held}, {k_capture}, ChargeState::captured, 200'000, false},
    {"ContradictedCapture",
     {k_captured, k_released},
     {k_capture, k_adjust},
     ChargeState::captured,
     200'000,
     false},
    {"ContradictedVoid",
     {k_released, k_captured},
     {k_void, k_adjust},
     ChargeState::captured,
     200'000,
     false},
    {"ContradictedTwice",
     {k_released, k_captured, k_captured, k_released},
     {k_void, k_adjust},
     ChargeState::captured,
     200'000,
     false},
};

INSTANTIATE_TEST_SUITE_P(Table, ChargeBookEvidence, testing::ValuesIn(k_rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ChargeBook, OpensTheHoldThatNobodyOpened) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  EXPECT_EQ(kinds_of(charges.apply(baidu, evidence(k_captured), 1)), (Kinds{k_hold, k_capture}));
}

TEST(ChargeBook, ACaptureCarriesItsEvidence) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  const auto entries = charges.apply(baidu, evidence(k_captured), 55);
  const LedgerEntry& capture = entries.back();
  EXPECT_EQ(capture.amount, Money{200'000});
  EXPECT_EQ(capture.evidence, k_captured);
  EXPECT_EQ(capture.source, std::uint32_t{IDSW_SOURCE_RESULT_CODE});
  EXPECT_EQ(capture.vendor_reference, "log-17");
  EXPECT_EQ(capture.vendor_code, "0");
  EXPECT_EQ(capture.at_unix_ms, 55);
  EXPECT_EQ(charges.charges()[0].vendor_reference, "log-17");
}

TEST(ChargeBook, AWeakerContradictionIsARemarkAndTheChargeIsDisputed) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  charges.apply(baidu, evidence(k_captured), 1);
  EXPECT_FALSE(charges.charges()[0].disputed);
  Evidence guess = evidence(k_released);
  guess.source = IDSW_SOURCE_INFERRED;
  guess.vendor_code = "17";
  guess.vendor_reference = "log-18";
  const auto remark = charges.apply(baidu, guess, 2);
  ASSERT_EQ(kinds_of(remark), Kinds{k_adjust});
  EXPECT_EQ(remark[0].amount, Money{});
  EXPECT_EQ(remark[0].evidence, k_released);
  EXPECT_EQ(remark[0].source, std::uint32_t{IDSW_SOURCE_INFERRED});
  EXPECT_EQ(remark[0].vendor_code, "17");
  EXPECT_EQ(remark[0].vendor_reference, "log-18");
  EXPECT_EQ(remark[0].rule, "");
  const Charge charge = charges.charges()[0];
  EXPECT_TRUE(charge.disputed);
  EXPECT_EQ(charge.state, ChargeState::captured);
  EXPECT_EQ(charge.amount_micros, 200'000);
}

TEST(ChargeBook, AStrongerContradictionCorrectsByTheDifferenceAndNamesItself) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  charges.apply(baidu, evidence(k_captured), 1);
  Evidence flag = evidence(k_released);
  flag.source = IDSW_SOURCE_VENDOR_FLAG;
  const auto freed = charges.apply(baidu, flag, 2);
  ASSERT_EQ(kinds_of(freed), Kinds{k_adjust});
  EXPECT_EQ(freed[0].amount, Money{-200'000});
  EXPECT_EQ(freed[0].evidence, k_released);
  EXPECT_EQ(freed[0].source, std::uint32_t{IDSW_SOURCE_VENDOR_FLAG});
  EXPECT_EQ(freed[0].rule, "prices.verify") << "of the price that is given back";
  EXPECT_EQ(freed[0].contract_version, "2026-1");
  EXPECT_EQ(charges.charges()[0].state, ChargeState::voided);
  EXPECT_EQ(charges.charges()[0].amount_micros, 0);
  EXPECT_TRUE(charges.charges()[0].disputed);
  flag.state = k_captured;
  const auto again = charges.apply(baidu, flag, 3);
  ASSERT_EQ(kinds_of(again), Kinds{k_adjust});
  EXPECT_EQ(again[0].amount, Money{200'000});
  EXPECT_EQ(again[0].rule, "prices.verify");
  EXPECT_EQ(charges.charges()[0].state, ChargeState::captured);
}

TEST(ChargeBook, ACorrectionByHandStands) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  LedgerEntry correction = charges.apply(baidu, evidence(k_captured), 1).back();
  correction.kind = k_adjust;
  correction.amount = Money{-50'000};
  correction.rule.clear();
  charges.replay({correction});
  Evidence flag = evidence(k_captured);
  flag.source = IDSW_SOURCE_VENDOR_FLAG;
  EXPECT_EQ(charges.apply(baidu, flag, 2).at(0).amount, Money{});
  EXPECT_EQ(charges.charges()[0].amount_micros, 150'000);
}

TEST(ChargeBook, WhatAnOlderLedgerLeftContradictedIsCorrectedWhenItIsToldAgain) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  std::vector<LedgerEntry> ledger = charges.apply(baidu, evidence(k_captured), 1);
  // The resolution stood, and the vendor's flag was a remark.
  LedgerEntry remark = ledger.back();
  remark.kind = k_adjust;
  remark.amount = {};
  remark.evidence = k_released;
  remark.source = IDSW_SOURCE_VENDOR_FLAG;
  remark.rule.clear();
  ledger.push_back(remark);
  ChargeBook again = book();
  again.replay(ledger);
  EXPECT_EQ(again.charges()[0].state, ChargeState::captured);
  EXPECT_EQ(again.charges()[0].amount_micros, 200'000);
  EXPECT_TRUE(again.charges()[0].disputed);
  const auto corrected = again.apply(baidu, evidence(k_captured), 2);
  ASSERT_EQ(kinds_of(corrected), Kinds{k_adjust});
  EXPECT_EQ(corrected[0].amount, Money{-200'000});
  EXPECT_EQ(corrected[0].evidence, k_released);
  EXPECT_EQ(corrected[0].source, std::uint32_t{IDSW_SOURCE_VENDOR_FLAG});
  EXPECT_EQ(again.charges()[0].state, ChargeState::voided);
}

TEST(ChargeBook, ASecondPaidCallIsAChargeOfItsOwn) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  EXPECT_EQ(charges.call_for("baidu", "verify", "verify", true), 1u);
  charges.hold(baidu, "verify", "verify", 1);
  // The same call still in the air.
  EXPECT_EQ(charges.call_for("baidu", "verify", "verify", true), 1u);
  charges.apply(baidu, evidence(k_not_charged), 2);
  EXPECT_EQ(charges.call_for("baidu", "verify", "verify", true), 2u);
  EXPECT_EQ(charges.latest_call("baidu", "verify", "verify"), 1u);
  charges.hold(baidu, "verify", "verify", 3, 2);
  EXPECT_EQ(charges.call_for("baidu", "verify", "verify", true), 2u);
  EXPECT_EQ(charges.latest_call("baidu", "verify", "verify"), 2u);
  charges.apply(baidu, evidence(k_unknown, "verify", 2), 4);
  EXPECT_EQ(charges.call_for("baidu", "verify", "verify", true), 3u);
  // Neither another SKU nor another account is touched.
  EXPECT_EQ(charges.call_for("baidu", "sessioncode", "verify", true), 1u);
  EXPECT_EQ(charges.call_for("other", "verify", "verify", true), 1u);
}

TEST(ChargeBook, AnAdaptersOwnNumberIsNoCall) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  charges.hold(baidu, "verify", "verify#2", 1);
  charges.hold(baidu, "verify", "verify", 1);
  charges.apply(baidu, evidence(k_captured), 2);
  EXPECT_EQ(charges.call_for("baidu", "verify", "verify", true), 2u);
  EXPECT_TRUE(charges.hold(baidu, "verify", "verify", 3, 2)) << "the event \"verify#2\" is another";
  EXPECT_EQ(charges.latest_call("baidu", "verify", "verify#2"), 1u);
  EXPECT_EQ(charges.charges().size(), 3u);
}

TEST(ChargeBook, EvidenceThatNamesNoCallIsAboutTheLatest) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  for (const std::uint32_t call : {1u, 2u}) charges.hold(baidu, "verify", "verify", 1, call);
  const auto entries = charges.apply(baidu, evidence(k_captured, "verify", 0), 2);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].call, 2u);
}

TEST(ChargeBook, ASessionBilledOnceKeepsItsKeyHoweverOftenItIsAsked) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  charges.apply(baidu, evidence(k_captured), 1);
  EXPECT_EQ(charges.call_for("baidu", "verify", "verify", false), 1u);
  EXPECT_FALSE(charges.hold(baidu, "verify", "verify", 2));
}

TEST(ChargeBook, WhatTheLedgerHasIsNotWrittenAgain) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook first = book();
  std::vector<LedgerEntry> ledger;
  ledger.push_back(*first.hold(baidu, "verify", "verify", 1));
  for (const auto& entry : first.apply(baidu, evidence(k_captured), 2)) ledger.push_back(entry);

  ChargeBook second = book();
  second.replay(ledger);
  EXPECT_TRUE(second.lines().at(0).resolution);
  EXPECT_FALSE(second.hold(baidu, "verify", "verify", 3));
  EXPECT_TRUE(second.apply(baidu, evidence(k_captured), 4).empty());
  EXPECT_EQ(second.charges()[0].amount_micros, 200'000);
}

TEST(ChargeBook, KnowsWhetherAResultIsWorthAskingFor) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  EXPECT_FALSE(charges.has_held());
  charges.hold(baidu, "verify", "verify", 1);
  EXPECT_TRUE(charges.has_held());
  charges.apply(baidu, evidence(k_unknown), 2);
  EXPECT_FALSE(charges.has_held()) << "nobody will ever know";
  EXPECT_FALSE(charges.lines()[0].resolution);
  charges.hold(baidu, "verify", "second", 3);
  EXPECT_TRUE(charges.has_held());
  charges.apply(baidu, evidence(k_released, "second"), 4);
  EXPECT_FALSE(charges.has_held());
}

TEST(ChargeBook, AnAdjustmentChangesWhatWasCaptured) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  std::vector<LedgerEntry> ledger = charges.apply(baidu, evidence(k_captured), 1);
  LedgerEntry correction = ledger.back();
  correction.kind = k_adjust;
  correction.amount = Money{-50'000};
  charges.replay({correction});
  EXPECT_EQ(charges.charges()[0].amount_micros, 150'000);
}

TEST(ChargeBook, APriceThatChangedSinceDoesNotTouchTheHold) {
  Office office;
  Pricer baidu = office.pricer();
  ChargeBook charges = book();
  charges.hold(baidu, "verify", "verify", 1);
  verify_of(office.contract).price = Money{900'000};
  charges.apply(baidu, evidence(k_unknown), 2);
  EXPECT_EQ(charges.charges()[0].amount_micros, 200'000);
}

}  // namespace
}  // namespace idswitch::billing
