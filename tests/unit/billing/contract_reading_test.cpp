// A contract that says of an end whether it is charged, calls that are grouped by session, and what
// a minimum leaves due.

#include <gtest/gtest.h>

#include "contract.hpp"

namespace idswitch::billing {
namespace {

constexpr std::uint32_t k_fail = IDSW_VERDICT_FAIL;

// A fail is not charged, and code 3000 costs 0.07.
class ContractReading : public testing::Test {
 protected:
  ContractReading() {
    config::OutcomePrice fail{k_fail, 0, "", Money{}, {}};
    fail.charged = false;
    config::OutcomePrice source_error{0, 0, "3000", Money{70'000}, {}};
    source_error.charged = true;
    verify_of(office_.contract).outcomes = {fail, source_error};
  }

  static Evidence told(std::uint32_t state, std::uint32_t source, std::string code = "") {
    Evidence told = evidence(state);
    told.source = source;
    told.vendor_code = std::move(code);
    return told;
  }

  Office office_;
  Pricer baidu_ = office_.pricer();
  ChargeBook book_{VerificationId{1, 2}, "shop"};
};

TEST_F(ContractReading, ACodeThatNobodyKnowsIsChargedWhenTheContractSaysSo) {
  const auto entries =
      book_.apply(baidu_, told(IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_RESULT_CODE, "3000"), 1);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].kind, EntryKind::capture);
  EXPECT_EQ(entries[1].amount, Money{70'000});
  EXPECT_EQ(entries[1].rule, "prices.verify.outcomes[1]");
  EXPECT_EQ(entries[1].evidence, std::uint32_t{IDSW_CHARGE_UNKNOWN}) << "what was told";
  EXPECT_EQ(entries[1].vendor_code, "3000");
  EXPECT_FALSE(book_.charges()[0].disputed);
}

TEST_F(ContractReading, AnEndThatIsFreeByContractIsNotChargedThoughTheCodeSaysSo) {
  EXPECT_TRUE(book_.end(baidu_, {k_fail, 0, ""}, 1).empty());
  const auto entries = book_.apply(baidu_, told(IDSW_CHARGE_CAPTURED, IDSW_SOURCE_RESULT_CODE), 1);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[1].kind, EntryKind::void_);
  EXPECT_EQ(entries[1].rule, "prices.verify.outcomes[0]");
  EXPECT_EQ(entries[1].contract_version, "2026-1");
}

TEST_F(ContractReading, AnEndThatComesLaterTakesTheChargeBack) {
  book_.apply(baidu_, told(IDSW_CHARGE_CAPTURED, IDSW_SOURCE_DOCUMENTED_RULE), 1);
  const auto entries = book_.end(baidu_, {k_fail, 0, ""}, 2);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].kind, EntryKind::adjust);
  EXPECT_EQ(entries[0].amount, Money{-200'000});
  EXPECT_EQ(entries[0].rule, "prices.verify.outcomes[0]");
  EXPECT_EQ(book_.charges()[0].state, ChargeState::voided);
  EXPECT_FALSE(book_.charges()[0].disputed);
}

TEST_F(ContractReading, TheVendorsOwnFlagStandsAboveTheContract) {
  book_.end(baidu_, {k_fail, 0, ""}, 1);
  book_.apply(baidu_, told(IDSW_CHARGE_CAPTURED, IDSW_SOURCE_RESULT_CODE), 1);
  const auto entries = book_.apply(baidu_, told(IDSW_CHARGE_CAPTURED, IDSW_SOURCE_VENDOR_FLAG), 2);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].amount, Money{200'000});
  EXPECT_EQ(entries[0].rule, "prices.verify") << "no line has a price for what it says is free";
}

TEST_F(ContractReading, TellsABookMadeAnewHowItsVerificationEnded) {
  ChargeBook anew(VerificationId{1, 2}, "shop");
  anew.ended("baidu", {k_fail, 0, ""});
  const auto entries = anew.apply(baidu_, told(IDSW_CHARGE_CAPTURED, IDSW_SOURCE_INFERRED), 1);
  EXPECT_EQ(entries.back().kind, EntryKind::void_);
}

TEST_F(ContractReading, OneCallOfASessionPays) {
  verify_of(office_.contract).outcomes.clear();
  verify_of(office_.contract).group = config::Group::session;
  book_.apply(baidu_, evidence(IDSW_CHARGE_CAPTURED, "verify"), 1);
  const auto second = book_.apply(baidu_, evidence(IDSW_CHARGE_CAPTURED, "verify", 2), 2);
  ASSERT_EQ(second.size(), 2u);
  for (const LedgerEntry& entry : second) {
    EXPECT_EQ(entry.amount, Money{});
    EXPECT_EQ(entry.rule, "prices.verify.group");
    EXPECT_EQ(entry.contract_version, "2026-1");
  }
  EXPECT_EQ(office_.units("1970-01"), 1);
  ChargeBook next(VerificationId{3, 4}, "shop");
  EXPECT_EQ(next.apply(baidu_, evidence(IDSW_CHARGE_CAPTURED), 3).back().amount, Money{200'000});
  EXPECT_EQ(book_
                .apply(
                    baidu_,
                    [] {
                      Evidence other = evidence(IDSW_CHARGE_CAPTURED);
                      other.sku = "sessioncode";
                      return other;
                    }(),
                    3)
                .back()
                .amount,
            Money{10'000});
}

TEST_F(ContractReading, WhenTheCallThatPaidIsFreeTheNextOnePays) {
  verify_of(office_.contract).outcomes.clear();
  verify_of(office_.contract).group = config::Group::session;
  book_.apply(baidu_, evidence(IDSW_CHARGE_CAPTURED, "verify"), 1);
  book_.apply(baidu_, evidence(IDSW_CHARGE_CAPTURED, "verify", 2), 2);
  const auto entries = book_.apply(baidu_, told(IDSW_CHARGE_RELEASED, IDSW_SOURCE_VENDOR_FLAG), 3);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].event, "verify");
  EXPECT_EQ(entries[0].amount, Money{-200'000});
  EXPECT_EQ(entries[1].event, "verify");
  EXPECT_EQ(entries[1].call, 2u);
  EXPECT_EQ(entries[1].amount, Money{200'000});
  EXPECT_EQ(entries[1].rule, "prices.verify");
}

TEST_F(ContractReading, OfEquallyGoodSourcesWithTwoCodesTheDearestPriceIsShown) {
  verify_of(office_.contract).outcomes = {{0, 0, "7", Money{10'000}, {}},
                                          {0, 0, "8", Money{90'000}, {}}};
  for (const bool dear_first : {false, true}) {
    ChargeBook book(VerificationId{5, 6}, "shop");
    for (const bool dear : {dear_first, !dear_first}) {
      book.apply(baidu_, told(IDSW_CHARGE_CAPTURED, IDSW_SOURCE_RESULT_CODE, dear ? "8" : "7"), 1);
    }
    EXPECT_EQ(book.charges()[0].amount_micros, 90'000);
  }
}

TEST_F(ContractReading, ACodeOfTheEndIsAsGoodAsOneOfTheEvidence) {
  book_.apply(baidu_, told(IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_RESULT_CODE, "17"), 1);
  const auto entries = book_.end(baidu_, {0, 0, "3000"}, 2);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].kind, EntryKind::capture);
  EXPECT_EQ(entries[0].amount, Money{70'000});
}

TEST_F(ContractReading, ACorrectionByHandOfAnOutcomesPriceStands) {
  verify_of(office_.contract).outcomes = {{k_fail, 0, "", Money{50'000}, {}}};
  book_.end(baidu_, {k_fail, 0, ""}, 1);
  LedgerEntry correction =
      book_.apply(baidu_, told(IDSW_CHARGE_CAPTURED, IDSW_SOURCE_RESULT_CODE), 1).back();
  correction.kind = EntryKind::adjust;
  correction.amount = Money{-10'000};
  book_.replay({correction});
  book_.apply(baidu_, told(IDSW_CHARGE_CAPTURED, IDSW_SOURCE_VENDOR_FLAG), 2);
  EXPECT_EQ(book_.charges()[0].amount_micros, 40'000);
}

TEST_F(ContractReading, ACallThatItsSessionPaidForIsNotThePersonsCharge) {
  verify_of(office_.contract).outcomes.clear();
  verify_of(office_.contract).group = config::Group::session;
  verify_of(office_.contract).person_days = 30;
  Pricer person = office_.pricer("baidu", 7);
  const Hold hold{Money{}, "CNY", 1, 0};
  LedgerEntry grouped;
  grouped.tenant = "shop";
  grouped.account = "baidu";
  grouped.sku = "verify";
  grouped.currency = "CNY";
  grouped.kind = EntryKind::capture;
  grouped.at_unix_ms = 1;
  person.take(grouped, hold);
  EXPECT_EQ(person.capture("verify", {}).amount, Money{200'000});
  grouped.place = 0;
  person.take(grouped, hold);
  EXPECT_EQ(person.capture("verify", {}).amount, Money{});
}

TEST(MinimumDue, IsWhatThePeriodIsShortOf) {
  config::ContractVersion version;
  EXPECT_EQ(minimum_due(version, Money{5}), Money{});
  EXPECT_EQ(minimum_due(version, Money{-5}), Money{}) << "no minimum, nothing due";
  version.minimum = Money{500};
  EXPECT_EQ(minimum_due(version, Money{}), Money{500});
  EXPECT_EQ(minimum_due(version, Money{499}), Money{1});
  EXPECT_EQ(minimum_due(version, Money{500}), Money{});
  EXPECT_EQ(minimum_due(version, Money{900}), Money{});
}

}  // namespace
}  // namespace idswitch::billing
