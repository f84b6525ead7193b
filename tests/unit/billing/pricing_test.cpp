#include "billing/pricing.hpp"

#include <gtest/gtest.h>

#include "contract.hpp"

namespace idswitch::billing {
namespace {

constexpr std::uint32_t k_pass = IDSW_VERDICT_PASS;
constexpr std::uint32_t k_fail = IDSW_VERDICT_FAIL;

// Every rule at once: 100 free, 0.20, from 1000 on 0.18, from 5000 on 0.15; a source error is free,
// a fail 0.05, code 2002 costs 0.30; once a person in 30 days.
config::Contract everything() {
  config::Contract contract = billing::contract();
  config::SkuPrice& verify = verify_of(contract);
  verify.outcomes = {{0, IDSW_REASON_VENDOR_SOURCE_ERROR, "", Money{0}, {}},
                     {k_fail, 0, "", Money{50'000}, {}},
                     {0, 0, "2002", Money{300'000}, {}}};
  verify.tiers = {{1'000, Money{180'000}}, {5'000, Money{150'000}}};
  verify.free_units = 100;
  verify.person_days = 30;
  return contract;
}

struct Row {
  const char* name;
  Circumstances circumstances;
  std::int64_t micros;
  const char* rule;
};

const Row k_rows[] = {
    {"TheFirstUnit", {1, k_pass, 0, "", 0, false}, 0, "prices.verify.free_units"},
    {"TheLastFreeUnit", {1, k_pass, 0, "", 99, false}, 0, "prices.verify.free_units"},
    {"TheFirstPaidUnit", {1, k_pass, 0, "", 100, false}, 200'000, "prices.verify"},
    {"BeforeATier", {1, k_pass, 0, "", 999, false}, 200'000, "prices.verify"},
    {"AtATier", {1, k_pass, 0, "", 1'000, false}, 180'000, "prices.verify.tiers[0]"},
    {"BeforeTheNextTier", {1, k_pass, 0, "", 4'999, false}, 180'000, "prices.verify.tiers[0]"},
    {"AtTheLastTier", {1, k_pass, 0, "", 5'000, false}, 150'000, "prices.verify.tiers[1]"},
    {"BeyondTheTiers", {1, k_pass, 0, "", 90'000, false}, 150'000, "prices.verify.tiers[1]"},
    {"AFail", {1, k_fail, 0, "", 100, false}, 50'000, "prices.verify.outcomes[1]"},
    {"AnOutcomeBeforeATier", {1, k_fail, 0, "", 7'000, false}, 50'000, "prices.verify.outcomes[1]"},
    {"AReason",
     {1, 0, IDSW_REASON_VENDOR_SOURCE_ERROR, "", 100, false},
     0,
     "prices.verify.outcomes[0]"},
    {"TheFirstOfTwoOutcomes",
     {1, k_fail, IDSW_REASON_VENDOR_SOURCE_ERROR, "2002", 100, false},
     0,
     "prices.verify.outcomes[0]"},
    {"AVendorsCode", {1, k_pass, 0, "2002", 100, false}, 300'000, "prices.verify.outcomes[2]"},
    {"AnotherCode", {1, k_pass, 0, "200", 100, false}, 200'000, "prices.verify"},
    {"NoVerdict", {1, 0, 0, "", 100, false}, 200'000, "prices.verify"},
    {"FreeBeforeOutcomes", {1, k_pass, 0, "2002", 99, false}, 0, "prices.verify.free_units"},
    {"PaidBefore", {1, k_pass, 0, "2002", 7'000, true}, 0, "prices.verify.charged_once"},
    {"PaidBeforeUsesNoFreeUnit", {1, k_pass, 0, "", 0, true}, 0, "prices.verify.charged_once"},
};

TEST(Pricing, AsksTheRulesInTheirOrder) {
  const config::Contract contract = everything();
  for (const Row& row : k_rows) {
    SCOPED_TRACE(row.name);
    const Priced priced = price(contract, "verify", row.circumstances);
    EXPECT_EQ(priced.amount.micros, row.micros);
    EXPECT_EQ(priced.rule.text(), row.rule);
    EXPECT_EQ(priced.version, "2026-1");
  }
}

TEST(Pricing, APersonPaysAgainWhereNothingSaysOnce) {
  EXPECT_EQ(price(contract(), "verify", {1, 0, 0, "", 0, true}).amount, Money{200'000});
}

TEST(Pricing, WhatHasNoPriceCostsNothingByNoRule) {
  const Priced priced = price(contract(), "unpriced", {});
  EXPECT_EQ(priced.amount, Money{});
  EXPECT_EQ(priced.rule.text(), "");
  EXPECT_EQ(worst_case(contract(), "unpriced", 1, 0, false).amount, Money{});
}

TEST(Pricing, AVersionHoldsFromItsInstantUntilTheNext) {
  config::Contract contract = billing::contract();
  contract.versions[0].from_unix_ms = 1'000;
  contract.versions.push_back(contract.versions[0]);
  contract.versions[1].version = "2027-1";
  contract.versions[1].from_unix_ms = 2'000;
  verify_of(contract, 1).price = Money{250'000};
  EXPECT_EQ(version_at(contract, 0).version, "2026-1") << "nothing is before the first";
  EXPECT_EQ(version_at(contract, 1'999).version, "2026-1");
  EXPECT_EQ(version_at(contract, 2'000).version, "2027-1");
  EXPECT_EQ(version_at(contract, 9'000).version, "2027-1");
  EXPECT_EQ(price(contract, "verify", {1'999, 0, 0, "", 0, false}).amount, Money{200'000});
  const Priced later = price(contract, "verify", {2'000, 0, 0, "", 0, false});
  EXPECT_EQ(later.amount, Money{250'000});
  EXPECT_EQ(later.version, "2027-1");
  EXPECT_EQ(worst_case(contract, "verify", 2'000, 0, false).amount, Money{250'000});
}

TEST(Pricing, AContractWithoutVersionsPricesNothing) {
  EXPECT_EQ(version_at({}, 5).version, "");
  EXPECT_EQ(price({}, "verify", {}).amount, Money{});
}

TEST(Pricing, AHoldReservesTheDearestEnd) {
  const config::Contract contract = everything();
  const Priced dear = worst_case(contract, "verify", 1, 100, false);
  EXPECT_EQ(dear.amount, Money{300'000});
  EXPECT_EQ(dear.rule.text(), "prices.verify.outcomes[2]");
  EXPECT_EQ(worst_case(contract, "verify", 1, 99, false).amount, Money{}) << "it is free anyway";
  EXPECT_EQ(worst_case(contract, "verify", 1, 100, true).amount, Money{});
}

TEST(Pricing, AHoldThinksOfTheOtherOpenUnits) {
  const config::Contract contract = everything();
  EXPECT_EQ(worst_case(contract, "verify", 1, 90, false, 9).amount, Money{});
  EXPECT_EQ(worst_case(contract, "verify", 1, 90, false, 10).amount, Money{300'000});
}

TEST(Pricing, AnEndThatNoLineLeavesOpenIsNotReserved) {
  config::Contract contract = billing::contract();
  // The first line covers the second, and the third covers every end.
  verify_of(contract).outcomes = {{k_fail, 0, "", Money{10'000}, {}},
                                  {k_fail, 0, "9", Money{900'000}, {}},
                                  {0, 0, "", Money{20'000}, {}}};
  EXPECT_EQ(worst_case(contract, "verify", 1, 0, false).amount, Money{20'000});
}

TEST(Pricing, RoutingKnowsTheVerdictOnly) {
  const config::Contract contract = everything();
  EXPECT_EQ(price_at_end(contract, "verify", 1, 0, 100, false), Money{200'000});
  EXPECT_EQ(price_at_end(contract, "verify", 1, k_pass, 100, false), Money{200'000});
  EXPECT_EQ(price_at_end(contract, "verify", 1, k_fail, 100, false), Money{50'000});
  EXPECT_EQ(price_at_end(contract, "verify", 1, k_fail, 99, false), Money{});
}

TEST(Pricing, PricesAgainOnlyWhatTheEndCanChange) {
  config::Contract contract = everything();
  const Circumstances failed{1, k_fail, 0, "", 7'000, false};
  const Circumstances passed{1, k_pass, 0, "", 7'000, false};
  const auto again = [&](const char* rule, const Circumstances& end,
                         const char* version = "2026-1") {
    return priced_again(contract, "verify", {1, version, Rule::parse(rule, "verify")}, end);
  };
  ASSERT_TRUE(again("prices.verify", failed));
  EXPECT_EQ(again("prices.verify", failed)->amount, Money{50'000});
  EXPECT_EQ(again("prices.verify", failed)->rule.text(), "prices.verify.outcomes[1]");
  EXPECT_TRUE(again("prices.verify.tiers[0]", failed));
  EXPECT_FALSE(again("prices.verify", passed)) << "its place in the volume stays";
  EXPECT_FALSE(again("prices.verify.tiers[0]", passed));
  EXPECT_FALSE(again("prices.verify.free_units", failed));
  EXPECT_FALSE(again("prices.verify.charged_once", failed));
  EXPECT_FALSE(again("", failed)) << "it was made before rules were written down";
  EXPECT_FALSE(again("prices.verify", failed, "2025-1")) << "the contract was written anew";
  ASSERT_TRUE(again("prices.verify.outcomes[2]", passed));
  EXPECT_EQ(again("prices.verify.outcomes[2]", passed)->rule.text(), "prices.verify.tiers[1]");
}

struct MinimumRow {
  std::int64_t minimum;
  std::int64_t charged;
  std::int64_t now;
  bool swallows;
};

TEST(Pricing, AMinimumThatWillNotBeReachedSwallowsTheNextUnit) {
  // A period from 1000 to 2000.
  const MinimumRow rows[] = {
      {0, 0, 1'500, false},      // there is none
      {0, -5, 1'500, false},     //
      {100, 49, 1'500, true},    // on the way to 98
      {100, 50, 1'500, false},   // on the way to 100
      {100, 100, 1'999, false},  // reached
      {100, 99, 1'999, true},    // too late
      {100, 99, 5'000, true},    // after the end the pace is the sum
      {100, 0, 1'001, true},     //
      {100, 0, 1'000, false},    // no pace yet
      {100, 0, 500, false},      //
      {9'000'000'000'000'000'000, 4'500'000'000'000'000'000, 1'500, false},  // no overflow
      {9'000'000'000'000'000'000, 4'499'999'999'999'999'999, 1'500, true},
  };
  for (const MinimumRow& row : rows) {
    SCOPED_TRACE(testing::Message() << row.minimum << " " << row.charged << " " << row.now);
    config::ContractVersion version;
    version.minimum = Money{row.minimum};
    EXPECT_EQ(minimum_swallows(version, Money{row.charged}, {1'000, 2'000}, row.now), row.swallows);
  }
}

}  // namespace
}  // namespace idswitch::billing
