#include "vendors/aliyun_gateway.hpp"

#include <gtest/gtest.h>

#include "vendor_client.hpp"
#include "wire/digest.hpp"

namespace idswitch::sandbox::test {
namespace {

using namespace std::chrono_literals;

Request vector_a1() {
  Request request;
  request.method = "GET";
  request.path = "/Third/Tools/checkSign";
  request.headers = {{"accept", "application/json"},
                     {"content-type", "application/json"},
                     {"x-ca-key", "appKey"},
                     {"x-ca-timestamp", "1646365291734"},
                     {"x-ca-nonce", "787dd0c2-7bd8-41cd-9c19-62c05ea524a2"},
                     {"x-ca-signature-headers", "x-ca-key,x-ca-nonce,x-ca-timestamp"}};
  return request;
}

TEST(AliyunSignature, AgreesWithVectorA1) {
  EXPECT_EQ(aliyun::signature_of(vector_a1(), "appSecret"),
            "EdJSFAMOWyXZOpXhevZnjuS0ZafnwnCqaSk5hz+tXo8=");
}

TEST(AliyunSignature, AgreesWithVectorA2) {
  Request request;
  request.method = "GET";
  request.path = "/Third/Tools/checkSign";
  request.headers = {{"Accept", "application/json"}};
  EXPECT_EQ(aliyun::signature_of(request, "appSecret"),
            "ZpJhkHdtjLTJiR6CJWHL8ikLtPB2z6CoztG21wG3PT4=");
}

TEST(AliyunSignature, AgreesWithVectorA3) {
  Request request;
  request.method = "POST";
  request.path = "/Third/User/getNyAccessToken";
  request.headers = {{"accept", "application/json"},
                     {"content-type", "application/x-www-form-urlencoded"},
                     {"x-ca-key", "appKey"},
                     {"x-ca-timestamp", "1646646682418"},
                     {"x-ca-nonce", "ca5a6753-b76c-4fff-a9d9-e5bb643e8cdf"},
                     {"x-ca-signature-headers", "x-ca-key,x-ca-nonce,x-ca-timestamp"}};
  request.body = "nickname=nickname&room_id=6893&uuid=uuid&photo=photo";
  EXPECT_EQ(aliyun::signature_of(request, "appSecret"),
            "gmf9xq0hc95Hmt+7G+OocS009ka3v1v0rvfshKzYc3w=");
}

TEST(AliyunSignature, AgreesWithVectorA4) {
  Request request;
  request.method = "POST";
  request.path = "/http2test/test";
  request.query = "param1=test";
  request.headers = {
      {"accept", "application/json; charset=utf-8"},
      {"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
      {"date", "Wed, 09 May 2018 13:30:29 GMT+00:00"},
      {"x-ca-timestamp", "1525872629832"},
      {"x-ca-key", "203753385"},
      {"x-ca-nonce", "c9f15cbf-f4ac-4a6c-b54d-f51abf4b5b44"},
      {"x-ca-signature-method", "HmacSHA256"},
      {"x-ca-signature-headers", "x-ca-timestamp,x-ca-key,x-ca-nonce,x-ca-signature-method"}};
  request.body = "username=xiaoming&password=123456789";
  EXPECT_EQ(aliyun::string_to_sign(request),
            "POST\napplication/json; charset=utf-8\n\n"
            "application/x-www-form-urlencoded; charset=utf-8\n"
            "Wed, 09 May 2018 13:30:29 GMT+00:00\n"
            "x-ca-key:203753385\nx-ca-nonce:c9f15cbf-f4ac-4a6c-b54d-f51abf4b5b44\n"
            "x-ca-signature-method:HmacSHA256\nx-ca-timestamp:1525872629832\n"
            "/http2test/test?param1=test&password=123456789&username=xiaoming");
  EXPECT_EQ(aliyun::signature_of(request, "123456"),
            "FJbhmAFYz9zfl1FrThxzxBt79BvaHQIzy8Wpctn+xXE=");
}

TEST(AliyunSignature, AgreesWithThePinsD1AndD2) {
  Request capital = vector_a1();
  for (Header& header : capital.headers) {
    if (header.name == "x-ca-key") header.name = "X-Ca-Key";
    if (header.name == "x-ca-nonce") header.name = "X-Ca-Nonce";
    if (header.name == "x-ca-timestamp") header.name = "X-Ca-Timestamp";
    if (header.name == "x-ca-signature-headers") {
      header.value = "X-Ca-Key,X-Ca-Nonce,X-Ca-Timestamp";
    }
  }
  EXPECT_EQ(aliyun::signature_of(capital, "appSecret"),
            "0nwzXlAhHHjgIva+w44EbqlqpjpHMlZNIzH+rXkcxnc=");
  Request query;
  query.method = "GET";
  query.path = "/face/v1.2/sdk/get_result";
  query.query = "verbose=1&biz_token=1546069353%2Cabc";
  query.headers = {{"accept", "application/json"},
                   {"x-ca-key", "appKey"},
                   {"x-ca-timestamp", "1646365291734"},
                   {"x-ca-signature-headers", "x-ca-key,x-ca-timestamp"}};
  EXPECT_EQ(aliyun::signature_of(query, "appSecret"),
            "1zYS38FZ1tHNWapljIqWxlBbp8bjQrEXc0zCY70nk0M=");
}

TEST(AliyunSignature, EmptyValuesAndRepeatedKeysFollowTheRule) {
  Request request;
  request.method = "GET";
  request.path = "/p";
  request.query = "b=1&a=&b=2";
  EXPECT_EQ(aliyun::string_to_sign(request), "GET\n\n\n\n\n/p?a&b=1");
}

// A good signed request for get_result; `spoil` may change it after signing.
class SignedRequest {
 public:
  explicit SignedRequest(VendorClient& client) : client_(client) {
    request.method = "GET";
    request.path = "/face/v1.2/sdk/get_result";
    request.query = "biz_token=1%2Cabc&verbose=1";
    request.headers = {{"Accept", "application/json"},
                       {"x-ca-key", client.sandbox().settings.aliyun_app_key},
                       {"x-ca-timestamp", std::to_string(unix_milliseconds(test_start))},
                       {"x-ca-nonce", "nonce-1"},
                       {"x-ca-signature-headers", "x-ca-key,x-ca-nonce,x-ca-timestamp"}};
  }

  void set(std::string_view name, std::string_view value) {
    for (Header& header : request.headers) {
      if (equals_ignoring_case(header.name, name)) {
        header.value = value;
        return;
      }
    }
    request.headers.push_back({std::string(name), std::string(value)});
  }

  void sign() {
    set("x-ca-signature",
        aliyun::signature_of(request, client_.sandbox().settings.aliyun_app_secret));
  }

  // "" when the gateway let it pass to the product, which does not know the token.
  std::string refusal() {
    const Reply reply = client_.send(request);
    EXPECT_FALSE(reply.header("x-ca-request-id").empty());
    last = reply;
    return std::string(reply.header("x-ca-error-message"));
  }

  Request request;
  Reply last;

 private:
  VendorClient& client_;
};

TEST(AliyunGateway, LetsAGoodSignaturePassOnce) {
  VendorClient client;
  SignedRequest signed_request(client);
  signed_request.sign();
  EXPECT_EQ(signed_request.refusal(), "");
  EXPECT_EQ(member(signed_request.last, "error"), "BAD_ARGUMENTS:biz_token");
  EXPECT_EQ(signed_request.refusal(), "Invalid Header `X-Ca-Nonce` Nonce Used");
}

TEST(AliyunGateway, ANonceMayBeUsedAgainAfterFifteenMinutes) {
  VendorClient client;
  SignedRequest signed_request(client);
  signed_request.sign();
  EXPECT_EQ(signed_request.refusal(), "");
  client.sandbox().clock.set_skew(15min);
  EXPECT_EQ(signed_request.refusal(), "");
}

TEST(AliyunGateway, AcceptsHmacSha1WhenNamed) {
  VendorClient client;
  SignedRequest signed_request(client);
  signed_request.set("X-Ca-Signature-Method", "HmacSHA1");
  signed_request.sign();
  EXPECT_EQ(signed_request.refusal(), "");
}

TEST(AliyunGateway, ShowsItsStringToSignOnAMismatch) {
  VendorClient client;
  SignedRequest signed_request(client);
  signed_request.sign();
  signed_request.set("Accept", "*/*");
  const std::string stamp = std::to_string(unix_milliseconds(test_start));
  EXPECT_EQ(signed_request.refusal(),
            "Invalid Signature, Server StringToSign:`GET#*/*####x-ca-key:sandboxaliyunappkey#"
            "x-ca-nonce:nonce-1#x-ca-timestamp:" +
                stamp + "#/face/v1.2/sdk/get_result?biz_token=1,abc&verbose=1`");
  EXPECT_EQ(signed_request.last.status, 403u);
  EXPECT_EQ(signed_request.last.header("x-ca-error-code"), "A403IS");
  EXPECT_TRUE(signed_request.last.body.empty());
}

TEST(AliyunGateway, TheClassicGenerationSendsNoCode) {
  Settings settings;
  settings.aliyun_gateway = GatewayGeneration::classic;
  VendorClient client(settings);
  SignedRequest signed_request(client);
  signed_request.set("x-ca-signature", "AAAA");
  EXPECT_TRUE(signed_request.refusal().starts_with("Invalid Signature, Server StringToSign:`"));
  EXPECT_EQ(signed_request.last.status, 400u);
  EXPECT_TRUE(signed_request.last.header("x-ca-error-code").empty());
}

TEST(AliyunGateway, AHeaderListedInAnotherSpellingDoesNotCount) {
  VendorClient client;
  SignedRequest signed_request(client);
  signed_request.sign();
  for (Header& header : signed_request.request.headers) {
    if (header.name == "x-ca-nonce") header.name = "X-Ca-Nonce";
  }
  EXPECT_TRUE(signed_request.refusal().starts_with("Invalid Signature"));
}

TEST(AliyunGateway, ChecksTheSignatureHeaders) {
  const std::tuple<const char*, std::string, const char*> cases[] = {
      {"x-ca-key", "other", "A400IK"},
      {"x-ca-signature-method", "HmacMD5", "I400HD"},
      {"x-ca-stage", "DEV", "I400SG"},
      {"x-ca-timestamp", "now", "I400HD"},
      {"x-ca-timestamp", std::to_string(unix_milliseconds(test_start) - 900'001), "I400HD"},
      {"x-ca-timestamp", std::to_string(unix_milliseconds(test_start) + 900'001), "I400HD"},
      {"x-ca-timestamp", std::to_string(unix_milliseconds(test_start) - 900'000), ""},
      {"content-md5", "AAAA", "I400I5"},
  };
  for (const auto& [name, value, code] : cases) {
    VendorClient client;
    SignedRequest signed_request(client);
    signed_request.set(name, value);
    signed_request.sign();
    static_cast<void>(signed_request.refusal());
    EXPECT_EQ(signed_request.last.header("x-ca-error-code"), code) << name << ' ' << value;
  }
}

TEST(AliyunGateway, ContentMd5CoversABodyThatIsNotAForm) {
  VendorClient client;
  SignedRequest signed_request(client);
  signed_request.request.method = "POST";
  signed_request.request.path = "/face/v1.2/sdk/get_biz_token";
  signed_request.request.body = "abc";
  signed_request.set("content-type", "application/octet-stream");
  signed_request.set("content-md5", "kAFQmDzST7DWlj99KOF/cg==");
  signed_request.sign();
  EXPECT_EQ(signed_request.refusal(), "");
  EXPECT_EQ(member(signed_request.last, "error"), "MISSING_ARGUMENTS:liveness_type");
}

TEST(AliyunGateway, WantsSomeCredentials) {
  VendorClient client;
  const std::string path = "/lite/v1/get_result?biz_token=x";
  EXPECT_EQ(client.get(path).header("x-ca-error-code"), "A400MA");
  EXPECT_EQ(client.get(path, {{"X-Ca-Key", "k"}}).header("x-ca-error-code"), "I400MH");
  for (const char* wrong : {"APPCODE other", "APPCODE  sandbox-aliyun-appcode",
                            "appcode sandbox-aliyun-appcode", "sandbox-aliyun-appcode"}) {
    const Reply reply = client.get(path, {{"Authorization", wrong}});
    EXPECT_EQ(reply.status, 400u);
    EXPECT_EQ(reply.header("x-ca-error-code"), "A400AC") << wrong;
  }
  const Reply good = client.get(path, {{"Authorization", "APPCODE sandbox-aliyun-appcode"}});
  EXPECT_EQ(member(good, "error"), "BAD_ARGUMENTS:biz_token");
}

TEST(AliyunGateway, RefusesAWrongMethodAndAnUnknownPath) {
  VendorClient client;
  EXPECT_EQ(client.get("/face/v1.2/sdk/get_biz_token").header("x-ca-error-code"), "I405UM");
  EXPECT_EQ(client.post_form("/lite/v1/get_result", {}).header("x-ca-error-code"), "I405UM");
  EXPECT_EQ(member(client.get("/face/v1.2/sdk/other"), "error"), "API_NOT_FOUND");
}

}  // namespace
}  // namespace idswitch::sandbox::test
