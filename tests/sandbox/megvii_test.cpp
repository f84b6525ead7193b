#include "vendors/megvii.hpp"

#include <gtest/gtest.h>

#include "vendor_client.hpp"
#include "wire/digest.hpp"

namespace idswitch::sandbox::test {
namespace {

using megvii::check_signature;
using megvii::SignatureFault;
using namespace std::chrono_literals;

constexpr std::string_view m1_key = "ICVvC_xUs6177WEtyUNwIH8J6NfGu50t";
constexpr std::string_view m1_secret = "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q";
constexpr std::string_view m1_sign =
    "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZj"
    "PTE1MzA3NjIxMTgmZD0wNzk5Njg3MDY2";

TEST(MegviiSignature, AgreesWithVectorM1) {
  const megvii::SignatureCheck check = check_signature(m1_sign, m1_key, m1_secret, 1530762217);
  EXPECT_EQ(check.fault, SignatureFault::none);
  EXPECT_FALSE(check.is_single_use);
}

TEST(MegviiSignature, AgreesWithVectorM2) {
  const megvii::SignatureCheck check = check_signature(
      "cCyQdqYkG0WElB0ypbnLf7HToLBhPUFQSV9LRVkmYj0wJmM9MTYwMDAwMDAwMCZkPTAwMDAwMDAwMDE=", "API_KEY",
      "API_SECRET", 2'000'000'000);
  EXPECT_EQ(check.fault, SignatureFault::none);
  EXPECT_TRUE(check.is_single_use);
}

TEST(MegviiSignature, ExpiresAtItsTime) {
  EXPECT_EQ(check_signature(m1_sign, m1_key, m1_secret, 1530762218).fault, SignatureFault::expired);
}

TEST(MegviiSignature, TellsWhatIsWrong) {
  const auto fault = [](std::string_view sign, std::string_view key, std::string_view secret) {
    return check_signature(sign, key, secret, 1530762200).fault;
  };
  EXPECT_EQ(fault(m1_sign, m1_key, "other"), SignatureFault::mismatch);
  EXPECT_EQ(fault(m1_sign, "other", m1_secret), SignatureFault::unknown_key);
  EXPECT_EQ(fault("not base64!", m1_key, m1_secret), SignatureFault::malformed);
  const auto signed_raw = [&](const std::string& raw) {
    return base64_encode(hmac_sha1(m1_secret, raw) + raw);
  };
  const std::string a = "a=" + std::string(m1_key);
  EXPECT_EQ(fault(signed_raw(a + "&b=1530762218&c=1530762118&d=1"), m1_key, m1_secret),
            SignatureFault::none);
  for (const char* rest :
       {"&c=1530762118&b=1530762218&d=1", "&b=1530762218&c=1530762118",
        "&b=1530762218&c=1530762118&d=12345678901", "&b=x&c=1530762118&d=1",
        "&b=1530762218&c=1530762118&d=1&e=2", "&b=1530762218&c=1530762218&d=1"}) {
    EXPECT_EQ(fault(signed_raw(a + rest), m1_key, m1_secret), SignatureFault::malformed) << rest;
  }
}

TEST(Megvii, GetBizTokenAnswersAsDocumented) {
  VendorClient client;
  const Reply reply = client.megvii("get_biz_token", {{"liveness_id", "sandbox-liveness"}});
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(member(reply, "biz_token").substr(0, 11), "1767323045,");
  EXPECT_FALSE(member(reply, "request_id").empty());
  EXPECT_FALSE(json_of(reply).contains("error"));
}

TEST(Megvii, ChecksTheGetBizTokenParameters) {
  VendorClient client;
  const Fields good = {{"sign", client.megvii_sign(3600, "1")},
                       {"sign_version", "hmac_sha1"},
                       {"liveness_id", "sandbox-liveness"}};
  const std::tuple<const char*, std::string, unsigned, const char*> cases[] = {
      {"sign", "", 400, "MISSING_ARGUMENTS: sign"},
      {"sign_version", "", 400, "MISSING_ARGUMENTS: sign_version"},
      {"sign_version", "hmac_sha256", 400, "BAD_ARGUMENTS: sign_version"},
      {"liveness_id", "", 400, "MISSING_ARGUMENTS: liveness_id"},
      {"liveness_id", "other", 400, "BAD_ARGUMENTS: liveness_id"},
      {"uuid", std::string(129, 'u'), 400, "BAD_ARGUMENTS: uuid"},
      {"sign", "AAAA", 403, "AUTHENTICATION_ERROR"},
  };
  for (const auto& [name, value, status, error] : cases) {
    const Reply reply =
        client.post_multipart("/faceid/v5/sdk/get_biz_token", with(good, name, value));
    EXPECT_EQ(reply.status, status) << error;
    EXPECT_EQ(member(reply, "error"), error);
  }
  EXPECT_EQ(client.post_multipart("/faceid/v5/sdk/get_biz_token", good).status, 200u);
  EXPECT_EQ(member(client.post_form("/faceid/v5/sdk/get_biz_token", good), "error"),
            "MISSING_ARGUMENTS: sign")
      << "only form-data is read";
}

TEST(Megvii, RefusesUnknownPathsAndMethods) {
  VendorClient client;
  for (const char* path : {"/faceid/v5/sdk/other", "/faceid/v5/sdk/verify"}) {
    const Reply reply = client.get(path);
    EXPECT_EQ(reply.status, 404u);
    EXPECT_EQ(member(reply, "error"), "API_NOT_FOUND");
  }
}

TEST(Megvii, ASignatureWithBZeroIsGoodForOneUse) {
  VendorClient client;
  const Fields fields = {{"liveness_id", "sandbox-liveness"},
                         {"sign", client.megvii_sign(0, "0000000007")}};
  EXPECT_EQ(client.megvii("get_biz_token", fields).status, 200u);
  const Reply again = client.megvii("get_biz_token", fields);
  EXPECT_EQ(again.status, 403u);
  EXPECT_EQ(member(again, "error"), "AUTHORIZATION_ERROR: REPLAY_ATTACK");
}

TEST(Megvii, AReusableSignatureIsGoodUntilItExpires) {
  VendorClient client;
  const Fields fields = {{"liveness_id", "sandbox-liveness"},
                         {"sign", client.megvii_sign(100, "1")}};
  EXPECT_EQ(client.megvii("get_biz_token", fields).status, 200u);
  client.sandbox().clock.advance(1h);
  EXPECT_EQ(client.megvii("get_biz_token", fields).status, 200u) << "lifetimes are another clock";
  client.sandbox().clock.set_skew(100s);
  EXPECT_EQ(member(client.megvii("get_biz_token", fields), "error"),
            "AUTHORIZATION_ERROR: EXPIRED_SIGN");
}

TEST(Megvii, ChecksTheVerifyParameters) {
  VendorClient client;
  const std::string token = client.megvii_token("sandbox:1000");
  const Fields good = VendorClient::megvii_verify_fields(token);
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"comparison_type", "", "MISSING_ARGUMENTS: comparison_type"},
      {"comparison_type", "2", "BAD_ARGUMENTS: comparison_type"},
      {"comparison_type", "0", "MISSING_ARGUMENTS: image_ref"},
      {"data_type", "", "MISSING_ARGUMENTS: data_type"},
      {"data_type", "1", "MISSING_ARGUMENTS: image"},
      {"data_type", "3", "MISSING_ARGUMENTS: meglive_data"},
      {"verify_id", "", "MISSING_ARGUMENTS: verify_id"},
      {"verify_id", "other", "BAD_ARGUMENTS: verify_id"},
      {"encryption_type", "", "MISSING_ARGUMENTS: encryption_type"},
      {"encryption_type", "3", "BAD_ARGUMENTS: encryption_type"},
      {"biz_token", "", "MISSING_ARGUMENTS: biz_token"},
      {"biz_token", "other", "BAD_ARGUMENTS: biz_token"},
      {"idcard_name", "", "MISSING_ARGUMENTS: idcard_name"},
      {"idcard_number", "", "MISSING_ARGUMENTS: idcard_number"},
  };
  for (const auto& [name, value, error] : cases) {
    EXPECT_EQ(member(client.megvii("verify", with(good, name, value)), "error"), error);
  }
  EXPECT_EQ(client.sandbox().charges.all().size(), 0u);
  EXPECT_EQ(member(client.megvii("verify", good), "result_code"), "1000");
}

TEST(Megvii, EveryOutcomeCanBeProducedAndIsBilledByTheV3Rule) {
  for (const DocumentedOutcome& row : documented_outcomes(Product::megvii)) {
    VendorClient client;
    const std::string token =
        client.megvii_token("sandbox:" + std::string(row.code) + ':' + std::string(row.word));
    const Reply reply = client.megvii_verify(token);
    EXPECT_EQ(reply.status, 200u);
    EXPECT_EQ(member(reply, "result_code"), row.code);
    EXPECT_EQ(member(reply, "result_message"), row.word);
    static_cast<void>(client.megvii_verify(token));
    EXPECT_EQ(client.sandbox().charges.all().size(), row.billed ? 1u : 0u) << row.word;
  }
}

TEST(Megvii, DataSourceErrorIsBilledWhenSwitchedOn) {
  Settings settings;
  settings.megvii_bills_data_source_error = true;
  VendorClient client(settings);
  static_cast<void>(client.megvii_verify(client.megvii_token("sandbox:3000:DATA_SOURCE_ERROR")));
  EXPECT_EQ(client.sandbox().charges.all().size(), 1u);
}

TEST(Megvii, ATokenNobodyUsedHasNotStarted) {
  VendorClient client;
  const std::string token = client.megvii_token();
  EXPECT_EQ(member(client.megvii_verify(token), "result_message"), "LIVING_NOT_START");
  client.sandbox().clock.advance(1h);
  EXPECT_EQ(member(client.megvii_verify(token), "result_message"), "LIVING_OVERTIME");
}

TEST(Megvii, WhoIsInProgressMayEndAfterTheTokensHour) {
  VendorClient client;
  const std::string token = client.megvii_token();
  Session& session = *client.sandbox().sessions.find(token);
  static_cast<void>(finish_session(client.sandbox(), session, {"9000", "LIVING_IN_PROGRESS"}));
  client.sandbox().clock.advance(1h + 2min);
  EXPECT_EQ(member(client.megvii_verify(token), "result_message"), "LIVING_IN_PROGRESS");
  static_cast<void>(finish_session(client.sandbox(), session, {"1000", "SUCCESS"}));
  EXPECT_EQ(member(client.megvii_verify(token), "result_message"), "SUCCESS");
}

TEST(Megvii, ComparesWithTheReferenceOrTheRegistry) {
  VendorClient client;
  const Reply registry = client.megvii_verify(client.megvii_token("sandbox:1000"));
  EXPECT_FALSE(member(registry, "verification.idcard.confidence").empty());
  Fields fields = VendorClient::megvii_verify_fields(client.megvii_token("sandbox:1000"));
  fields = with(with(fields, "comparison_type", "0"), "image_ref", "\xFF\xD8\xFF photo");
  const Reply reference = client.megvii("verify", fields);
  EXPECT_FALSE(member(reference, "verification.ref1.confidence").empty());
  EXPECT_TRUE(member(reference, "verification.idcard").empty());
}

TEST(Megvii, LivenessNeedsNoComparison) {
  VendorClient client;
  const Reply reply =
      client.megvii("liveness", {{"data_type", "0"},
                                 {"verify_id", "sandbox-verify"},
                                 {"encryption_type", "0"},
                                 {"biz_token", client.megvii_token("sandbox:1000")}});
  EXPECT_EQ(member(reply, "result_code"), "1000");
  EXPECT_FALSE(json_of(reply).contains("verification"));
}

TEST(Megvii, TooLargeIsPlainText) {
  VendorClient client;
  const Reply reply =
      client.megvii("get_biz_token", {{"liveness_id", std::string(faceid_request_bytes_max, 'x')}});
  EXPECT_EQ(reply.status, 413u);
  EXPECT_EQ(reply.body, "Request Entity Too Large");
  EXPECT_EQ(reply.header("content-type"), "text/plain");
}

}  // namespace
}  // namespace idswitch::sandbox::test
