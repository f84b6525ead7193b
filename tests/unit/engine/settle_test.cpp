// What a person says of a charge, from the order to the ledger and the budgets.

#include "engine/verification/settle.hpp"

#include <gtest/gtest.h>

#include "life.hpp"

namespace idswitch::engine::test {
namespace {

const ChargeName k_init{"a", "check", "init", 1};

// A start of which nobody knows whether the vendor charges it.
std::string unknown_charge(Life& life) {
  life.vendors.play("a", IDSW_OP_START,
                    start_failed(IDSW_ERROR_UNKNOWN_OUTCOME, IDSW_CHARGE_UNKNOWN));
  const auto started = life.start();
  EXPECT_TRUE(started);
  EXPECT_EQ(life.charges(started->id), "a unknown 0.30");
  return started->id;
}

Money reserved(Life& life) {
  const auto states = life.traffic->budgets(*life.setup, life.store->ledger());
  EXPECT_TRUE(states);
  EXPECT_EQ(states->size(), 1u);
  return states->at(0).reserved;
}

constexpr const char* k_budget = "  month: {per: month, limit: \"10\", currency: CNY}\n";

TEST(Settle, AnUnknownChargeBecomesWhatThePersonSays) {
  Life life(R"({check: "0.30"})", k_budget);
  const std::string id = unknown_charge(life);
  EXPECT_EQ(reserved(life).text(), "0.30");
  const auto settled = life.settle(id, k_init, Money{250'000});
  ASSERT_TRUE(settled) << settled.error().detail();
  EXPECT_TRUE(settled->is_changed);
  EXPECT_EQ(settled->charge.state, ChargeState::captured);
  EXPECT_EQ(life.charges(id), "a captured 0.25");
  EXPECT_EQ(reserved(life).text(), "0.00");
  const auto entries = life.store->ledger().of(*VerificationId::parse(id));
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->back().kind, EntryKind::capture);
  EXPECT_EQ(entries->back().adjust, Adjust::by_hand);
  EXPECT_EQ(entries->back().actor, "mei");
  EXPECT_EQ(entries->back().note, "line 17");
  EXPECT_EQ(entries->back().vendor_reference, "ref-9");
  EXPECT_EQ(life.status(id), "failed");
  EXPECT_EQ(life.faults(), "");
}

TEST(Settle, WhatIsNotChargedIsVoidedAndGivenBack) {
  Life life(R"({check: "0.30"})", k_budget);
  const std::string id = unknown_charge(life);
  ASSERT_TRUE(life.settle(id, k_init, {}));
  EXPECT_EQ(life.charges(id), "a voided 0.00");
  EXPECT_EQ(reserved(life).text(), "0.00");
  EXPECT_EQ(life.faults(), "");
}

TEST(Settle, SaysItOnceHoweverOftenItIsAsked) {
  Life life;
  const std::string id = unknown_charge(life);
  ASSERT_TRUE(life.settle(id, k_init, Money{300'000}));
  const std::string ledger = life.ledger(id);
  const auto again = life.settle(id, k_init, Money{300'000});
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->is_changed);
  EXPECT_EQ(life.ledger(id), ledger);
  const auto corrected = life.settle(id, k_init, Money{200'000});
  ASSERT_TRUE(corrected);
  EXPECT_TRUE(corrected->is_changed);
  EXPECT_EQ(life.charges(id), "a captured 0.20");
  EXPECT_EQ(life.faults(), "");
}

TEST(Settle, LeavesAHeldChargeToTheVendorWhoIsStillAsked) {
  Life life;
  life.vendors.play("a", IDSW_OP_START, opened());
  const auto started = life.start();
  ASSERT_TRUE(started);
  const auto refused = life.settle(started->id, k_init, Money{300'000});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::conflict);
  EXPECT_EQ(life.ledger(started->id), "hold a 0.30");
}

TEST(Settle, WaitsForNobodyWhoWorksOnIt) {
  Life life;
  const std::string id = unknown_charge(life);
  {
    const InFlight::Guard guard = life.in_flight->enter(VerificationId::parse(id)->high);
    const auto refused = life.settle(id, k_init, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Errc::conflict);
  }
  EXPECT_TRUE(life.settle(id, k_init, {}));
}

TEST(Settle, NamesWhatItCannotTake) {
  Life life;
  const std::string id = unknown_charge(life);
  const auto code = [](const Result<Settled>& settled) {
    return settled ? Errc() : settled.error().code();
  };
  EXPECT_EQ(code(life.settle(id, {"a", "check", "init", 2}, {})), Errc::not_found);
  EXPECT_EQ(code(life.settle(id, {"b", "check", "init", 1}, {})), Errc::not_found);
  EXPECT_EQ(code(life.settle("ver_00000000000000000000000000", k_init, {})), Errc::not_found);
  EXPECT_EQ(code(life.settle(id, k_init, Money{-1})), Errc::invalid_field);
  EXPECT_EQ(code(life.settle(id, k_init, {}, "")), Errc::invalid_field);
  EXPECT_EQ(life.charges(id), "a unknown 0.30");
  EXPECT_EQ(life.faults(), "");
}

TEST(Settle, NothingIsSettledWhenItCannotBeWritten) {
  Life life(R"({check: "0.30"})", k_budget);
  const std::string id = unknown_charge(life);
  life.store->fails_in = 1;
  const auto failed = life.settle(id, k_init, Money{300'000});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), Errc::storage_failed);
  EXPECT_EQ(life.charges(id), "a unknown 0.30");
  EXPECT_EQ(reserved(life).text(), "0.30");
  EXPECT_TRUE(life.settle(id, k_init, Money{300'000}));
  EXPECT_EQ(life.faults(), "");
}

// An account that left the configuration has no prices; what it charged is settled all the same.
TEST(Settle, TakesTheChargeOfAnAccountThatIsGone) {
  Life life;
  const std::string id = unknown_charge(life);
  life.setup->accounts.erase("a");
  ASSERT_TRUE(life.settle(id, k_init, Money{300'000}));
  EXPECT_EQ(life.charges(id), "a captured 0.30");
  EXPECT_EQ(life.faults(), "");
}

}  // namespace
}  // namespace idswitch::engine::test
