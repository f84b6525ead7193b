#include "world/faults.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "vendor_client.hpp"
#include "vendors/errors.hpp"
#include "wire/form.hpp"

namespace idswitch::sandbox::test {
namespace {

namespace json = boost::json;

Fault fault(std::string_view text) {
  return parse_fault(json::parse(text).as_object());
}

class FaultTest : public testing::Test {
 protected:
  Reply ask() { return client_.lite_get_result(token_); }

  void set(std::string_view text) { client_.sandbox().faults.add(fault(text)); }

  VendorClient client_;
  std::string token_ = client_.lite_token();
};

TEST_F(FaultTest, AnswersAsToldForTheNextRequests) {
  set(R"({"kind":"reply","status":502,"body":"<html>","content_type":"text/html","times":2,
          "headers":{"Retry-After":"7"},"product":"aliyun_lite","endpoint":"get_result"})");
  for (int i = 0; i < 2; ++i) {
    const Reply reply = ask();
    EXPECT_EQ(reply.status, 502u);
    EXPECT_EQ(reply.body, "<html>");
    EXPECT_EQ(reply.header("content-type"), "text/html");
    EXPECT_EQ(reply.header("retry-after"), "7");
  }
  EXPECT_EQ(ask().status, 200u);
}

TEST_F(FaultTest, TouchesItsOwnEndpointOnly) {
  set(R"({"kind":"close_before","product":"aliyun_lite","endpoint":"get_biz_token"})");
  set(R"({"kind":"close_before","product":"baidu"})");
  EXPECT_EQ(ask().delivery, Delivery::whole);
  EXPECT_EQ(client_.lite_get_biz_token({}).delivery, Delivery::nothing);
  EXPECT_EQ(client_.get("/oauth/2.0/token").delivery, Delivery::nothing);
}

TEST_F(FaultTest, ClosingBeforeDoesNothingAndClosingAfterCharges) {
  set(R"({"kind":"close_before","times":1,"endpoint":"verify"})");
  EXPECT_EQ(client_.baidu_verify("sandbox:0").delivery, Delivery::nothing);
  EXPECT_EQ(client_.sandbox().charges.all().size(), 0u);
  set(R"({"kind":"close_after","times":1,"endpoint":"verify"})");
  EXPECT_EQ(client_.baidu_verify("sandbox:0").delivery, Delivery::nothing);
  EXPECT_EQ(client_.sandbox().charges.all().size(), 1u);
}

TEST_F(FaultTest, DelaysWithAnyKind) {
  set(R"({"kind":"delay","delay_ms":1500,"times":1})");
  const Reply late = ask();
  EXPECT_EQ(late.delay, std::chrono::milliseconds(1500));
  EXPECT_EQ(late.status, 200u);
  set(R"({"kind":"too_large","delay_ms":20,"times":1})");
  EXPECT_EQ(ask().delay, std::chrono::milliseconds(20));
}

TEST_F(FaultTest, SpoilsBodies) {
  boost::system::error_code error;
  set(R"({"kind":"empty_body","times":1})");
  EXPECT_EQ(ask().body, "");
  set(R"({"kind":"invalid_utf8","times":1})");
  const Reply invalid = ask();
  EXPECT_FALSE(count_characters(invalid.body));
  set(R"({"kind":"garbage","times":1})");
  json::parse(ask().body, error);
  EXPECT_TRUE(error);
  set(R"({"kind":"huge_body","times":1})");
  const Reply huge = ask();
  EXPECT_GT(huge.body.size(), 32u * 1024 * 1024);
  set(R"({"kind":"truncate","times":1})");
  EXPECT_EQ(ask().delivery, Delivery::half_body);
  set(R"({"kind":"wrong_content_type","times":1})");
  EXPECT_EQ(ask().header("content-type"), "text/html; charset=GBK");
}

TEST_F(FaultTest, DuplicatesKeysWithContradictions) {
  set(R"({"kind":"duplicate_keys","times":1})");
  const std::string body = ask().body;
  const std::size_t first = body.find("\"result_code\":");
  ASSERT_NE(first, std::string::npos);
  EXPECT_NE(body.find("\"result_code\":\"sandbox-duplicate\"", first + 1), std::string::npos);
  boost::system::error_code error;
  json::parse(body, error);
  EXPECT_FALSE(error) << "still JSON by its grammar";
}

TEST_F(FaultTest, SpeaksTheVendorsErrors) {
  set(R"({"kind":"vendor_error","code":"B403MQ","product":"aliyun_lite","times":1})");
  const Reply quota = ask();
  EXPECT_EQ(quota.status, 403u);
  EXPECT_EQ(quota.header("x-ca-error-code"), "B403MQ");
  set(R"({"kind":"vendor_error","code":"Throttled by APP Flow Control","times":1})");
  const Reply classic = ask();
  EXPECT_EQ(classic.status, 403u);
  EXPECT_EQ(classic.header("x-ca-error-message"), "Throttled by APP Flow Control");
  EXPECT_TRUE(classic.header("x-ca-error-code").empty());
}

TEST_F(FaultTest, EveryDocumentedErrorCanBeProduced) {
  for (const Product product : all_products) {
    for (const DocumentedError& error : documented_errors(product)) {
      const Reply reply = error_reply(client_.sandbox(), product, error.code);
      EXPECT_EQ(reply.status, error.status) << name_of(product) << ' ' << error.code;
      EXPECT_NE(reply.body.find(error.code), std::string::npos) << reply.body;
    }
  }
}

TEST_F(FaultTest, ThrottlesInEachVendorsWord) {
  set(R"({"kind":"throttle"})");
  const Reply aliyun = ask();
  EXPECT_EQ(aliyun.status, 429u);
  EXPECT_EQ(aliyun.header("retry-after"), "1");
  EXPECT_EQ(member(client_.jumdata("init", {}), "code"), "609");
  EXPECT_EQ(member(client_.megvii("get_biz_token", {}), "error"), "CONCURRENCY_LIMIT_EXCEEDED");
  EXPECT_EQ(member(client_.post_form("/rest/2.0/face/v1/faceliveness/verify", {}), "error_code"),
            "18");
}

TEST_F(FaultTest, FiresByProbabilityRepeatably) {
  const auto pattern = [&](int seed) {
    client_.sandbox().faults.clear();
    set(R"({"kind":"close_before","probability":0.5,"seed":)" + std::to_string(seed) + "}");
    std::string fired;
    for (int i = 0; i < 64; ++i) fired += ask().delivery == Delivery::whole ? '.' : 'x';
    return fired;
  };
  EXPECT_EQ(pattern(1), pattern(1));
  EXPECT_NE(pattern(1), pattern(2));
  EXPECT_NE(pattern(1).find('x'), std::string::npos);
  EXPECT_NE(pattern(1).find('.'), std::string::npos);
}

TEST(FaultForm, NamesWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({})", "\"kind\": is required"},
      {R"({"kind":"explode"})", "\"kind\": unknown: explode"},
      {R"({"kind":"reply","product":"x"})", "\"product\": unknown: x"},
      {R"({"kind":"reply","status":99})", "\"status\": must be from 200 to 599"},
      {R"({"kind":"reply","times":0})", "\"times\": must be at least 1; leave it out for always"},
      {R"({"kind":"reply","probability":2})", "\"probability\": must be a number from 0 to 1"},
      {R"({"kind":"reply","delay_ms":-1})", "\"delay_ms\": must be an integer from 0 to 600000"},
      {R"({"kind":"reply","colour":1})", "\"colour\": unknown member"},
      {R"({"kind":"vendor_error"})", "\"code\": is required with vendor_error"},
  };
  for (const auto& [text, expected] : cases) {
    try {
      static_cast<void>(fault(text));
      ADD_FAILURE() << text;
    } catch (const std::invalid_argument& error) {
      EXPECT_STREQ(error.what(), expected);
    }
  }
}

}  // namespace
}  // namespace idswitch::sandbox::test
