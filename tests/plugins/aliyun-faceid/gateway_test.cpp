// What the Aliyun API gateway says before a request reaches the FaceID service.

#include <gtest/gtest.h>

#include "account.hpp"

namespace idswitch::test::aliyun_faceid {
namespace {

int status_of(const DocumentedCode& one) {
  return std::stoi(one.code.size() == 6 ? one.code.substr(1, 3) : one.code);
}

Answer answer_with(const DocumentedCode& one, const std::string& tail = "") {
  Answer answer{"", status_of(one), {{"X-Ca-Request-Id", "ABCD-1234"}}};
  if (one.code.size() == 6) answer.headers.emplace_back("X-Ca-Error-Code", one.code);
  answer.headers.emplace_back("X-Ca-Error-Message", one.word + tail);
  return answer;
}

TEST(AliyunGateway, CodesAndTextsGiveTheirClassAndCostNothing) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    for (const DocumentedCode& one : documented("documented_gateway_codes.txt")) {
      const OperationRun run = driver(product).run(
          one.operation == IDSW_OP_START ? start(product) : result(), {answer_with(one)});
      EXPECT_EQ(outcome_of(run), one.outcome) << one.name();
      EXPECT_EQ(run.fail->vendor_code, one.code);
      EXPECT_EQ(run.fail->vendor_message, one.word);
      EXPECT_EQ(run.fail->vendor_reference, "ABCD-1234");
      if (one.operation == IDSW_OP_START) {
        EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_NOT_CHARGED});
        EXPECT_EQ(run.charges.at(0).source, product == k_sdk
                                                ? std::uint32_t{IDSW_SOURCE_DOCUMENTED_RULE}
                                                : std::uint32_t{IDSW_SOURCE_ASSUMED});
      } else {
        EXPECT_TRUE(run.charges.empty());
      }
    }
  }
}

TEST(AliyunGateway, TextsAreReadWhateverFollowsThem) {
  for (const DocumentedCode& one : documented("documented_gateway_codes.txt")) {
    if (one.code.size() == 6 || one.operation != IDSW_OP_START) continue;
    for (const std::string tail : {": reason", " `not exists`", ", x", "."}) {
      const OperationRun run = driver(k_sdk).run(sdk_start(), {answer_with(one, tail)});
      EXPECT_EQ(outcome_of(run), one.outcome) << one.name() << tail;
      EXPECT_EQ(run.fail->vendor_message, one.word);
    }
  }
}

TEST(AliyunGateway, NeverShowsTheStringToSignItEchoes) {
  const std::string echo =
      "Invalid Signature, Server "
      "StringToSign:`POST#application/json##application/x-www-form-urlencoded##x-ca-key:"
      "appKey#/face/v1.2/sdk/"
      "get_biz_token?idcard_name=LINXIAOMAN&idcard_number=11010119900307876X`";
  for (const std::string code : {"", "A403IS", "A400XX", "x"}) {
    Answer answer{echo, 400, {{"X-Ca-Error-Message", echo}, {"X-Ca-Request-Id", "A-1"}}};
    if (!code.empty()) answer.headers.emplace_back("X-Ca-Error-Code", code);
    const OperationRun run = driver(k_sdk, k_signature).run(sdk_start(), {answer});
    ASSERT_TRUE(run.fail);
    const std::string seen =
        run.fail->vendor_code + run.fail->vendor_message + run.fail->field + run.fail->detail;
    for (const char* part : {"StringToSign", "appKey", "LINXIAOMAN", "11010119900307876X", "`"}) {
      EXPECT_EQ(seen.find(part), std::string::npos) << seen;
    }
    EXPECT_EQ(outcome_of(run), code == "A400XX" ? "protocol" : "credentials") << code;
  }
}

TEST(AliyunGateway, UnknownCodesGoByTheStatus) {
  const std::pair<int, std::string> cases[] = {
      {403, "credentials"}, {429, "throttled"}, {503, "unavailable"}, {404, "protocol"}};
  for (const auto& [status, outcome] : cases) {
    const OperationRun run = driver(k_sdk).run(
        sdk_start(),
        {{"", status, {{"X-Ca-Error-Code", "Z999ZZ"}, {"X-Ca-Error-Message", "new"}}}});
    EXPECT_EQ(outcome_of(run), outcome);
    EXPECT_EQ(run.fail->vendor_code, "Z999ZZ");
    EXPECT_EQ(run.fail->vendor_message, "");
  }
}

TEST(AliyunGateway, SaysWhenToComeBack) {
  const OperationRun run = driver(k_sdk).run(
      sdk_start(), {{"", 429, {{"X-Ca-Error-Code", "T429PR"}, {"Retry-After", "30"}}}});
  EXPECT_EQ(run.fail->retry_after_ms, 30'000u);
}

TEST(AliyunGateway, IsNotHeardAboveTheServicesOwnWord) {
  const OperationRun run =
      driver(k_sdk).run(sdk_start(), {{R"({"error":"MISSING_ARGUMENTS:idcard_name"})",
                                       400,
                                       {{"X-Ca-Error-Message", "Internal Error"}}}});
  EXPECT_EQ(outcome_of(run), "invalid_request");
}

TEST(AliyunGateway, DoesNotSpoilAGoodReply) {
  const OperationRun run = driver(k_sdk).run(
      sdk_start(), {{token_reply(),
                     200,
                     {{"X-Ca-Error-Code", "200"}, {"X-Ca-Error-Message", "Internal Error"}}}});
  EXPECT_EQ(outcome_of(run), "ok");
}

}  // namespace
}  // namespace idswitch::test::aliyun_faceid
