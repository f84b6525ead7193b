#include <gtest/gtest.h>

#include "vendor_client.hpp"
#include "wire/digest.hpp"
#include "wire/form.hpp"

namespace idswitch::sandbox::test {
namespace {

using namespace std::chrono_literals;

const std::string photo = base64_encode("\xFF\xD8\xFF photo");

TEST(AliyunLite, ChecksTheParameters) {
  VendorClient client;
  const std::tuple<const char*, std::string, const char*> cases[] = {
      {"return_url", "", "MISSING_ARGUMENTS:return_url"},
      {"return_url", "wx.history", "BAD_ARGUMENTS:return_url"},
      {"notify_url", "", "MISSING_ARGUMENTS:notify_url"},
      {"notify_url", "ftp://a.example", "BAD_ARGUMENTS:notify_url"},
      {"notify_url", "http://a.example/n", ""},
      {"biz_no", std::string(129, 'b'), "BAD_ARGUMENTS:biz_no"},
      {"group", "2", "BAD_ARGUMENTS:group"},
      {"comparison_type", "2", "BAD_ARGUMENTS:comparison_type"},
      {"idcard_name", "", "MISSING_ARGUMENTS:idcard_name"},
      {"idcard_number", "", "MISSING_ARGUMENTS:idcard_number"},
      {"idcard_threshold", "1.1", "BAD_ARGUMENTS:idcard_threshold"},
      {"idcard_threshold", "0.8", ""},
      {"idcard_retry_time", "0", "BAD_ARGUMENTS:idcard_retry_time"},
      {"idcard_retry_time", "6", "BAD_ARGUMENTS:idcard_retry_time"},
      {"idcard_side", "2", "BAD_ARGUMENTS:idcard_side"},
      {"liveness_type", "", "MISSING_ARGUMENTS:liveness_type"},
      {"liveness_type", "meglive", "BAD_ARGUMENTS:liveness_type"},
      {"security_level", "4", "BAD_ARGUMENTS:security_level"},
      {"liveness_preferences", "3", "BAD_ARGUMENTS:liveness_preferences"},
      {"liveness_retry_count", "6", "BAD_ARGUMENTS:liveness_retry_count"},
      {"uuid", std::string(129, 'u'), "BAD_ARGUMENTS:uuid"},
      {"image_ref2", "text", "BAD_ARGUMENTS:image_ref2"},
      {"image_ref1", photo, ""},
  };
  for (const auto& [name, value, error] : cases) {
    const Reply reply = client.lite_get_biz_token(with(VendorClient::lite_fields(), name, value));
    EXPECT_EQ(member(reply, "error"), error) << name << '=' << value;
    EXPECT_EQ(reply.status, *error ? 400u : 200u);
  }
}

TEST(AliyunLite, ConditionsFollowComparisonTypeAndGroup) {
  VendorClient client;
  const Fields nobody =
      with(with(VendorClient::lite_fields(), "idcard_name", ""), "idcard_number", "");
  const auto error = [&](const Fields& fields) {
    return member(client.lite_get_biz_token(fields), "error");
  };
  EXPECT_EQ(error(with(nobody, "group", "1")), "") << "the card is photographed";
  const Fields reference = with(nobody, "comparison_type", "0");
  EXPECT_EQ(error(reference), "MISSING_ARGUMENTS:uuid");
  EXPECT_EQ(error(with(reference, "uuid", "u")), "MISSING_ARGUMENTS:image_ref1");
  EXPECT_EQ(error(with(with(reference, "uuid", "u"), "image_ref1", photo)), "");
}

TEST(AliyunLite, EveryDocumentedOutcomeCanBeProducedAsAString) {
  for (const DocumentedOutcome& row : documented_outcomes(Product::aliyun_lite)) {
    VendorClient client;
    const std::string token =
        client.lite_token("sandbox:" + std::string(row.code) + ':' + std::string(row.word));
    const Reply reply = client.lite_get_result(token);
    EXPECT_EQ(std::string_view(json_of(reply).at("result_code").as_string()), row.code);
    EXPECT_EQ(member(reply, "result_message"), row.word);
    EXPECT_TRUE(json_of(reply).at("action").as_array().empty());
    EXPECT_EQ(client.sandbox().charges.all().size(), row.billed ? 1u : 0u);
  }
}

TEST(AliyunLite, ShowsTheCardThatWasRead) {
  VendorClient client;
  Fields fields = with(with(VendorClient::lite_fields(), "group", "1"), "biz_no", "sandbox:1000");
  const Reply both = client.lite_get_result(member(client.lite_get_biz_token(fields), "biz_token"));
  EXPECT_FALSE(member(both, "idcard_result.name").empty());
  EXPECT_FALSE(member(both, "images.idcard_backside").empty());
  EXPECT_FALSE(member(both, "idcard_result.issued_by").empty());
  fields = with(fields, "idcard_side", "1");
  const Reply front =
      client.lite_get_result(member(client.lite_get_biz_token(fields), "biz_token"));
  EXPECT_TRUE(member(front, "images.idcard_backside").empty());
  EXPECT_TRUE(member(front, "idcard_result.issued_by").empty());
  const Reply none = client.lite_get_result(client.lite_token("sandbox:1000"));
  EXPECT_FALSE(json_of(none).contains("idcard_result"));
}

TEST(AliyunLite, ResultsAreKeptAMonth) {
  VendorClient client;
  const std::string token = client.lite_token("sandbox:1000");
  static_cast<void>(client.lite_get_result(token));
  client.sandbox().clock.advance(24h * 30 - 1s);
  EXPECT_EQ(member(client.lite_get_result(token), "result_code"), "1000");
  client.sandbox().clock.advance(1s);
  EXPECT_EQ(member(client.lite_get_result(token), "error"), "BAD_ARGUMENTS:biz_token");
}

TEST(AliyunLitePage, EndsTheSessionNotifiesAndGoesBack) {
  VendorClient client;
  const std::string token = client.lite_token();
  EXPECT_EQ(member(client.lite_get_result(token), "result_code"), "9000");
  const std::string page = "/lite/v1/do/" + token;
  const Reply buttons = client.get(page);
  EXPECT_EQ(buttons.status, 200u);
  EXPECT_NE(buttons.body.find("outcome=4200&amp;word=NO_AUDIO"), std::string::npos);

  const Reply reply = client.get(page + "?outcome=4200&word=NO_AUDIO");
  EXPECT_EQ(reply.status, 303u);
  EXPECT_EQ(reply.header("location"), "https://shop.example/back");
  ASSERT_EQ(reply.notifications.size(), 1u);
  EXPECT_EQ(reply.notifications[0].url, "https://shop.example/notify");
  const auto form = parse_urlencoded(reply.notifications[0].body);
  ASSERT_TRUE(form);
  EXPECT_EQ(form->text("data"),
            "{\"biz_token\":\"" + token + "\",\"error_code\":\"4200\",\"error_msg\":\"NO_AUDIO\"}");
  EXPECT_EQ(member(client.lite_get_result(token), "result_message"), "NO_AUDIO");
  EXPECT_EQ(client.get(page).status, 400u) << "the token is good for one use";
}

TEST(AliyunLitePage, TheTokenInTheAddressMayBeEncoded) {
  VendorClient client;
  const Reply reply =
      client.get("/lite/v1/do/" + percent_encode(client.lite_token()) + "?outcome=1000");
  EXPECT_EQ(reply.status, 303u);
}

TEST(AliyunLitePage, ADeadTokenIsToldSo) {
  VendorClient client;
  const std::string token = client.lite_token();
  client.sandbox().clock.advance(1h);
  const Reply reply = client.get("/lite/v1/do/" + token + "?outcome=1000");
  EXPECT_EQ(reply.status, 400u);
  EXPECT_NE(reply.body.find("无效请求，或当前请求已过期"), std::string::npos);
  EXPECT_EQ(client.get("/lite/v1/do/other").status, 400u);
}

TEST(AliyunLitePage, NotificationsCanBeLostOrRepeated) {
  for (const unsigned copies : {0u, 2u}) {
    Settings settings;
    settings.lite_notify_copies = copies;
    VendorClient client(settings);
    const Reply reply = client.get("/lite/v1/do/" + client.lite_token() + "?outcome=1000");
    EXPECT_EQ(reply.notifications.size(), copies);
  }
}

}  // namespace
}  // namespace idswitch::sandbox::test
