// What charges cost by how the verification ended, and what their entries mean for the budgets.

#include <gtest/gtest.h>

#include "contract.hpp"

namespace idswitch::billing {
namespace {

constexpr std::uint32_t k_pass = IDSW_VERDICT_PASS;
constexpr std::uint32_t k_fail = IDSW_VERDICT_FAIL;

class ChargePricing : public testing::Test {
 protected:
  // A fail costs 0.05 instead of 0.20, and what is inconclusive 0.07.
  ChargePricing() {
    verify_of(office_.contract).outcomes = {{k_fail, 0, "", Money{50'000}, {}},
                                            {IDSW_VERDICT_INCONCLUSIVE, 0, "", Money{70'000}, {}}};
  }

  static Evidence captured(std::uint32_t verdict, std::string key = "verify") {
    Evidence seen = evidence(IDSW_CHARGE_CAPTURED, std::move(key));
    seen.verdict = verdict;
    return seen;
  }

  Office office_;
  Pricer baidu_ = office_.pricer();
  ChargeBook book_{VerificationId{1, 2}, "shop"};
};

TEST_F(ChargePricing, ACaptureCostsWhatItsEndCosts) {
  EXPECT_EQ(book_.hold(baidu_, "verify", "verify", 1)->amount, Money{200'000});
  const auto entries = book_.apply(baidu_, captured(k_fail), 2);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].amount, Money{50'000});
  EXPECT_EQ(entries[0].rule, "prices.verify.outcomes[0]");
  EXPECT_EQ(entries[0].contract_version, "2026-1");
  EXPECT_EQ(book_.charges()[0].amount_micros, 50'000);
}

TEST_F(ChargePricing, EveryPricedEntryNamesItsRuleAndTheOthersNone) {
  EXPECT_EQ(book_.hold(baidu_, "verify", "verify", 1)->rule, "prices.verify");
  EXPECT_EQ(book_.apply(baidu_, evidence(IDSW_CHARGE_UNKNOWN), 2)[0].rule, "");
  const LedgerEntry freed = book_.apply(baidu_, evidence(IDSW_CHARGE_RELEASED), 2)[0];
  EXPECT_EQ(freed.rule, "");
  EXPECT_EQ(freed.contract_version, "2026-1");
}

TEST_F(ChargePricing, TheVersionOfTheMomentPrices) {
  office_.contract.versions.push_back(office_.contract.versions[0]);
  office_.contract.versions[1].version = "2027-1";
  office_.contract.versions[1].from_unix_ms = 100;
  verify_of(office_.contract, 1).price = Money{250'000};
  EXPECT_EQ(book_.hold(baidu_, "verify", "verify", 99)->contract_version, "2026-1");
  const LedgerEntry capture = book_.apply(baidu_, captured(k_pass), 100)[0];
  EXPECT_EQ(capture.contract_version, "2027-1");
  EXPECT_EQ(capture.amount, Money{250'000});
}

TEST_F(ChargePricing, UnitsCountAtOnce) {
  verify_of(office_.contract).free_units = 1;
  verify_of(office_.contract).tiers = {{2, Money{180'000}}};
  std::vector<std::string> rules;
  for (const char* key : {"one", "two", "three"}) {
    rules.push_back(book_.apply(baidu_, captured(k_pass, key), 2).back().rule);
  }
  EXPECT_EQ(rules, (std::vector<std::string>{"prices.verify.free_units", "prices.verify",
                                             "prices.verify.tiers[0]"}));
  EXPECT_EQ(office_.usage.units("baidu", "verify", config::Per::month, 2, 0), 3);
}

TEST_F(ChargePricing, UnitsCountInTheSkusPeriodAndTheContractsTime) {
  constexpr std::int64_t k_utc_midnight = 1'795'996'800'000;  // 2026-11-30 00:00 UTC
  constexpr std::int64_t k_beijing_midnight = k_utc_midnight - 8 * 3'600'000;
  office_.contract.utc_offset_min = 480;
  verify_of(office_.contract).free_units = 1;
  verify_of(office_.contract).per = config::Per::day;
  const auto rule = [&](const char* key, std::int64_t at) {
    return book_.apply(baidu_, captured(k_pass, key), at).back().rule;
  };
  EXPECT_EQ(rule("one", k_beijing_midnight - 2), "prices.verify.free_units");
  EXPECT_EQ(rule("two", k_beijing_midnight - 1), "prices.verify");
  EXPECT_EQ(rule("three", k_beijing_midnight), "prices.verify.free_units");
  EXPECT_EQ(rule("four", k_utc_midnight), "prices.verify");
}

TEST_F(ChargePricing, AHoldOfTheLastFreeUnitThinksOfTheOneThatIsOpen) {
  verify_of(office_.contract).free_units = 1;
  EXPECT_EQ(book_.hold(baidu_, "verify", "one", 1)->amount, Money{});
  EXPECT_EQ(book_.hold(baidu_, "verify", "two", 1)->amount, Money{200'000});
}

TEST_F(ChargePricing, APersonPaysOnceAlsoWithinOneVerification) {
  verify_of(office_.contract).person_days = 30;
  EXPECT_EQ(book_.apply(baidu_, captured(k_pass, "one"), 1).back().rule, "prices.verify");
  EXPECT_EQ(book_.apply(baidu_, captured(k_pass, "two"), 1).back().rule,
            "prices.verify.charged_once");
  Pricer known = office_.pricer("baidu", {"verify"});
  EXPECT_EQ(book_.apply(known, captured(k_pass, "three"), 1).back().amount, Money{});
  Pricer unrelated = office_.pricer("baidu", {"sessioncode"});
  EXPECT_EQ(book_.apply(unrelated, captured(k_pass, "four"), 1).back().amount, Money{200'000});
}

TEST_F(ChargePricing, TheEndCorrectsWhatWasCapturedBeforeIt) {
  book_.apply(baidu_, captured(0), 2);
  const auto entries = book_.end(baidu_, {k_fail, IDSW_REASON_FACE_MISMATCH, "17"}, 3);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].kind, EntryKind::adjust);
  EXPECT_EQ(entries[0].amount, Money{-150'000});
  EXPECT_EQ(entries[0].rule, "prices.verify.outcomes[0]");
  EXPECT_EQ(entries[0].contract_version, "2026-1");
  EXPECT_EQ(entries[0].source, std::uint32_t{IDSW_SOURCE_RESULT_CODE});
  EXPECT_EQ(entries[0].vendor_code, "0") << "of what says that it is charged";
  EXPECT_EQ(entries[0].evidence, std::uint32_t{IDSW_CHARGE_CAPTURED});
  EXPECT_EQ(book_.charges()[0].amount_micros, 50'000);
  EXPECT_EQ(book_.charges()[0].state, ChargeState::captured);
  EXPECT_EQ(office_.usage.charged("baidu", "CNY", config::Per::month, 3, 0), Money{50'000});
  EXPECT_TRUE(book_.end(baidu_, {k_fail, 0, ""}, 4).empty());
  EXPECT_TRUE(book_.end(baidu_, {IDSW_VERDICT_INCONCLUSIVE, 0, ""}, 4).empty())
      << "the first end stays";
}

TEST_F(ChargePricing, TheEndCorrectsOnlyWhatHasAnotherPrice) {
  Pricer other = office_.pricer("other");
  book_.apply(baidu_, captured(0, "verify"), 2);
  book_.hold(baidu_, "verify", "open", 2);
  book_.apply(baidu_, evidence(IDSW_CHARGE_RELEASED, "free"), 2);
  book_.apply(other, captured(0, "elsewhere"), 2);
  ChargeBook passed = book_;
  EXPECT_TRUE(passed.end(baidu_, {k_pass, 0, ""}, 3).empty());
  const auto entries = book_.end(baidu_, {k_fail, 0, ""}, 3);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].event, "verify");
}

TEST_F(ChargePricing, OfRepeatedCallsTheLastOneHadTheEnd) {
  for (const std::uint32_t call : {1u, 2u, 3u}) {
    book_.hold(baidu_, "verify", "verify", 2, call);
    Evidence seen = captured(0);
    seen.call = call;
    book_.apply(baidu_, seen, 2);
  }
  book_.apply(baidu_, captured(0, "part#4"), 2);
  const auto entries = book_.end(baidu_, {k_fail, 0, ""}, 3);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].event, "verify");
  EXPECT_EQ(entries[0].call, 3u);
  EXPECT_EQ(entries[1].event, "part#4");
}

TEST_F(ChargePricing, WhatTheLedgerSaysIsCorrectedLikeWhatThisBookWrote) {
  const auto ledger = book_.apply(baidu_, captured(0), 2);
  ChargeBook again(VerificationId{1, 2}, "shop");
  again.replay(ledger);
  const auto entries = again.end(baidu_, {k_fail, 0, ""}, 3);
  ASSERT_EQ(entries.size(), 1u);
  ChargeBook third(VerificationId{1, 2}, "shop");
  third.replay(ledger);
  third.replay(entries);
  EXPECT_TRUE(third.end(baidu_, {k_fail, 0, ""}, 4).empty());
  EXPECT_TRUE(third.end(baidu_, {IDSW_VERDICT_INCONCLUSIVE, 0, ""}, 4).empty());
  ChargeBook fourth(VerificationId{1, 2}, "shop");
  fourth.replay(ledger);
  fourth.replay(entries);
  EXPECT_TRUE(fourth.apply(baidu_, captured(0), 5).empty()) << "the rule tells the end it had";
}

TEST_F(ChargePricing, SettlementsSayWhatWasHeldAndWhatItBecame) {
  const LedgerEntry hold = *book_.hold(baidu_, "verify", "verify", 11);
  EXPECT_FALSE(book_.settlement_of(hold));
  const LedgerEntry remark = book_.apply(baidu_, evidence(IDSW_CHARGE_UNKNOWN), 12)[0];
  EXPECT_FALSE(book_.settlement_of(remark)) << "what nobody knows stays reserved";
  const LedgerEntry capture = book_.apply(baidu_, captured(k_fail), 13)[0];
  const auto settled = book_.settlement_of(capture);
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->account, "baidu");
  EXPECT_EQ(settled->currency, "CNY");
  EXPECT_EQ(settled->held, Money{200'000});
  EXPECT_EQ(settled->held_at_unix_ms, 11);
  EXPECT_EQ(settled->final_amount, Money{50'000});

  book_.hold(baidu_, "verify", "second", 21);
  const auto freed =
      book_.settlement_of(book_.apply(baidu_, evidence(IDSW_CHARGE_RELEASED, "second"), 22)[0]);
  ASSERT_TRUE(freed);
  EXPECT_EQ(freed->held, Money{200'000});
  EXPECT_EQ(freed->held_at_unix_ms, 21);
  EXPECT_EQ(freed->final_amount, Money{});
  EXPECT_FALSE(book_.settlement_of(LedgerEntry{})) << "no charge of this book";
}

TEST_F(ChargePricing, ACorrectionSettlesItselfWhenItIsMade) {
  book_.apply(baidu_, captured(0), 2);
  const auto settled = book_.settlement_of(book_.end(baidu_, {k_fail, 0, ""}, 33)[0]);
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->held, Money{});
  EXPECT_EQ(settled->held_at_unix_ms, 33);
  EXPECT_EQ(settled->final_amount, Money{-150'000});
}

TEST_F(ChargePricing, AHoldOfAnotherCurrencyIsGivenBack) {
  book_.hold(baidu_, "verify", "verify", 11);
  office_.contract.currency = "EUR";
  const auto settled = book_.settlement_of(book_.apply(baidu_, captured(k_pass), 12)[0]);
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->currency, "CNY");
  EXPECT_EQ(settled->held, Money{200'000});
  EXPECT_EQ(settled->final_amount, Money{});
}

}  // namespace
}  // namespace idswitch::billing
