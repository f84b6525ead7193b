#include "engine/traffic/ledger_step.hpp"

#include <gtest/gtest.h>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

plugin::SendStep send(std::uint32_t billable) {
  plugin::SendStep send;
  send.billable = billable;
  send.sku = "verify";
  send.dedupe_key = "verify";
  return send;
}

Evidence saw(std::uint32_t state, std::string key = "verify") {
  return {state, IDSW_SOURCE_RESULT_CODE, "verify", std::move(key), "log-1", "0"};
}

// One verification at baidu-main, where a verify costs 0.20 and a fail 0.05.
class LedgerStep : public testing::Test {
 protected:
  LedgerStep() {
    config::SkuPrice price;
    price.price = Money{200'000};
    price.outcomes = {{IDSW_VERDICT_FAIL, 0, "", Money{50'000}, {}}};
    contract_.currency = "CNY";
    contract_.versions.emplace_back().prices["verify"] = price;
  }

  static std::vector<config::Budget> budget_of(std::int64_t limit_micros) {
    config::Budget budget;
    budget.name = "all";
    budget.currency = "CNY";
    budget.limit = Money{limit_micros};
    return {budget};
  }

  HoldStep hold(std::uint32_t billable, std::int64_t now) {
    return hold_before_send(book_, pricer_, budgets_, send(billable), now);
  }

  std::vector<LedgerEntry> see(const std::vector<Evidence>& evidence, std::uint32_t verdict = 0) {
    std::vector<LedgerEntry> entries;
    book_evidence(book_, pricer_, evidence, {verdict, 0, ""}, 2, entries);
    return entries;
  }

  billing::BudgetState budget() const { return budgets_.states(1).at(0); }

  config::Contract contract_;
  billing::Usage usage_;
  billing::Pricer pricer_{"baidu-main", contract_, usage_};
  billing::BudgetBook budgets_{budget_of(500'000), {{"baidu-main", 0}}};
  billing::ChargeBook book_{VerificationId{1, 2}, "shop"};
};

TEST_F(LedgerStep, HoldsBeforeWhatMayCost) {
  EXPECT_FALSE(hold(IDSW_BILLABLE_NEVER, 1).entry);
  EXPECT_EQ(budget().reserved, Money{});
  EXPECT_TRUE(hold(IDSW_BILLABLE_ON_ACCEPT, 1).entry);
  EXPECT_EQ(budget().reserved, Money{200'000});
  EXPECT_FALSE(hold(IDSW_BILLABLE_ON_ACCEPT, 1).entry);
  EXPECT_EQ(budget().reserved, Money{200'000}) << "what stands is not reserved again";
}

TEST_F(LedgerStep, ASecondAcceptedCallIsASecondCharge) {
  hold(IDSW_BILLABLE_ON_ACCEPT, 1);
  see({saw(IDSW_CHARGE_CAPTURED)});
  const auto second = hold(IDSW_BILLABLE_ON_ACCEPT, 3).entry;
  ASSERT_TRUE(second);
  EXPECT_EQ(second->event, "verify");
  EXPECT_EQ(second->call, 2u);
  see({saw(IDSW_CHARGE_CAPTURED)});
  ASSERT_EQ(book_.charges().size(), 2u);
  for (const Charge& charge : book_.charges()) EXPECT_EQ(charge.state, ChargeState::captured);
}

TEST_F(LedgerStep, ASessionBilledByItsResultIsHeldOnce) {
  EXPECT_TRUE(hold(IDSW_BILLABLE_ON_RESULT, 1).entry);
  see({saw(IDSW_CHARGE_CAPTURED)});
  EXPECT_FALSE(hold(IDSW_BILLABLE_ON_RESULT, 3).entry);
}

TEST_F(LedgerStep, TheLastWordWithinAnOperationCounts) {
  hold(IDSW_BILLABLE_ON_ACCEPT, 1);
  const auto entries = see({saw(IDSW_CHARGE_NOT_CHARGED), saw(IDSW_CHARGE_CAPTURED)});
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].kind, EntryKind::capture);
  EXPECT_EQ(entries[0].amount, Money{200'000});
}

TEST_F(LedgerStep, EvidenceAboutDifferentChargesIsAllBooked) {
  EXPECT_EQ(see({saw(IDSW_CHARGE_CAPTURED, "one"), saw(IDSW_CHARGE_RELEASED, "two")}).size(), 4u);
  EXPECT_EQ(book_.charges().size(), 2u);
}

TEST_F(LedgerStep, FindsTheUnknown) {
  EXPECT_FALSE(has_unknown({}));
  EXPECT_FALSE(has_unknown({saw(IDSW_CHARGE_CAPTURED), saw(IDSW_CHARGE_HELD)}));
  EXPECT_TRUE(has_unknown({saw(IDSW_CHARGE_CAPTURED), saw(IDSW_CHARGE_UNKNOWN)}));
}

TEST_F(LedgerStep, EvidenceIsPricedByTheEnd) {
  EXPECT_EQ(see({saw(IDSW_CHARGE_CAPTURED)}, IDSW_VERDICT_FAIL).back().amount, Money{50'000});
  std::vector<LedgerEntry> entries;
  contract_.versions[0].prices["verify"].outcomes = {
      {0, IDSW_REASON_USER_TIMEOUT, "", Money{70'000}, {}}};
  billing::ChargeBook timed_out(VerificationId{3, 4}, "shop");
  book_evidence(timed_out, pricer_, {saw(IDSW_CHARGE_CAPTURED, "two")},
                {0, IDSW_REASON_USER_TIMEOUT, ""}, 2, entries);
  EXPECT_EQ(entries.back().amount, Money{70'000});
}

TEST_F(LedgerStep, WhatABudgetRefusesIsNeitherHeldNorCounted) {
  budgets_ = billing::BudgetBook(budget_of(199'999), {});
  const HoldStep step = hold(IDSW_BILLABLE_ON_ACCEPT, 1);
  ASSERT_TRUE(step.refused);
  EXPECT_EQ(step.refused->budget, "all");
  EXPECT_FALSE(step.entry);
  EXPECT_FALSE(book_.has_open());
  EXPECT_EQ(usage_.units_open("baidu-main", "verify"), 0);
}

TEST_F(LedgerStep, AHoldTellsTheBudgetsWarning) {
  budgets_ = billing::BudgetBook(budget_of(210'000), {});
  EXPECT_EQ(hold(IDSW_BILLABLE_ON_ACCEPT, 1).warnings.size(), 1u);
}

TEST_F(LedgerStep, AHoldThatWasNotWrittenLeavesNoTrace) {
  release_hold(*hold(IDSW_BILLABLE_ON_ACCEPT, 1).entry, usage_, 0, budgets_);
  EXPECT_EQ(budget().reserved, Money{});
  EXPECT_EQ(budget().spent, Money{});
  EXPECT_EQ(usage_.units_open("baidu-main", "verify"), 0);
}

TEST_F(LedgerStep, TheBudgetsFollowTheEntries) {
  hold(IDSW_BILLABLE_ON_ACCEPT, 1);
  settle_budgets(budgets_, book_, see({saw(IDSW_CHARGE_UNKNOWN)}));
  EXPECT_EQ(budget().reserved, Money{200'000}) << "what nobody knows stays reserved";
  settle_budgets(budgets_, book_, see({saw(IDSW_CHARGE_CAPTURED)}));
  EXPECT_EQ(budget().reserved, Money{});
  EXPECT_EQ(budget().spent, Money{200'000});
  settle_budgets(budgets_, book_, book_.end(pricer_, {IDSW_VERDICT_FAIL, 0, ""}, 3));
  EXPECT_EQ(budget().spent, Money{50'000});
}

TEST_F(LedgerStep, AChargeThatNobodyHeldIsCountedAllTheSame) {
  settle_budgets(budgets_, book_, see({saw(IDSW_CHARGE_CAPTURED, "one")}));
  EXPECT_EQ(budget().reserved, Money{});
  EXPECT_EQ(budget().spent, Money{200'000});
  EXPECT_EQ(settle_budgets(budgets_, book_, see({saw(IDSW_CHARGE_HELD, "two")})).size(), 1u)
      << "and warned of";
  EXPECT_EQ(budget().reserved, Money{200'000});
}

}  // namespace
}  // namespace idswitch::engine
