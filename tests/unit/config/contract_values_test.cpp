#include "idswitch/abi/vocabulary.h"
#include "sample_config.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace idswitch::config {
namespace {

Account load_main(const SampleConfig& sample, const std::string& text) {
  EXPECT_EQ(sample.complaints(text), std::vector<std::string>());
  return sample.load(text).config.accounts.at("main");
}

TEST(Contract, OfOnePriceIsOneVersionForEver) {
  const SampleConfig sample;
  const Contract contract =
      load_main(sample,
                "accounts: {main: {product: a/b, contract: {currency: USD, version: x, prices: "
                "{sku: 0.5, other.sku: \"2\"}, minimum: {per: day, amount: 7.25}}}}")
          .contract;
  EXPECT_EQ(contract.currency, "USD");
  EXPECT_EQ(contract.utc_offset_min, 0);
  ASSERT_EQ(contract.versions.size(), 1u);
  const ContractVersion& only = contract.versions[0];
  EXPECT_EQ(only.version, "x");
  EXPECT_EQ(only.from_unix_ms, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(only.minimum.micros, 7'250'000);
  EXPECT_EQ(only.minimum_per, Per::day);
  EXPECT_EQ(only.prices.at("other.sku").price.micros, 2'000'000);
  const SkuPrice& price = only.prices.at("sku");
  EXPECT_EQ(price.price.micros, 500'000);
  EXPECT_TRUE(price.outcomes.empty());
  EXPECT_TRUE(price.tiers.empty());
  EXPECT_EQ(price.free_units, 0);
  EXPECT_EQ(price.per, Per::month);
  EXPECT_EQ(price.person_days, 0);
  EXPECT_EQ(price.group, Group::call);
}

TEST(Contract, ReadsOutcomesTiersFreeUnitsAndRepeats) {
  const SampleConfig sample;
  const Account account = load_main(sample,
                                    "accounts:\n"
                                    "  main:\n"
                                    "    product: a/b\n"
                                    "    contract:\n"
                                    "      currency: CNY\n"
                                    "      prices:\n"
                                    "        sku:\n"
                                    "          price: \"0.30\"\n"
                                    "          outcomes:\n"
                                    "            - {verdict: inconclusive, price: 0}\n"
                                    "            - {verdict: fail, reason: id.no_photo, code: "
                                    "3000, price: 0.1}\n"
                                    "            - {code: 2003, charged: true, price: 0.2}\n"
                                    "            - {code: 2004, charged: false}\n"
                                    "          group: session\n"
                                    "          tiers: [{from: 10001, price: 0.25}, {from: 20001, "
                                    "price: 0.2}]\n"
                                    "          free_units: 1000\n"
                                    "          per: day\n"
                                    "          charged_once: {per: person, days: 30}\n");
  const SkuPrice& price = account.contract.versions.at(0).prices.at("sku");
  EXPECT_EQ(price.price.micros, 300'000);
  EXPECT_EQ(price.where.text(), "f:7:9");
  ASSERT_EQ(price.outcomes.size(), 4u);
  EXPECT_EQ(price.outcomes[0].verdict, std::uint32_t{IDSW_VERDICT_INCONCLUSIVE});
  EXPECT_EQ(price.outcomes[0].reason, 0u);
  EXPECT_EQ(price.outcomes[0].vendor_code, "");
  EXPECT_EQ(price.outcomes[0].price.micros, 0);
  EXPECT_EQ(price.outcomes[1].verdict, std::uint32_t{IDSW_VERDICT_FAIL});
  EXPECT_EQ(price.outcomes[1].reason, std::uint32_t{IDSW_REASON_ID_NO_PHOTO});
  EXPECT_EQ(price.outcomes[1].vendor_code, "3000");
  EXPECT_EQ(price.outcomes[1].price.micros, 100'000);
  EXPECT_EQ(price.outcomes[1].where.text(), "f:11:15");
  EXPECT_FALSE(price.outcomes[0].charged);
  EXPECT_EQ(price.outcomes[2].charged, true);
  EXPECT_EQ(price.outcomes[2].price.micros, 200'000);
  EXPECT_EQ(price.outcomes[3].charged, false);
  EXPECT_EQ(price.outcomes[3].price.micros, 0);
  EXPECT_EQ(price.group, Group::session);
  ASSERT_EQ(price.tiers.size(), 2u);
  EXPECT_EQ(price.tiers[0].from_units, 10'000) << "the 10001st unit comes after 10000 others";
  EXPECT_EQ(price.tiers[0].price.micros, 250'000);
  EXPECT_EQ(price.tiers[1].from_units, 20'000);
  EXPECT_EQ(price.free_units, 1'000);
  EXPECT_EQ(price.per, Per::day);
  EXPECT_EQ(price.person_days, 30);
}

TEST(Contract, ReadsVersionsThatBeginAtMidnightOfItsTime) {
  const SampleConfig sample;
  const Account account = load_main(sample,
                                    "accounts:\n"
                                    "  main:\n"
                                    "    product: a/b\n"
                                    "    contract:\n"
                                    "      versions:\n"
                                    "        - {version: old, prices: {sku: 3}}\n"
                                    "        - {version: new, from: 2026-01-01, prices: {sku: 2}}\n"
                                    "        - version: 3\n"
                                    "          from: \"2026-03-01\"\n"
                                    "          minimum: {per: month, amount: 500}\n"
                                    "          prices: {sku: {price: 1}}\n"
                                    "      currency: CNY\n"
                                    "      time: +08:00\n");
  const Contract& contract = account.contract;
  EXPECT_EQ(contract.utc_offset_min, 480);
  ASSERT_EQ(contract.versions.size(), 3u);
  EXPECT_EQ(contract.versions[0].from_unix_ms, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(contract.versions[1].version, "new");
  EXPECT_EQ(contract.versions[1].from_unix_ms, 1'767'196'800'000) << "2025-12-31T16:00:00Z";
  EXPECT_EQ(contract.versions[2].version, "3");
  EXPECT_EQ(contract.versions[2].minimum.micros, 500'000'000);
  EXPECT_EQ(contract.versions[0].prices.at("sku").price.micros, 3'000'000);
  EXPECT_EQ(contract.versions[2].prices.at("sku").price.micros, 1'000'000);
  EXPECT_EQ(contract.versions[2].where.text(), "f:8:11");

  const std::pair<const char*, const char*> expected[] = {
      {"contract", "f:4:5"},
      {"contract/currency", "f:12:7"},
      {"contract/versions[0]/prices/sku", "f:6:35"},
      {"contract/versions[1]/prices/sku", "f:7:53"},
      {"contract/prices", "f:11:11"},
      {"contract/prices/sku", "f:11:20"},
  };
  for (const auto& [path, position] : expected) {
    ASSERT_TRUE(account.positions.contains(path)) << path;
    EXPECT_EQ(account.positions.at(path).text(), position) << path;
  }
}

}  // namespace
}  // namespace idswitch::config
