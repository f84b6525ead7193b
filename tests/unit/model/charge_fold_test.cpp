#include "model/charge_fold.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace idswitch {
namespace {

constexpr std::uint32_t k_captured = IDSW_CHARGE_CAPTURED;
constexpr std::uint32_t k_not_charged = IDSW_CHARGE_NOT_CHARGED;

LedgerEntry entry(EntryKind kind, std::int64_t micros, std::uint32_t evidence, std::int64_t at,
                  Adjust adjust = Adjust::legacy) {
  LedgerEntry entry;
  entry.verification = VerificationId{1, 2};
  entry.account = "jumdata";
  entry.sku = "life_check";
  entry.event = "init";
  entry.kind = kind;
  entry.amount = Money{micros};
  entry.currency = "CNY";
  entry.at_unix_ms = at;
  entry.evidence = evidence;
  entry.source = IDSW_SOURCE_RESULT_CODE;
  entry.adjust = adjust;
  if (kind != EntryKind::void_ && micros != 0) entry.rule = "prices.life_check";
  return entry;
}

LedgerEntry hold() {
  return entry(EntryKind::hold, 300'000, IDSW_CHARGE_HELD, 10);
}

TEST(ChargeFold, ReadsALifeOfACharge) {
  ChargeFold fold;
  fold.take(hold());
  EXPECT_EQ(fold.state(), ChargeState::held);
  EXPECT_EQ(fold.amount(), Money{300'000});
  fold.take(entry(EntryKind::adjust, 0, IDSW_CHARGE_UNKNOWN, 11, Adjust::remark));
  EXPECT_EQ(fold.state(), ChargeState::unknown);
  LedgerEntry capture = entry(EntryKind::capture, 250'000, k_captured, 12);
  capture.vendor_reference = "t-1";
  fold.take(capture);
  EXPECT_EQ(fold.state(), ChargeState::captured);
  EXPECT_EQ(fold.amount(), Money{250'000});
  EXPECT_EQ(fold.hold.at_unix_ms, 10);
  EXPECT_EQ(fold.ruled_at_unix_ms, 12);
  EXPECT_EQ(fold.references, std::vector<std::string>{"t-1"});
  EXPECT_FALSE(fold.is_disputed());
  EXPECT_EQ(fold.charge().amount_micros, 250'000);
}

// The vendor's flag came late: the charge was void, and is not any more.
TEST(ChargeFold, AVoidThatIsChargedAfterAllIsCaptured) {
  const LedgerEntry entries[] = {hold(), entry(EntryKind::void_, 0, k_not_charged, 11),
                                 entry(EntryKind::adjust, 300'000, k_captured, 12, Adjust::priced)};
  const ChargeFold fold = fold_charge(entries);
  EXPECT_EQ(fold.state(), ChargeState::captured);
  EXPECT_EQ(fold.amount(), Money{300'000});
  EXPECT_EQ(fold.ruled_at_unix_ms, 12);
  EXPECT_TRUE(fold.is_disputed());
}

TEST(ChargeFold, ACaptureThatIsGivenBackIsVoid) {
  const LedgerEntry entries[] = {
      hold(), entry(EntryKind::capture, 300'000, k_captured, 11),
      entry(EntryKind::adjust, -300'000, k_not_charged, 12, Adjust::released)};
  const ChargeFold fold = fold_charge(entries);
  EXPECT_EQ(fold.state(), ChargeState::voided);
  EXPECT_EQ(fold.amount(), Money{});
  EXPECT_TRUE(fold.is_disputed());
}

TEST(ChargeFold, WhatTheContractFreesNobodyTold) {
  LedgerEntry freed = entry(EntryKind::adjust, -300'000, k_not_charged, 12, Adjust::freed);
  freed.rule = "prices.life_check.outcomes[0]";
  const LedgerEntry entries[] = {hold(), entry(EntryKind::capture, 300'000, k_captured, 11), freed};
  const ChargeFold fold = fold_charge(entries);
  EXPECT_EQ(fold.state(), ChargeState::voided);
  EXPECT_FALSE(fold.is_disputed());
  EXPECT_EQ(fold.rule, "prices.life_check.outcomes[0]");
}

TEST(ChargeFold, APersonsWordEndsADispute) {
  ChargeFold fold;
  fold.take(hold());
  fold.take(entry(EntryKind::capture, 300'000, k_captured, 11));
  fold.take(entry(EntryKind::adjust, 0, k_not_charged, 12, Adjust::dispute));
  EXPECT_TRUE(fold.is_disputed());
  fold.take(entry(EntryKind::adjust, -100'000, k_captured, 13, Adjust::by_hand));
  EXPECT_FALSE(fold.is_disputed());
  EXPECT_EQ(fold.state(), ChargeState::captured);
  EXPECT_EQ(fold.amount(), Money{200'000});
}

struct LegacyRow {
  const char* name;
  LedgerEntry entry;
  Adjust is;
};

TEST(ChargeFold, TellsWhatAnAdjustIsThatDoesNotSayIt) {
  ChargeFold fold;
  fold.take(hold());
  fold.take(entry(EntryKind::capture, 300'000, k_captured, 11));
  const auto adjust = [](std::int64_t micros, std::uint32_t evidence, const char* rule) {
    LedgerEntry made = entry(EntryKind::adjust, micros, evidence, 12);
    made.rule = rule;
    return made;
  };
  const LegacyRow rows[] = {
      {"given back", adjust(-300'000, k_not_charged, "prices.life_check"), Adjust::released},
      {"by contract", adjust(-300'000, k_not_charged, "prices.life_check.outcomes[0]"),
       Adjust::freed},
      {"cheaper", adjust(-100'000, k_captured, "prices.life_check.outcomes[0]"), Adjust::priced},
      {"by hand", adjust(-300'000, k_not_charged, ""), Adjust::priced},
      {"nobody knows", adjust(0, IDSW_CHARGE_UNKNOWN, ""), Adjust::remark},
      {"confirms", adjust(0, k_captured, ""), Adjust::remark},
      {"contradicts", adjust(0, k_not_charged, ""), Adjust::dispute},
  };
  for (const LegacyRow& row : rows) EXPECT_EQ(adjust_of(fold, row.entry), row.is) << row.name;
}

TEST(ChargeFold, AFileThatAddsUpToTooMuchIsSeen) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const LedgerEntry entries[] = {hold(), entry(EntryKind::capture, most, k_captured, 11),
                                 entry(EntryKind::adjust, 1, k_captured, 12)};
  EXPECT_FALSE(fold_charge(entries).is_countable);
  EXPECT_TRUE(fold_charge({entries, 2}).is_countable);
}

}  // namespace
}  // namespace idswitch
