#include "reconcile/statement_settlement.hpp"

#include <gtest/gtest.h>

namespace idswitch::engine {
namespace {

class Settlement : public testing::Test {
 protected:
  Settlement() {
    charge_.verification = VerificationId{3, 4};
    charge_.sku = "verify";
    charge_.event = "result";
    charge_.call = 2;
    charge_.currency = line_.currency = "CNY";
    charge_.state = ChargeState::unknown;
    line_.line = 17;
    line_.amount = Money{300'000};
    line_.references = {"t-9", "other"};
    row_.line = &line_;
    row_.charge = &charge_;
  }

  std::optional<StatementSettlement> settled() const { return settlement_of(row_, reading_); }

  billing::StatementLine line_;
  billing::LedgerCharge charge_;
  ReconciledRow row_;
  StatementReading reading_{"baidu", "mei", "2026-11.csv", false};
};

TEST_F(Settlement, ALineSettlesWhatNobodyKnew) {
  const auto made = settled();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->verification, (VerificationId{3, 4}));
  EXPECT_EQ(made->charge, (ChargeName{"baidu", "verify", "result", 2}));
  EXPECT_EQ(made->word.charged, Money{300'000});
  EXPECT_EQ(made->word.actor, "mei");
  EXPECT_EQ(made->word.note, "statement 2026-11.csv, line 17: 0.30 CNY");
  EXPECT_EQ(made->word.vendor_reference, "t-9");
}

TEST_F(Settlement, ALineOfNothingSaysThatItIsNotCharged) {
  line_.amount = Money{};
  EXPECT_FALSE(settled()->word.charged);
}

TEST_F(Settlement, ADisputeIsEndedByTheStatement) {
  charge_.state = ChargeState::voided;
  EXPECT_FALSE(settled()) << "a difference is for a person to judge";
  charge_.is_disputed = true;
  EXPECT_TRUE(settled());
}

TEST_F(Settlement, WhatStandsInNoLineIsFreeWhenTheStatementIsComplete) {
  row_.line = nullptr;
  EXPECT_FALSE(settled());
  reading_.is_complete = true;
  ASSERT_TRUE(settled());
  EXPECT_FALSE(settled()->word.charged);
  EXPECT_EQ(settled()->word.note, "no line of the statement 2026-11.csv has it");
}

TEST_F(Settlement, OtherRowsSettleNothing) {
  charge_.state = ChargeState::held;
  EXPECT_FALSE(settled()) << "the vendor is still asked";
  charge_.state = ChargeState::unknown;
  line_.units = 2;
  EXPECT_FALSE(settled());
  line_.units = 1;
  line_.amount = Money{-1};
  EXPECT_FALSE(settled());
  line_.amount = Money{1};
  line_.currency = "USD";
  EXPECT_FALSE(settled());
  row_.charge = nullptr;
  EXPECT_FALSE(settled());
}

}  // namespace
}  // namespace idswitch::engine
