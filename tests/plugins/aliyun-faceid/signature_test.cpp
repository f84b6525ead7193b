// The X-Ca signature against the published vectors, through the plugin's own signing.cpp and the
// host's own ropes; and what requests carry, recomputed from what was sent.

#include <gtest/gtest.h>

#include <set>

#include "account.hpp"
#include "base/text/base64.hpp"
#include "plugin/rope.hpp"
#include "product.hpp"
#include "signing.hpp"

namespace idswitch::test::aliyun_faceid {
namespace {

using idswitch::aliyun_faceid::SignedRequest;

std::string assembled(const sdk::Rope& rope) {
  plugin::RopeSources sources;
  sources.slot = [](std::uint64_t slot) -> std::optional<std::string_view> {
    return slot == idswitch::aliyun_faceid::k_slot_app_key ? k_app_key : "wrong slot";
  };
  std::string out;
  const idsw_rope view = rope.view();
  EXPECT_EQ(plugin::assemble(view, sources, 100'000, out), plugin::RopeError::none);
  return out;
}

std::string signature_of(std::string_view text, std::string_view secret = k_app_secret) {
  return base64_encode(plugin::mac(IDSW_MAC_HMAC_SHA256, secret, text));
}

std::string signature_of(const SignedRequest& request, std::string_view secret = k_app_secret) {
  return signature_of(assembled(idswitch::aliyun_faceid::string_to_sign(request)), secret);
}

// The key as requests have it: a slot.
sdk::Rope key() {
  sdk::Rope rope;
  rope.secret(idswitch::aliyun_faceid::k_slot_app_key);
  return rope;
}

SignedRequest request_a1() {
  SignedRequest request;
  request.method = "GET";
  request.accept = "application/json";
  request.content_type = "application/json";
  request.headers = {{"x-ca-timestamp", "1646365291734"},
                     {"x-ca-key", key()},
                     {"x-ca-nonce", "787dd0c2-7bd8-41cd-9c19-62c05ea524a2"}};
  request.path = "/Third/Tools/checkSign";
  return request;
}

TEST(AliyunSignature, EqualsThePublishedVectorA1) {
  EXPECT_EQ(signature_of(request_a1()), "EdJSFAMOWyXZOpXhevZnjuS0ZafnwnCqaSk5hz+tXo8=");
}

TEST(AliyunSignature, EqualsThePublishedVectorA2) {
  SignedRequest request = request_a1();
  request.content_type = {};
  request.headers.clear();
  EXPECT_EQ(signature_of(request), "ZpJhkHdtjLTJiR6CJWHL8ikLtPB2z6CoztG21wG3PT4=");
}

TEST(AliyunSignature, EqualsThePublishedVectorA3) {
  SignedRequest request = request_a1();
  request.method = "POST";
  request.content_type = "application/x-www-form-urlencoded";
  request.headers = {{"x-ca-key", key()},
                     {"x-ca-nonce", "ca5a6753-b76c-4fff-a9d9-e5bb643e8cdf"},
                     {"x-ca-timestamp", "1646646682418"}};
  request.path = "/Third/User/getNyAccessToken";
  request.parameters = {
      {"nickname", "nickname"}, {"room_id", "6893"}, {"uuid", "uuid"}, {"photo", "photo"}};
  EXPECT_EQ(signature_of(request), "gmf9xq0hc95Hmt+7G+OocS009ka3v1v0rvfshKzYc3w=");
}

TEST(AliyunSignature, EqualsThePublishedVectorA4) {
  SignedRequest request;
  request.method = "POST";
  request.accept = "application/json; charset=utf-8";
  request.content_type = "application/x-www-form-urlencoded; charset=utf-8";
  request.date = "Wed, 09 May 2018 13:30:29 GMT+00:00";
  request.headers = {{"x-ca-timestamp", "1525872629832"},
                     {"x-ca-key", "203753385"},
                     {"x-ca-nonce", "c9f15cbf-f4ac-4a6c-b54d-f51abf4b5b44"},
                     {"x-ca-signature-method", "HmacSHA256"}};
  request.path = "/http2test/test";
  request.parameters = {{"param1", "test"}, {"username", "xiaoming"}, {"password", "123456789"}};
  EXPECT_EQ(
      assembled(idswitch::aliyun_faceid::string_to_sign(request)),
      "POST\napplication/json; charset=utf-8\n\napplication/x-www-form-urlencoded; charset=utf-8\n"
      "Wed, 09 May 2018 13:30:29 GMT+00:00\nx-ca-key:203753385\n"
      "x-ca-nonce:c9f15cbf-f4ac-4a6c-b54d-f51abf4b5b44\nx-ca-signature-method:HmacSHA256\n"
      "x-ca-timestamp:1525872629832\n/http2test/"
      "test?param1=test&password=123456789&username=xiaoming");
  EXPECT_EQ(signature_of(request, "123456"), "FJbhmAFYz9zfl1FrThxzxBt79BvaHQIzy8Wpctn+xXE=");
}

TEST(AliyunSignature, EqualsTheComputedVectorD1InAnotherSpelling) {
  SignedRequest request = request_a1();
  request.headers = {{"X-Ca-Key", key()},
                     {"X-Ca-Nonce", "787dd0c2-7bd8-41cd-9c19-62c05ea524a2"},
                     {"X-Ca-Timestamp", "1646365291734"}};
  EXPECT_EQ(signature_of(request), "0nwzXlAhHHjgIva+w44EbqlqpjpHMlZNIzH+rXkcxnc=");
}

TEST(AliyunSignature, EqualsTheComputedVectorD2WithAnUnencodedToken) {
  SignedRequest request;
  request.method = "GET";
  request.accept = "application/json";
  request.headers = {{"x-ca-key", key()}, {"x-ca-timestamp", "1646365291734"}};
  request.path = "/face/v1.2/sdk/get_result";
  request.parameters = {{"verbose", "1"}, {"biz_token", "1546069353,abc"}};
  EXPECT_EQ(signature_of(request), "1zYS38FZ1tHNWapljIqWxlBbp8bjQrEXc0zCY70nk0M=");
}

TEST(AliyunSignature, LeavesTheEqualsSignOfEmptyValuesOutAndTakesTheFirstOfTwo) {
  SignedRequest request;
  request.method = "POST";
  request.path = "/p";
  request.headers = {{"x-ca-stage", ""}};
  request.parameters = {{"b", "2"}, {"a", ""}, {"b", "3"}};
  EXPECT_EQ(assembled(idswitch::aliyun_faceid::string_to_sign(request)),
            "POST\n\n\n\n\nx-ca-stage:\n/p?a&b=2");
}

TEST(AliyunNonce, IsAVersion4Uuid) {
  const std::vector<std::uint8_t> ones(16, 0xFF), zeros(16, 0);
  EXPECT_EQ(idswitch::aliyun_faceid::uuid(ones), "ffffffff-ffff-4fff-bfff-ffffffffffff");
  EXPECT_EQ(idswitch::aliyun_faceid::uuid(zeros), "00000000-0000-4000-8000-000000000000");
}

// StringToSign by its definition, from what was really sent.
std::string string_from(const plugin::SendStep& sent, const std::string& base_path = "") {
  const auto question = sent.target.find('?');
  auto fields = fields_of(question == std::string::npos ? std::string(sent.body)
                                                        : sent.target.substr(question + 1));
  std::string text = std::string(sent.method) + "\n" + header_of(sent, "Accept") + "\n\n" +
                     header_of(sent, "Content-Type") + "\n\n";
  std::istringstream names(header_of(sent, "x-ca-signature-headers"));
  for (std::string name; std::getline(names, name, ',');)
    text += name + ":" + header_of(sent, name) + "\n";
  text += base_path + sent.target.substr(0, question);
  char mark = '?';
  for (const auto& [name, value] : fields) {
    text += mark + name + (value.empty() ? "" : "=" + value);
    mark = '&';
  }
  return text;
}

TEST(AliyunSignature, IsOnEveryRequest) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    PluginDriver one = driver(product, k_signature);
    const plugin::SendStep opened = one.run(start(product), {{token_reply()}}).sent.at(0);
    const plugin::SendStep asked =
        one.run(result(), {{reply("9000", "LIVING_NOT_START")}}).sent.at(0);
    for (const plugin::SendStep& sent : {opened, asked}) {
      EXPECT_EQ(header_of(sent, "x-ca-signature"), signature_of(string_from(sent)));
      EXPECT_EQ(header_of(sent, "x-ca-key"), k_app_key);
      EXPECT_EQ(header_of(sent, "x-ca-signature-method"), "HmacSHA256");
      EXPECT_EQ(header_of(sent, "x-ca-signature-headers"),
                "x-ca-key,x-ca-nonce,x-ca-signature-method,x-ca-timestamp");
      EXPECT_EQ(header_of(sent, "Accept"), "application/json");
      EXPECT_EQ(header_of(sent, "Authorization"), "");
      EXPECT_FALSE(sent.resend_safe);  // the nonce is good for once
    }
    EXPECT_EQ(header_of(opened, "x-ca-timestamp"), "1750000000000");
    EXPECT_NE(header_of(opened, "x-ca-nonce"), header_of(asked, "x-ca-nonce"));
    EXPECT_NE(string_from(opened).find("idcard_name=林小满"),
              std::string::npos);  // not percent-encoded
  }
}

TEST(AliyunSignature, CoversThePathOfTheConfiguredAddress) {
  plugin::AccountSettings settings = account(k_signature);
  settings.base_paths = {"/proxy/x"};
  PluginDriver one("aliyun-faceid", k_sdk, settings);
  const plugin::SendStep sent = one.run(result(), {{reply("9000", "LIVING_NOT_START")}}).sent.at(0);
  EXPECT_EQ(sent.target,
            "/face/v1.2/sdk/"
            "get_result?biz_token=1532485677%2Cfb241f74-e4e0-4396-ad74-eb8c1764aa1b&verbose=1");
  EXPECT_EQ(header_of(sent, "x-ca-signature"), signature_of(string_from(sent, "/proxy/x")));
}

TEST(AliyunSignature, CoversTheStage) {
  PluginDriver one = driver(k_sdk, R"({"auth":"signature","stage":"PRE"})");
  const plugin::SendStep sent = one.run(result(), {{reply("9000", "LIVING_NOT_START")}}).sent.at(0);
  EXPECT_EQ(header_of(sent, "x-ca-signature-headers"),
            "x-ca-key,x-ca-nonce,x-ca-signature-method,x-ca-stage,x-ca-timestamp");
  EXPECT_EQ(header_of(sent, "x-ca-stage"), "PRE");
  EXPECT_EQ(header_of(sent, "x-ca-signature"), signature_of(string_from(sent)));
}

TEST(AliyunSignature, CoversPicturesAsTheFormCarriesThem) {
  const std::vector<Image> media = {
      {"ref1", "image/jpeg", std::string("\xFF\xD8\xFF+/picture\0", 13), {}}};
  plugin::OperationInput input = sdk_start(IDSW_CHECK_ID_MATCH | IDSW_CHECK_FACE_MATCH);
  input.media = &media;
  const plugin::SendStep sent = driver(k_sdk, k_signature).run(input, {{token_reply()}}).sent.at(0);
  EXPECT_EQ(fields_of(sent.body).at("image_ref1"), base64_encode(media[0].bytes));
  EXPECT_EQ(header_of(sent, "x-ca-signature"), signature_of(string_from(sent)));
}

TEST(AliyunNonce, IsNeverTheSameTwice) {
  std::set<std::string> seen;
  PluginDriver one = driver(k_sdk, k_signature);
  for (int i = 0; i < 50; ++i) {
    seen.insert(header_of(one.run(sdk_start(), {{token_reply()}}).sent.at(0), "x-ca-nonce"));
  }
  EXPECT_EQ(seen.size(), 50u);
}

}  // namespace
}  // namespace idswitch::test::aliyun_faceid
