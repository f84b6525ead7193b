// The code table against the documents, and what the adapter makes of each code.

#include <gtest/gtest.h>

#include "account.hpp"
#include "idswitch/sdk/text.hpp"
#include "support/documented_codes.hpp"

namespace idswitch::test::baidu {
namespace {

std::vector<DocumentedCode> documented() {
  return read_documented_codes(IDSWITCH_BAIDU_DIR "/documented_codes.txt");
}

OperationRun run_with(const DocumentedCode& one, const std::string& reply) {
  std::vector<Answer> answers = {{reply}};
  const bool is_refetched = one.code == "100" || one.code == "110" || one.code == "111";
  if (is_refetched) answers.insert(answers.end(), {{token_reply()}, {reply}});
  return driver().run(one.operation == IDSW_OP_START ? start() : submit(), answers);
}

void expect_charge(const DocumentedCode& one, const OperationRun& run) {
  const std::string sku = one.operation == IDSW_OP_START ? "sessioncode" : "verify";
  ASSERT_EQ(run.charges.size(), 1u) << one.name();
  const Evidence& charge = run.charges[0];
  EXPECT_EQ(charge_word(charge.state), one.charge) << one.name();
  EXPECT_EQ(charge.sku, sku);
  EXPECT_EQ(charge.event, sku);
  EXPECT_EQ(charge.vendor_code, one.code);
  EXPECT_EQ(charge.vendor_reference, "2248375729");
  EXPECT_EQ(source_word(charge.source), one.charge == "captured" ? "result_code" : "assumed");
}

TEST(BaiduCodes, AreAllInTheTableAndNoOthers) {
  expect_table(documented(), PluginDriver::product("baidu", k_product));
}

TEST(BaiduCodes, GiveTheirOutcomeReasonAndCharge) {
  int seen = 0;
  for (const DocumentedCode& one : documented()) {
    if (one.code == "0" || one.operation == IDSW_OP_TOKEN) continue;
    const OperationRun run = run_with(one, error(one.code));
    EXPECT_EQ(outcome_of(run), one.outcome) << one.name();
    EXPECT_EQ(reason_of(run), one.reason) << one.name();
    EXPECT_EQ(run.fail ? run.fail->vendor_code : run.finish->vendor_code, one.code);
    EXPECT_EQ(run.fail ? run.fail->vendor_message : run.finish->vendor_message, "说明");
    expect_charge(one, run);
    ++seen;
  }
  EXPECT_GT(seen, 150);
}

TEST(BaiduCodes, MayBeStringsAndUnderAnyName) {
  for (const DocumentedCode& one : documented()) {
    if (one.code == "0" || one.operation == IDSW_OP_TOKEN) continue;
    for (const std::string name : {"error_code", "err_no", "error_no"}) {
      const std::string reply = "{\"" + name + "\":\"" + one.code + "\",\"err_msg\":\"x\"}";
      EXPECT_EQ(outcome_of(run_with(one, reply)), one.outcome) << one.name();
    }
  }
}

TEST(BaiduCodes, ThatNobodyKnowsNeverPass) {
  for (const std::string code : {"216435", "216999", "223000", "223999"}) {
    const OperationRun run = driver().run(submit(), {{error(code)}});
    EXPECT_EQ(outcome_of(run), "inconclusive") << code;
    EXPECT_EQ(reason_of(run), "vendor.unknown_code") << code;
    EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_UNKNOWN});
    EXPECT_EQ(outcome_of(driver().run(start(), {{error(code)}})), "protocol") << code;
  }
  for (const std::string code : {"-1", "5", "14", "336000", "21650", "2165000", "999999"}) {
    for (const bool is_start : {true, false}) {
      const OperationRun run = driver().run(is_start ? start() : submit(), {{error(code)}});
      EXPECT_EQ(outcome_of(run), "protocol") << code;
      EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_UNKNOWN});
    }
  }
}

TEST(BaiduRule, NamesTheBilledCodes) {
  const idsw_product& product = PluginDriver::product("baidu", k_product);
  ASSERT_EQ(product.sku_count, 2u);
  const auto captured_on = [](const idsw_sku& sku) {
    std::string codes;
    for (std::uint64_t i = 0; i < sku.captured_on_count; ++i) {
      codes += std::string(sdk::view(sku.captured_on[i])) + " ";
    }
    return codes;
  };
  EXPECT_EQ(captured_on(product.skus[0]), "0 ");
  EXPECT_EQ(captured_on(product.skus[1]), "0 223120 216500 ");
  for (std::uint64_t i = 0; i < product.sku_count; ++i) {
    EXPECT_EQ(product.skus[i].billable, std::uint32_t{IDSW_BILLABLE_ON_ACCEPT});
  }
  EXPECT_EQ(product.token_lifetime_s, 300u);
}

}  // namespace
}  // namespace idswitch::test::baidu
