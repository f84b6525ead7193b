#include <gtest/gtest.h>

#include "vendor_client.hpp"
#include "wire/digest.hpp"

namespace idswitch::sandbox::test {
namespace {

using namespace std::chrono_literals;

const std::string photo = "\xFF\xD8\xFF photo";

TEST(AliyunSdk, ChecksTheParameters) {
  VendorClient client;
  const std::tuple<const char*, std::string, const char*> cases[] = {
      {"liveness_type", "", "MISSING_ARGUMENTS:liveness_type"},
      {"liveness_type", "video_number", "BAD_ARGUMENTS:liveness_type"},
      {"idcard_name", "", "MISSING_ARGUMENTS:idcard_name"},
      {"idcard_number", "", "MISSING_ARGUMENTS:idcard_number"},
      {"biz_no", std::string(128, 'b'), ""},
      {"biz_no", std::string(129, 'b'), "BAD_ARGUMENTS:biz_no"},
      {"liveness_timeout", "sixty", "BAD_ARGUMENTS:liveness_timeout"},
      {"liveness_timeout", "60", ""},
      {"liveness_action_count", "0", "BAD_ARGUMENTS:liveness_action_count"},
      {"liveness_action_count", "4", "BAD_ARGUMENTS:liveness_action_count"},
      {"liveness_action_count", "1", ""},
      {"security_level", "5", "BAD_ARGUMENTS:security_level"},
      {"security_level", "4", ""},
      {"force_compare", "2", "BAD_ARGUMENTS:force_compare"},
      {"multi_oriented_detection", "2", "BAD_ARGUMENTS:multi_oriented_detection"},
      {"image_ref1", "not an image", "IMAGE_ERROR_UNSUPPORTED_FORMAT:image_ref1"},
      {"image_ref2", base64_encode("text"), "IMAGE_ERROR_UNSUPPORTED_FORMAT:image_ref2"},
      {"image_ref1", base64_encode(photo), ""},
      {"image_ref1", base64_encode(photo + "sandbox:NO_FACE_FOUND"), "NO_FACE_FOUND:image_ref1"},
      {"image_ref2", base64_encode(photo + "sandbox:INVALID_IMAGE_SIZE"),
       "INVALID_IMAGE_SIZEimage_ref2"},
  };
  for (const auto& [name, value, error] : cases) {
    const Reply reply = client.sdk_get_biz_token(with(VendorClient::sdk_fields(), name, value));
    EXPECT_EQ(member(reply, "error"), error) << name << '=' << value;
    EXPECT_EQ(reply.status, *error ? 400u : 200u);
    EXPECT_EQ(json_of(reply).contains("biz_token"), !*error);
    EXPECT_FALSE(member(reply, "request_id").empty());
  }
}

TEST(AliyunSdk, ReadsMultipartToo) {
  VendorClient client;
  const Reply reply = client.post_multipart("/face/v1.2/sdk/get_biz_token",
                                            with(VendorClient::sdk_fields(), "image_ref1", photo),
                                            {{"Authorization", "APPCODE sandbox-aliyun-appcode"}});
  EXPECT_EQ(reply.status, 200u) << reply.body;
}

TEST(AliyunSdk, APhotoAboveTwoMegabytesIsTooLarge) {
  VendorClient client;
  const Reply reply =
      client.sdk_get_biz_token(with(VendorClient::sdk_fields(), "image_ref1",
                                    base64_encode(photo + std::string(2u * 1024 * 1024, 'x'))));
  EXPECT_EQ(reply.status, 413u);
  EXPECT_EQ(reply.body, "Request Entity Too Large");
}

TEST(AliyunSdk, EveryDocumentedOutcomeCanBeProducedAndIsBilledAsDocumented) {
  for (const DocumentedOutcome& row : documented_outcomes(Product::aliyun_sdk)) {
    VendorClient client;
    const std::string token =
        client.sdk_token("sandbox:" + std::string(row.code) + ':' + std::string(row.word));
    EXPECT_EQ(client.sandbox().charges.all().size(), 0u);
    const Reply reply = client.sdk_get_result(token);
    EXPECT_EQ(reply.status, 200u);
    EXPECT_EQ(json_of(reply).at("result_code"), std::stoi(std::string(row.code)));
    EXPECT_EQ(member(reply, "result_message"), row.word);
    static_cast<void>(client.sdk_get_result(token));
    const bool is_billed_code = row.code == "1000" || row.code == "2000" || row.code == "3000";
    EXPECT_EQ(client.sandbox().charges.all().size(), is_billed_code ? 1u : 0u) << row.word;
  }
}

TEST(AliyunSdk, DataSourceErrorIsFreeWhenSwitchedOff) {
  Settings settings;
  settings.aliyun_bills_data_source_error = false;
  VendorClient client(settings);
  static_cast<void>(client.sdk_get_result(client.sdk_token("sandbox:3000:DATA_SOURCE_ERROR")));
  EXPECT_EQ(client.sandbox().charges.all().size(), 0u);
}

TEST(AliyunSdk, DetailsComeOnlyWhenVerbose) {
  VendorClient client;
  const std::string token =
      member(client.sdk_get_biz_token(
                 with(with(VendorClient::sdk_fields(), "biz_no", "order 1 sandbox:1000"),
                      "image_ref1", base64_encode(photo))),
             "biz_token");
  const auto brief = json_of(client.sdk_get_result(token));
  EXPECT_FALSE(brief.contains("images"));
  EXPECT_FALSE(brief.contains("verification"));
  EXPECT_EQ(brief.at("biz_no"), "order 1 sandbox:1000");
  const Reply verbose = client.sdk_get_result(token, true);
  EXPECT_EQ(member(verbose, "verification.idcard.confidence"), "8.323666E1");
  EXPECT_FALSE(member(verbose, "verification.ref1.confidence").empty());
  EXPECT_TRUE(member(verbose, "verification.ref2").empty());
  EXPECT_TRUE(base64_decode(member(verbose, "images.image_best"))->starts_with("\xFF\xD8\xFF"));
  EXPECT_NE(verbose.body.find("\"confidence\":83.23666"), std::string::npos);
}

TEST(AliyunSdk, ATokenNobodyUsedRunsOutOfTimeThenOfMemory) {
  VendorClient client;
  const std::string token = client.sdk_token();
  EXPECT_EQ(member(client.sdk_get_result(token), "result_message"), "LIVING_NOT_START");
  client.sandbox().clock.advance(1h);
  EXPECT_EQ(member(client.sdk_get_result(token), "result_message"), "LIVING_OVERTIME");
  client.sandbox().clock.advance(23h);
  EXPECT_EQ(member(client.sdk_get_result(token), "error"), "BAD_ARGUMENTS:biz_token");
}

TEST(AliyunSdk, WhoIsInProgressMayEndAfterTheTokensHour) {
  VendorClient client;
  const std::string token = client.sdk_token();
  Session& session = *client.sandbox().sessions.find(token);
  static_cast<void>(finish_session(client.sandbox(), session, {"9000", "LIVING_IN_PROGRESS"}));
  client.sandbox().clock.advance(1h + 2min);
  EXPECT_EQ(member(client.sdk_get_result(token), "result_message"), "LIVING_IN_PROGRESS");
  EXPECT_FALSE(session.is_dead(client.sandbox().clock.now()));
  static_cast<void>(finish_session(client.sandbox(), session, {"1000", "SUCCESS"}));
  EXPECT_EQ(member(client.sdk_get_result(token), "result_message"), "SUCCESS");
  EXPECT_EQ(client.sandbox().charges.all().size(), 1u);
}

TEST(AliyunSdk, AMagicPersonCannotUseADeadToken) {
  VendorClient client;
  const std::string token = client.sdk_token("sandbox:1000");
  client.sandbox().clock.advance(1h);
  EXPECT_EQ(member(client.sdk_get_result(token), "result_message"), "LIVING_OVERTIME");
  EXPECT_EQ(client.sandbox().charges.all().size(), 0u);
}

TEST(AliyunSdk, ChecksTheResultParameters) {
  VendorClient client;
  EXPECT_EQ(member(client.sdk_get_result(""), "error"), "MISSING_ARGUMENTS:biz_token");
  const Reply verbose =
      client.get("/face/v1.2/sdk/get_result?verbose=2&biz_token=" + client.sdk_token(),
                 {{"Authorization", "APPCODE sandbox-aliyun-appcode"}});
  EXPECT_EQ(member(verbose, "error"), "BAD_ARGUMENTS:verbose");
}

}  // namespace
}  // namespace idswitch::sandbox::test
