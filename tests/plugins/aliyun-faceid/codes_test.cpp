// The code tables against the documents, and what the adapters make of each code.

#include <gtest/gtest.h>

#include "account.hpp"
#include "idswitch/sdk/text.hpp"

namespace idswitch::test::aliyun_faceid {
namespace {

struct Product {
  std::string_view id, file, sku;
  bool codes_are_text;
  std::uint32_t result_source;
};

constexpr Product k_products[] = {
    {k_sdk, "documented_sdk_codes.txt", "face_verify", false, IDSW_SOURCE_RESULT_CODE},
    {k_lite, "documented_lite_codes.txt", "lite_verify", true, IDSW_SOURCE_ASSUMED}};

bool is_result_code(const DocumentedCode& one) {
  return one.code.size() == 4;
}

Answer answer_with(const DocumentedCode& one, bool as_text, const std::string& colon = ":") {
  if (is_result_code(one)) return {reply(as_text ? "\"" + one.code + "\"" : one.code, one.word)};
  if (one.code == "413") return {one.word, 413, {{"Content-Type", "text/plain"}}};
  std::string word = one.word;
  if (const auto at = word.find(':'); at != std::string::npos) word.replace(at, 1, colon);
  return {R"({"request_id":"1532490000,cccccccc","time_used":3,"error":")" + word + "\"}",
          std::stoi(one.code)};
}

OperationRun run_with(const Product& product, const DocumentedCode& one, bool as_text,
                      const std::string& colon = ":") {
  PluginDriver account = driver(product.id);
  return account.run(one.operation == IDSW_OP_START ? start(product.id) : result(),
                     {answer_with(one, as_text, colon)});
}

// A query costs nothing, and while nothing is decided nothing about the hold changes.
void expect_charge(const Product& product, const DocumentedCode& one, const OperationRun& run) {
  if (one.operation == IDSW_OP_RESULT && (!is_result_code(one) || one.charge == "held")) {
    EXPECT_TRUE(run.charges.empty()) << one.name();
    return;
  }
  ASSERT_EQ(run.charges.size(), 1u) << one.name();
  const Evidence& charge = run.charges[0];
  EXPECT_EQ(charge.state == 0 ? "unknown" : charge_word(charge.state), one.charge) << one.name();
  EXPECT_EQ(charge.sku, product.sku);
  EXPECT_EQ(charge.event, "biz_token");
  if (!is_result_code(one)) return;
  EXPECT_EQ(charge.vendor_code, one.code);
  EXPECT_EQ(charge.vendor_reference, k_request_id);
  const std::uint32_t inferred = IDSW_SOURCE_INFERRED;
  EXPECT_EQ(charge.source, charge.state == 0 ? inferred : product.result_source);
}

TEST(AliyunCodes, AreAllInTheTableAndNoOthers) {
  for (const Product& product : k_products) {
    SCOPED_TRACE(product.id);
    expect_table(documented_with_gateway(product.file),
                 PluginDriver::product("aliyun-faceid", product.id));
  }
}

TEST(AliyunCodes, GiveTheirOutcomeReasonAndCharge) {
  for (const Product& product : k_products) {
    SCOPED_TRACE(product.id);
    for (const DocumentedCode& one : documented(product.file)) {
      if (one.operation == 0) continue;  // the device's
      const OperationRun run = run_with(product, one, product.codes_are_text);
      EXPECT_EQ(outcome_of(run), one.outcome) << one.name();
      EXPECT_EQ(reason_of(run), one.reason) << one.name();
      EXPECT_EQ(run.fail ? run.fail->vendor_code : run.finish->vendor_code, one.code);
      EXPECT_EQ(run.fail ? run.fail->vendor_message : run.finish->vendor_message, one.word);
      expect_charge(product, one, run);
    }
  }
}

TEST(AliyunCodes, MayBeNumbersOrStrings) {
  for (const Product& product : k_products) {
    for (const DocumentedCode& one : documented(product.file)) {
      if (one.operation == 0 || !is_result_code(one)) continue;
      EXPECT_EQ(outcome_of(run_with(product, one, !product.codes_are_text)), one.outcome)
          << one.name();
    }
  }
}

TEST(AliyunErrors, AreSplitAtTheFirstColon) {
  for (const Product& product : k_products) {
    for (const DocumentedCode& one : documented(product.file)) {
      if (one.operation == 0 || is_result_code(one)) continue;
      for (const std::string colon : {": ", " : ", ":  "}) {
        EXPECT_EQ(outcome_of(run_with(product, one, false, colon)), one.outcome) << one.name();
      }
    }
  }
}

TEST(AliyunCodes, OfTheDeviceAreNoAnswersOfTheServer) {
  for (const DocumentedCode& one : documented("documented_sdk_codes.txt")) {
    if (one.operation != 0) continue;
    const OperationRun run = driver(k_sdk).run(result(), {{reply(one.code, one.word)}});
    EXPECT_EQ(reason_of(run), "vendor.unknown_code") << one.name();
    EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_UNKNOWN});
  }
}

TEST(AliyunCodes, ThatSpeakOfTheAccountNameItsTrouble) {
  const std::pair<std::string, std::string> sdk_words[] = {
      {"IP_NOT_ALLOWED", "credentials"},
      {"NON_ENTERPRISE_CERTIFICATION", "account_suspended"},
      {"BALANCE_NOT_ENOUGH", "quota_exhausted"},
      {"MORE_RETRY_TIMES", "throttled"},
      {"ACCOUNT_DISCONTINUED", "account_suspended"},
      {"EXPIRED_SIGN", "credentials"},
      {"INVALID_SIGN", "credentials"},
      {"REPLAY_ATTACK", "credentials"}};
  for (const auto& [word, trouble] : sdk_words) {
    const OperationRun run = driver(k_sdk).run(result(), {{reply("5000", word)}});
    EXPECT_EQ(error_class_word(run.finish->account_error), trouble) << word;
  }
  const std::pair<std::string, std::string> lite_words[] = {
      {"NON_ENTERPRISE_CERTIFICATION", "account_suspended"},
      {"BALANCE_NOT_ENOUGH", "quota_exhausted"},
      {"ACCOUNT_DISABLED", "account_suspended"}};
  for (const auto& [word, trouble] : lite_words) {
    const OperationRun run = driver(k_lite).run(result(), {{reply("\"5000\"", word)}});
    EXPECT_EQ(error_class_word(run.finish->account_error), trouble) << word;
  }
  EXPECT_EQ(driver(k_sdk).run(result(), {{reply("6000", "USER_CANCEL")}}).finish->account_error,
            0u);
}

TEST(AliyunCodes, ThatNobodyKnowsAreInconclusive) {
  struct Case {
    std::string code, word;
    std::uint32_t charge;
  };

  const Case cases[] = {{"1000", "", IDSW_CHARGE_CAPTURED},
                        {"1000", "OK", IDSW_CHARGE_CAPTURED},
                        {"\"1000\"", "Success", IDSW_CHARGE_CAPTURED},
                        {"2000", "SUCCESS", IDSW_CHARGE_CAPTURED},
                        {"3000", "NEW", IDSW_CHARGE_CAPTURED},
                        {"4200", "NEW", IDSW_CHARGE_RELEASED},
                        {"9000", "NEW", IDSW_CHARGE_RELEASED},
                        {"1001", "SUCCESS", IDSW_CHARGE_UNKNOWN},
                        {"10000", "SUCCESS", IDSW_CHARGE_UNKNOWN},
                        {"1000.0", "SUCCESS", IDSW_CHARGE_UNKNOWN},
                        {"1e3", "SUCCESS", IDSW_CHARGE_UNKNOWN},
                        {"true", "SUCCESS", IDSW_CHARGE_UNKNOWN},
                        {"\" 1000\"", "SUCCESS", IDSW_CHARGE_UNKNOWN}};
  for (const std::string_view product : {k_sdk, k_lite}) {
    for (const Case& one : cases) {
      const OperationRun run = driver(product).run(result(), {{reply(one.code, one.word)}});
      EXPECT_EQ(outcome_of(run), "inconclusive") << one.code << one.word;
      EXPECT_EQ(reason_of(run), "vendor.unknown_code");
      EXPECT_EQ(run.charges.at(0).state, one.charge) << one.code << one.word;
    }
  }
}

TEST(AliyunErrors, OfUnknownWordsGoByTheirStatus) {
  const std::pair<int, std::string> cases[] = {
      {200, "protocol"},    {400, "protocol"},    {401, "credentials"},
      {403, "credentials"}, {404, "protocol"},    {429, "throttled"},
      {500, "unavailable"}, {502, "unavailable"}, {413, "invalid_request"}};
  for (const std::string_view product : {k_sdk, k_lite}) {
    for (const auto& [status, outcome] : cases) {
      const OperationRun run =
          driver(product).run(start(product), {{R"({"error":"NEW_WORD: x"})", status}});
      EXPECT_EQ(outcome_of(run), outcome) << status;
    }
  }
}

TEST(AliyunErrors, AreDecidedByTheWordNotTheStatus) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    for (const int status : {200, 400, 403, 429, 500, 503}) {
      const OperationRun run = driver(product).run(
          start(product),
          {{R"({"error":"CONCURRENCY_LIMIT_EXCEEDED"})", status, {{"retry-after", "7"}}}});
      EXPECT_EQ(outcome_of(run), "throttled") << status;
      EXPECT_EQ(run.fail->retry_after_ms, 7000u);
    }
  }
}

TEST(AliyunErrors, NameTheMemberOfOurRequest) {
  const std::pair<std::string, std::string> cases[] = {
      {"MISSING_ARGUMENTS: idcard_name", "/person/name"},
      {"BAD_ARGUMENTS:idcard_number", "/person/id_number"},
      {"BAD_ARGUMENTS:<idcard_number>", "/person/id_number"},
      {"NO_FACE_FOUND:image_ref1", "/images/ref1"},
      {"IMAGE_ERROR_UNSUPPORTED_FORMAT: image_ref2", "/images/ref2"},
      {"INVALID_IMAGE_SIZEimage_ref2", "/images/ref2"},
      {"INVALID_IMAGE_SIZE<image_ref1>", "/images/ref1"},
      {"INVALID_IMAGE_SIZE:image_ref1", "/images/ref1"},
      {"BAD_ARGUMENTS: liveness_timeout",
       "/vendor_options/aliyun-faceid~1sdk_v1_2/liveness_timeout"},
      {"BAD_ARGUMENTS: biz_no", ""},
      {"BAD_ARGUMENTS: 11010119900307876X", ""}};
  for (const auto& [error, pointer] : cases) {
    const OperationRun run =
        driver(k_sdk).run(sdk_start(), {{R"({"error":")" + error + "\"}", 400}});
    EXPECT_EQ(outcome_of(run), "invalid_request") << error;
    EXPECT_EQ(run.fail->field, pointer) << error;
  }
  const OperationRun run =
      driver(k_lite).run(lite_start(), {{R"({"error":"BAD_ARGUMENTS:idcard_retry_time"})", 400}});
  EXPECT_EQ(run.fail->field, "/vendor_options/aliyun-faceid~1lite_v1/idcard_retry_time");
  EXPECT_EQ(run.fail->vendor_message, "BAD_ARGUMENTS: idcard_retry_time");
}

TEST(AliyunErrors, CountBesideHttp200) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    const std::string both =
        R"({"biz_token":"1,a","error":"AUTHORIZATION_ERROR:BALANCE_NOT_ENOUGH"})";
    EXPECT_EQ(outcome_of(driver(product).run(start(product), {{both}})), "quota_exhausted");
    EXPECT_EQ(outcome_of(driver(product).run(
                  result(), {{reply("1000", "SUCCESS", R"(,"error":"INTERNAL_ERROR")")}})),
              "unavailable");
  }
}

TEST(AliyunRules, AreThoseOfTheDocuments) {
  const idsw_product& sdk = PluginDriver::product("aliyun-faceid", k_sdk);
  const idsw_product& lite = PluginDriver::product("aliyun-faceid", k_lite);
  EXPECT_EQ(sdk.skus[0].flags, 0u);
  EXPECT_EQ(lite.skus[0].flags, std::uint32_t{IDSW_RULE_ASSUMED});
  for (const idsw_product* product : {&sdk, &lite}) {
    ASSERT_EQ(product->sku_count, 1u);
    EXPECT_EQ(product->skus[0].billable, std::uint32_t{IDSW_BILLABLE_ON_RESULT});
    EXPECT_EQ(product->skus[0].at_token_death, std::uint32_t{IDSW_CHARGE_RELEASED});
    EXPECT_EQ(product->token_lifetime_s, 3600u);
    std::string captured;
    for (std::uint64_t i = 0; i < product->skus[0].captured_on_count; ++i) {
      captured += idswitch::sdk::view(product->skus[0].captured_on[i]);
    }
    EXPECT_EQ(captured, "100020003000");
  }
}

}  // namespace
}  // namespace idswitch::test::aliyun_faceid
