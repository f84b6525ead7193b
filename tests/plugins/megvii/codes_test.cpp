// The code table against the documents, and what the adapter makes of each code.

#include <gtest/gtest.h>

#include <algorithm>

#include "account.hpp"
#include "idswitch/sdk/text.hpp"
#include "support/documented_codes.hpp"

namespace idswitch::test::megvii {
namespace {

std::vector<DocumentedCode> documented() {
  auto codes = read_documented_codes(IDSWITCH_MEGVII_DIR "/documented_codes.txt");
  for (DocumentedCode& one : codes) std::replace(one.word.begin(), one.word.end(), '~', ' ');
  return codes;
}

bool is_result_code(const DocumentedCode& one) {
  return one.code.size() == 4;
}

// A colon with a space, as the vendor's samples have it.
std::string spelled(std::string word) {
  const auto colon = word.find(':');
  return colon == std::string::npos ? word : word.insert(colon + 1, " ");
}

Answer answer_with(const DocumentedCode& one, bool as_text) {
  if (!is_result_code(one)) {
    if (one.code == "413") return {one.word, 413, {{"Content-Type", "text/plain"}}};
    return {R"({"error":")" + spelled(one.word) + "\"}", std::stoi(one.code)};
  }
  const std::string code = one.code == "31xx" ? "3142" : one.code;
  return {reply(as_text ? "\"" + code + "\"" : code, one.word.empty() ? "SOME_WORD" : one.word)};
}

OperationRun run_with(const DocumentedCode& one, bool as_text = false) {
  PluginDriver account = driver();
  return account.run(one.operation == IDSW_OP_START ? start() : result(),
                     {answer_with(one, as_text)});
}

// A refused query changes nothing about the charge that get_biz_token opened.
std::string expected_charge(const DocumentedCode& one) {
  return one.operation == IDSW_OP_RESULT && !is_result_code(one) ? "held" : one.charge;
}

TEST(MegviiCodes, AreAllInTheTableAndNoOthers) {
  expect_table(documented(), PluginDriver::product("megvii", k_product));
}

TEST(MegviiCodes, GiveTheirOutcomeReasonAndCharge) {
  for (const DocumentedCode& one : documented()) {
    const OperationRun run = run_with(one);
    EXPECT_EQ(outcome_of(run), one.outcome) << one.name();
    EXPECT_EQ(reason_of(run), one.reason) << one.name();
    ASSERT_EQ(run.charges.size(), 1u) << one.name();
    EXPECT_EQ(run.charges[0].state == 0 ? "unknown" : charge_word(run.charges[0].state),
              expected_charge(one))
        << one.name();
    EXPECT_EQ(run.charges[0].sku, "verify");
    EXPECT_EQ(run.charges[0].event, "biz_token");
    if (run.charges[0].state != 0) {
      EXPECT_EQ(run.charges[0].source, std::uint32_t{IDSW_SOURCE_ASSUMED});
    }
  }
}

TEST(MegviiCodes, AreReportedAsTheVendorSpellsThem) {
  for (const DocumentedCode& one : documented()) {
    const OperationRun run = run_with(one);
    if (run.fail) {
      EXPECT_EQ(run.fail->vendor_code, one.code);
      EXPECT_EQ(run.fail->vendor_message, one.word);
    } else if (one.code != "31xx") {
      EXPECT_EQ(run.finish->vendor_code, one.code);
      EXPECT_EQ(run.finish->vendor_message, one.word.empty() ? "SOME_WORD" : one.word);
    }
  }
}

TEST(MegviiCodes, MayBeStrings) {
  for (const DocumentedCode& one : documented()) {
    if (is_result_code(one)) {
      EXPECT_EQ(outcome_of(run_with(one, true)), one.outcome) << one.name();
    }
  }
}

TEST(MegviiCodes, ThatNobodyKnowsAreInconclusiveAsResults) {
  struct Case {
    std::string code, word;
    std::uint32_t charge;
  };

  for (const Case& one :
       {Case{"1000", "", IDSW_CHARGE_CAPTURED}, Case{"1000", "OK", IDSW_CHARGE_CAPTURED},
        Case{"1000", "success", IDSW_CHARGE_CAPTURED},
        Case{"3000", "NEW_WORD", IDSW_CHARGE_CAPTURED},
        Case{"2000", "SUCCESS", IDSW_CHARGE_CAPTURED},
        Case{"4100", "SUCCESS", IDSW_CHARGE_RELEASED}, Case{"1001", "SUCCESS", IDSW_CHARGE_UNKNOWN},
        Case{"0", "SUCCESS", IDSW_CHARGE_UNKNOWN}, Case{"1000.0", "SUCCESS", IDSW_CHARGE_UNKNOWN},
        Case{"1e3", "SUCCESS", IDSW_CHARGE_UNKNOWN}, Case{"-1000", "SUCCESS", IDSW_CHARGE_UNKNOWN},
        Case{"true", "SUCCESS", IDSW_CHARGE_UNKNOWN}, Case{"null", "SUCCESS", IDSW_CHARGE_UNKNOWN},
        Case{"\" 1000\"", "SUCCESS", IDSW_CHARGE_UNKNOWN}, Case{"31000", "X", IDSW_CHARGE_UNKNOWN},
        Case{"\"31ab\"", "X", IDSW_CHARGE_UNKNOWN},
        Case{"5000", "BALANCE_NOT_ENOUGH", IDSW_CHARGE_UNKNOWN}}) {
    const OperationRun run = driver().run(result(), {{reply(one.code, one.word)}});
    EXPECT_EQ(outcome_of(run), "inconclusive") << one.code;
    EXPECT_EQ(reason_of(run), "vendor.unknown_code") << one.code;
    ASSERT_EQ(run.charges.size(), 1u);
    EXPECT_EQ(run.charges[0].state, one.charge) << one.code << one.word;
  }
}

TEST(MegviiErrors, OfUnknownWordsGoByTheirStatus) {
  const std::pair<int, std::string> cases[] = {
      {200, "protocol"},    {400, "protocol"},  {401, "credentials"},    {403, "credentials"},
      {404, "protocol"},    {429, "throttled"}, {500, "unavailable"},    {502, "unavailable"},
      {503, "unavailable"}, {302, "protocol"},  {413, "invalid_request"}};
  for (const auto& [status, outcome] : cases) {
    const OperationRun run = driver().run(start(), {{R"({"error":"NEW_WORD: x"})", status}});
    EXPECT_EQ(outcome_of(run), outcome) << status;
    EXPECT_EQ(run.fail->vendor_code, std::to_string(status));
    if (status != 413) {
      EXPECT_EQ(run.fail->vendor_message, "NEW_WORD");
    }
  }
}

TEST(MegviiErrors, CountBesideHttp200AndAToken) {
  const std::string body =
      R"({"biz_token":"1,a","request_id":"1,b","error":"AUTHORIZATION_ERROR:INVALID_SIGN"})";
  const OperationRun run = driver().run(start(), {{body}});
  EXPECT_EQ(outcome_of(run), "credentials");
  EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_NOT_CHARGED});
  EXPECT_EQ(outcome_of(driver().run(result(),
                                    {{reply("1000", "SUCCESS", R"(,"error":"INTERNAL_ERROR")")}})),
            "unavailable");
}

TEST(MegviiErrors, AreDecidedByTheWordNotTheStatus) {
  for (const int status : {200, 400, 403, 429, 500, 503}) {
    const OperationRun run = driver().run(
        start(), {{R"({"error":"CONCURRENCY_LIMIT_EXCEEDED"})", status, {{"Retry-After", "7"}}}});
    EXPECT_EQ(outcome_of(run), "throttled") << status;
    EXPECT_EQ(run.fail->retry_after_ms, 7000u);
  }
}

TEST(MegviiErrors, NameTheMemberOfOurRequest) {
  const std::pair<std::string, std::string> cases[] = {
      {"uuid", "/person/id"},
      {"liveness_id", "/vendor_options/megvii~1faceid_v5/liveness_id"},
      {"verify_id", "/vendor_options/megvii~1faceid_v5/verify_id"},
      {"idcard_name", "/person/name"},
      {"idcard_number", "/person/id_number"},
      {"image_ref", "/images/ref1"},
      {"sign_version", ""},
      {"whatever it says 110101199003078", ""}};
  for (const auto& [parameter, pointer] : cases) {
    const OperationRun run =
        driver().run(result(), {{R"({"error":"BAD_ARGUMENTS: )" + parameter + "\"}", 400}});
    EXPECT_EQ(outcome_of(run), "invalid_request");
    EXPECT_EQ(run.fail->field, pointer);
    const bool known = parameter.find(' ') == std::string::npos;
    EXPECT_EQ(run.fail->vendor_message, known ? "BAD_ARGUMENTS: " + parameter : "BAD_ARGUMENTS");
  }
}

TEST(MegviiRule, IsAssumed) {
  const idsw_product& product = PluginDriver::product("megvii", k_product);
  ASSERT_EQ(product.sku_count, 1u);
  const idsw_sku& sku = product.skus[0];
  EXPECT_EQ(sdk::view(sku.name), "verify");
  EXPECT_EQ(sku.billable, std::uint32_t{IDSW_BILLABLE_ON_RESULT});
  EXPECT_EQ(sku.flags, std::uint32_t{IDSW_RULE_ASSUMED});
  EXPECT_EQ(sku.at_token_death, std::uint32_t{IDSW_CHARGE_RELEASED});
  EXPECT_EQ(product.token_lifetime_s, 3600u);
}

}  // namespace
}  // namespace idswitch::test::megvii
