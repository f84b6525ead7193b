// The code table against the document, and what the adapter makes of each code.

#include <gtest/gtest.h>

#include "account.hpp"
#include "idswitch/sdk/text.hpp"
#include "support/documented_codes.hpp"

namespace idswitch::test::jumdata {
namespace {

std::vector<DocumentedCode> documented() {
  return read_documented_codes(IDSWITCH_JUMDATA_DIR "/documented_codes.txt");
}

OperationRun run_with(const DocumentedCode& one, const std::string& code) {
  PluginDriver account = driver();
  if (one.operation == IDSW_OP_RESULT) return account.run(result(), {{reply(code)}});
  return account.run(start(), {{one.outcome == "ok" ? init_reply() : reply(code)}});
}

// A query neither settles nor changes anything while it says `held`.
void expect_charge(const DocumentedCode& one, const OperationRun& run) {
  if (one.operation == IDSW_OP_RESULT && one.charge == "held") {
    EXPECT_TRUE(run.charges.empty()) << one.name();
    return;
  }
  ASSERT_EQ(run.charges.size(), 1u) << one.name();
  EXPECT_EQ(charge_word(run.charges[0].state), one.charge) << one.name();
  EXPECT_EQ(run.charges[0].sku, "life_check");
  EXPECT_EQ(run.charges[0].event, "init");
  EXPECT_EQ(run.charges[0].vendor_code, one.code);
}

TEST(JumdataCodes, AreAllInTheTableAndNoOthers) {
  expect_table(documented(), PluginDriver::product("jumdata", k_product));
}

TEST(JumdataCodes, GiveTheirOutcomeReasonAndCharge) {
  for (const DocumentedCode& one : documented()) {
    const OperationRun run = run_with(one, one.code);
    EXPECT_EQ(outcome_of(run), one.outcome) << one.name();
    EXPECT_EQ(reason_of(run), one.reason) << one.name();
    EXPECT_EQ(run.fail ? run.fail->vendor_code : run.finish->vendor_code, one.code);
    expect_charge(one, run);
  }
}

TEST(JumdataCodes, MayBeStrings) {
  for (const DocumentedCode& one : documented()) {
    if (one.outcome == "ok") continue;
    EXPECT_EQ(outcome_of(run_with(one, "\"" + one.code + "\"")), one.outcome) << one.name();
  }
}

TEST(JumdataCodes, ThatNobodyKnowsAreInconclusiveAsResults) {
  for (const std::string code : {"204", "299", "300", "302", "399"}) {
    const OperationRun run = driver().run(result(), {{reply(code)}});
    EXPECT_EQ(outcome_of(run), "inconclusive") << code;
    EXPECT_EQ(reason_of(run), "vendor.unknown_code") << code;
    ASSERT_EQ(run.charges.size(), 1u);
    EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_UNKNOWN});
  }
}

TEST(JumdataCodes, ThatNobodyKnowsAreProtocolErrorsElsewhere) {
  for (const std::string code : {"0", "1", "199", "201", "608", "700", "-1", "20", "2000", "2e2",
                                 "200.0", "true", "\"ok\"", "\" 200\""}) {
    EXPECT_EQ(outcome_of(driver().run(start(), {{reply(code)}})), "protocol") << code;
    if (code != "201") {
      EXPECT_EQ(outcome_of(driver().run(result(), {{reply(code)}})), "protocol") << code;
    }
  }
}

TEST(JumdataRule, NamesTheDocumentedCodes) {
  const idsw_product& product = PluginDriver::product("jumdata", k_product);
  ASSERT_EQ(product.sku_count, 1u);
  const idsw_sku& sku = product.skus[0];
  EXPECT_EQ(sku.billable, std::uint32_t{IDSW_BILLABLE_ON_ACCEPT});
  EXPECT_EQ(sku.at_token_death, std::uint32_t{IDSW_CHARGE_RELEASED});
  std::string captured, released;
  for (std::uint64_t i = 0; i < sku.captured_on_count; ++i)
    captured += sdk::view(sku.captured_on[i]);
  for (std::uint64_t i = 0; i < sku.released_on_count; ++i)
    released += sdk::view(sku.released_on[i]);
  EXPECT_EQ(captured, "200202");
  EXPECT_EQ(released, "203301");
  EXPECT_EQ(product.token_lifetime_s, 7200u);
}

}  // namespace
}  // namespace idswitch::test::jumdata
