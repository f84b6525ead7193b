#include "engine/ledger_step.hpp"

#include <gtest/gtest.h>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

config::Account account() {
  config::Account account;
  account.name = "baidu-main";
  account.contract.currency = "CNY";
  account.contract.prices["verify"] = Money{200'000};
  return account;
}

plugin::SendStep send(std::uint32_t billable) {
  plugin::SendStep send;
  send.billable = billable;
  send.sku = "verify";
  send.dedupe_key = "verify";
  return send;
}

plugin::ChargeEvidence saw(std::uint32_t state, std::string key = "verify") {
  return {state, IDSW_SOURCE_RESULT_CODE, "verify", std::move(key), "log-1", "0"};
}

billing::ChargeBook book() {
  return {VerificationId{1, 2}, "shop"};
}

TEST(LedgerStep, HoldsBeforeWhatMayCost) {
  billing::ChargeBook charges = book();
  EXPECT_FALSE(hold_before_send(charges, account(), send(IDSW_BILLABLE_NEVER), 1));
  EXPECT_TRUE(hold_before_send(charges, account(), send(IDSW_BILLABLE_ON_ACCEPT), 1));
  EXPECT_FALSE(hold_before_send(charges, account(), send(IDSW_BILLABLE_ON_ACCEPT), 1));
}

TEST(LedgerStep, ASecondAcceptedCallIsASecondCharge) {
  billing::ChargeBook charges = book();
  std::vector<LedgerEntry> entries;
  hold_before_send(charges, account(), send(IDSW_BILLABLE_ON_ACCEPT), 1);
  book_evidence(charges, account(), {saw(IDSW_CHARGE_CAPTURED)}, 2, entries);
  const auto second = hold_before_send(charges, account(), send(IDSW_BILLABLE_ON_ACCEPT), 3);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->dedupe_key, "verify#2");
  book_evidence(charges, account(), {saw(IDSW_CHARGE_CAPTURED)}, 4, entries);
  ASSERT_EQ(charges.charges().size(), 2u);
  for (const Charge& charge : charges.charges()) EXPECT_EQ(charge.state, ChargeState::captured);
}

TEST(LedgerStep, ASessionBilledByItsResultIsHeldOnce) {
  billing::ChargeBook charges = book();
  std::vector<LedgerEntry> entries;
  EXPECT_TRUE(hold_before_send(charges, account(), send(IDSW_BILLABLE_ON_RESULT), 1));
  book_evidence(charges, account(), {saw(IDSW_CHARGE_CAPTURED)}, 2, entries);
  EXPECT_FALSE(hold_before_send(charges, account(), send(IDSW_BILLABLE_ON_RESULT), 3));
}

TEST(LedgerStep, TheLastWordWithinAnOperationCounts) {
  billing::ChargeBook charges = book();
  std::vector<LedgerEntry> entries;
  hold_before_send(charges, account(), send(IDSW_BILLABLE_ON_ACCEPT), 1);
  book_evidence(charges, account(), {saw(IDSW_CHARGE_NOT_CHARGED), saw(IDSW_CHARGE_CAPTURED)}, 2,
                entries);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].kind, EntryKind::capture);
  EXPECT_EQ(entries[0].amount, Money{200'000});
}

TEST(LedgerStep, EvidenceAboutDifferentChargesIsAllBooked) {
  billing::ChargeBook charges = book();
  std::vector<LedgerEntry> entries;
  book_evidence(charges, account(),
                {saw(IDSW_CHARGE_CAPTURED, "one"), saw(IDSW_CHARGE_RELEASED, "two")}, 2, entries);
  EXPECT_EQ(entries.size(), 4u);
  EXPECT_EQ(charges.charges().size(), 2u);
}

TEST(LedgerStep, FindsTheUnknown) {
  EXPECT_FALSE(has_unknown({}));
  EXPECT_FALSE(has_unknown({saw(IDSW_CHARGE_CAPTURED), saw(IDSW_CHARGE_HELD)}));
  EXPECT_TRUE(has_unknown({saw(IDSW_CHARGE_CAPTURED), saw(IDSW_CHARGE_UNKNOWN)}));
}

}  // namespace
}  // namespace idswitch::engine
