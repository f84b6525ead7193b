// What charges cost by how the verification ended, and what their entries mean for the budgets.

#include <gtest/gtest.h>

#include <algorithm>

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

  Office office_;
  Pricer baidu_ = office_.pricer();
  ChargeBook book_{VerificationId{1, 2}, "shop"};
};

TEST_F(ChargePricing, ACaptureCostsWhatItsEndCosts) {
  EXPECT_EQ(book_.hold(baidu_, "verify", "verify", 1)->amount, Money{200'000});
  const auto entries = tell(book_, baidu_, captured(k_fail), 2);
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
  const LedgerEntry capture = tell(book_, baidu_, captured(k_pass), 100)[0];
  EXPECT_EQ(capture.contract_version, "2027-1");
  EXPECT_EQ(capture.amount, Money{250'000});
}

TEST_F(ChargePricing, UnitsCountAtOnce) {
  verify_of(office_.contract).free_units = 1;
  verify_of(office_.contract).tiers = {{2, Money{180'000}}};
  std::vector<std::string> rules;
  for (const char* key : {"one", "two", "three"}) {
    rules.push_back(tell(book_, baidu_, captured(k_pass, key), 2).back().rule);
  }
  EXPECT_EQ(rules, (std::vector<std::string>{"prices.verify.free_units", "prices.verify",
                                             "prices.verify.tiers[0]"}));
  EXPECT_EQ(office_.units("1970-01"), 3);
}

TEST_F(ChargePricing, UnitsCountInTheSkusPeriodAndTheContractsTime) {
  constexpr std::int64_t k_utc_midnight = 1'795'996'800'000;  // 2026-11-30 00:00 UTC
  constexpr std::int64_t k_beijing_midnight = k_utc_midnight - 8 * 3'600'000;
  office_.contract.utc_offset_min = 480;
  verify_of(office_.contract).free_units = 1;
  verify_of(office_.contract).per = config::Per::day;
  const auto rule = [&](const char* key, std::int64_t at) {
    return tell(book_, baidu_, captured(k_pass, key), at).back().rule;
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
  Pricer person = office_.pricer("baidu", 7);
  EXPECT_EQ(tell(book_, person, captured(k_pass, "one"), 1).back().rule, "prices.verify");
  EXPECT_EQ(tell(book_, person, captured(k_pass, "two"), 1).back().rule,
            "prices.verify.charged_once");
  Pricer other = office_.pricer("baidu", 8);
  EXPECT_EQ(tell(book_, other, captured(k_pass, "three"), 1).back().amount, Money{200'000});
  EXPECT_EQ(tell(book_, baidu_, captured(k_pass, "four"), 1).back().amount, Money{200'000})
      << "nobody's";
  constexpr std::int64_t k_days_ms = 30 * 86'400'000LL;
  EXPECT_EQ(tell(book_, person, captured(k_pass, "five"), k_days_ms).back().amount, Money{});
  EXPECT_EQ(tell(book_, person, captured(k_pass, "six"), k_days_ms + 1).back().amount,
            Money{200'000})
      << "the days are over";
  EXPECT_EQ(office_.counts.person({"baidu", "verify", 7}), k_days_ms + 1);
}

TEST_F(ChargePricing, TheEndCorrectsWhatWasCapturedBeforeIt) {
  tell(book_, baidu_, captured(0), 2);
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
  EXPECT_EQ(office_.counts.usage({"baidu", "", "CNY", "1970-01"}).amount, Money{50'000});
  EXPECT_TRUE(book_.end(baidu_, {k_fail, 0, ""}, 4).empty());
  EXPECT_TRUE(book_.end(baidu_, {IDSW_VERDICT_INCONCLUSIVE, 0, ""}, 4).empty())
      << "the first end stays";
}

TEST_F(ChargePricing, TheEndCorrectsOnlyWhatHasAnotherPrice) {
  Pricer other = office_.pricer("other");
  tell(book_, baidu_, captured(0, "verify"), 2);
  book_.hold(baidu_, "verify", "open", 2);
  book_.apply(baidu_, evidence(IDSW_CHARGE_RELEASED, "free"), 2);
  tell(book_, other, captured(0, "elsewhere"), 2);
  ChargeBook passed = book_;
  EXPECT_TRUE(passed.end(baidu_, {k_pass, 0, ""}, 3).empty());
  const auto entries = book_.end(baidu_, {k_fail, 0, ""}, 3);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].event, "verify");
}

TEST_F(ChargePricing, OfRepeatedCallsTheLastOneHadTheEnd) {
  for (const std::uint32_t call : {1u, 2u, 3u}) {
    book_.hold(baidu_, "verify", "verify", 2, call);
    tell(book_, baidu_, captured(0, "verify", call), 2);
  }
  tell(book_, baidu_, captured(0, "part#4"), 2);
  const auto entries = book_.end(baidu_, {k_fail, 0, ""}, 3);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].event, "verify");
  EXPECT_EQ(entries[0].call, 3u);
  EXPECT_EQ(entries[1].event, "part#4");
}

TEST_F(ChargePricing, WhatTheLedgerSaysIsCorrectedLikeWhatThisBookWrote) {
  const auto ledger = tell(book_, baidu_, captured(0), 2);
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
  EXPECT_TRUE(fourth.apply(baidu_, captured(0).evidence, 5).empty())
      << "the rule tells the end it had";
}

TEST_F(ChargePricing, WhatAHoldBecomesCountsOnTheDayOfTheHold) {
  constexpr std::int64_t k_day_ms = 86'400'000;
  book_.hold(baidu_, "verify", "verify", 11);
  const SpendKey first{"shop", "baidu", "CNY", "1970-01-01"};
  EXPECT_EQ(office_.counts.spend(first), (SpendCount{Money{200'000}, {}}));
  book_.apply(baidu_, evidence(IDSW_CHARGE_UNKNOWN), k_day_ms);
  EXPECT_EQ(office_.counts.spend(first), (SpendCount{Money{200'000}, {}}))
      << "what nobody knows stays reserved";
  tell(book_, baidu_, captured(0), 2 * k_day_ms);
  EXPECT_EQ(office_.counts.spend(first), (SpendCount{{}, Money{200'000}}));
  book_.end(baidu_, {k_fail, 0, ""}, 40 * k_day_ms);
  EXPECT_EQ(office_.counts.spend(first), (SpendCount{{}, Money{50'000}}));
  EXPECT_EQ(office_.counts.spends().size(), 1u);
}

TEST_F(ChargePricing, AChargeStaysInTheCurrencyOfItsHold) {
  book_.hold(baidu_, "verify", "verify", 11);
  office_.contract.currency = "EUR";
  verify_of(office_.contract).price = Money{7};
  const LedgerEntry capture = tell(book_, baidu_, captured(k_pass), 12)[0];
  EXPECT_EQ(capture.currency, "CNY");
  EXPECT_EQ(capture.amount, Money{200'000})
      << "no price is in its currency: it costs what was held";
  EXPECT_EQ(capture.rule, "prices.verify");
  EXPECT_EQ(office_.counts.spend({"shop", "baidu", "CNY", "1970-01-01"}),
            (SpendCount{{}, Money{200'000}}));
  EXPECT_TRUE(book_.end(baidu_, {k_fail, 0, ""}, 13).empty()) << "and no end has another price";
  EXPECT_EQ(book_.charges()[0].currency, "CNY");
  EXPECT_EQ(tell(book_, baidu_, captured(k_pass, "next"), 14).back().currency, "EUR");
}

TEST_F(ChargePricing, ACorrectionPricesTheUnitAtItsOwnPlace) {
  verify_of(office_.contract).tiers = {{2, Money{100'000}}};
  EXPECT_EQ(tell(book_, baidu_, captured(k_fail, "first"), 1).back().rule,
            "prices.verify.outcomes[0]");
  for (const char* event : {"second", "third", "fourth"}) {
    tell(book_, baidu_, captured(0, event), 2);
  }
  // A month later, when nothing was charged yet, it turns out that all of them passed.
  const auto corrections = book_.end(baidu_, {k_pass, 0, ""}, 40 * 86'400'000LL);
  ASSERT_EQ(corrections.size(), 4u);
  EXPECT_EQ(corrections[0].rule, "prices.verify") << "it was the first of its month";
  EXPECT_EQ(corrections[0].amount, Money{150'000});
  EXPECT_EQ(corrections[3].rule, "prices.verify.tiers[0]") << "it was the fourth";
  EXPECT_EQ(corrections[3].amount, Money{50'000});
}

}  // namespace
}  // namespace idswitch::billing
