// Lite v1: every parameter, the ways of comparing, the notice, the ID card.

#include <gtest/gtest.h>

#include "account.hpp"
#include "plugins/megvii/multipart_parts.hpp"

namespace idswitch::test::aliyun_faceid {
namespace {

using Fields = std::map<std::string, std::string>;

Fields sent_by(const plugin::OperationInput& input) {
  return fields_of(driver(k_lite).run(input, {{token_reply()}}).sent.at(0).body);
}

constexpr std::string_view k_all_options =
    R"({"idcard_threshold":0.85,"idcard_retry_time":5,"idcard_side":1,
    "security_level":3,"liveness_preferences":2,"liveness_retry_count":4})";

TEST(AliyunLiteStart, ComparesWithTheAuthorityByNameAndNumber) {
  plugin::OperationInput input = lite_start();
  input.options = k_all_options;
  const OperationRun run = driver(k_lite).run(input, {{token_reply()}});
  EXPECT_EQ(run.sent.at(0).method, "POST");
  EXPECT_EQ(run.sent.at(0).target, "/lite/v1/get_biz_token");
  EXPECT_EQ(header_of(run.sent.at(0), "Content-Type"),
            "application/x-www-form-urlencoded; charset=UTF-8");
  const Fields expected = {{"return_url", "https://pay.example.com/return/1"},
                           {"notify_url", "https://pay.example.com/callbacks/1"},
                           {"biz_no", std::string(k_verification)},
                           {"liveness_type", "video_number"},
                           {"comparison_type", "1"},
                           {"group", "0"},
                           {"idcard_name", std::string(k_name)},
                           {"idcard_number", std::string(k_number)},
                           {"security_level", "3"},
                           {"liveness_preferences", "2"},
                           {"liveness_retry_count", "4"}};
  EXPECT_EQ(fields_of(run.sent.at(0).body), expected);
}

TEST(AliyunLiteStart, ReadsTheCardInsteadOfBeingTold) {
  plugin::OperationInput input =
      lite_start(IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH | IDSW_CHECK_ID_OCR);
  input.options = k_all_options;
  const Fields expected = {{"return_url", "https://pay.example.com/return/1"},
                           {"notify_url", "https://pay.example.com/callbacks/1"},
                           {"biz_no", std::string(k_verification)},
                           {"liveness_type", "video_number"},
                           {"comparison_type", "1"},
                           {"group", "1"},
                           {"idcard_threshold", "0.85"},
                           {"idcard_retry_time", "5"},
                           {"idcard_side", "1"},
                           {"security_level", "3"},
                           {"liveness_preferences", "2"},
                           {"liveness_retry_count", "4"}};
  EXPECT_EQ(sent_by(input), expected);
  input.options = R"({"idcard_threshold":1e-2})";
  EXPECT_EQ(sent_by(input).at("idcard_threshold"), "0.01");
}

TEST(AliyunLiteStart, ComparesWithTheReferencePicturesAlone) {
  const std::vector<Image> media = {{"ref1", "image/jpeg", "one", {}},
                                    {"ref2", "image/png", "two", {}}};
  plugin::OperationInput input = lite_start(IDSW_CHECK_LIVENESS | IDSW_CHECK_FACE_MATCH);
  input.media = &media;
  const auto parts = parts_of(driver(k_lite).run(input, {{token_reply()}}).sent.at(0));
  ASSERT_EQ(parts.size(), 8u);
  EXPECT_EQ(parts.at("comparison_type").value, "0");
  EXPECT_EQ(parts.at("uuid").value, "person-7");
  EXPECT_EQ(parts.at("image_ref1").value, "one");
  EXPECT_NE(parts.at("image_ref1").head.find("filename=\"image_ref1\"\r\nContent-Type: image/jpeg"),
            std::string::npos);
  EXPECT_EQ(parts.at("image_ref2").value, "two");
  EXPECT_FALSE(parts.contains("group"));
  EXPECT_FALSE(parts.contains("idcard_name"));
  input.person_id = {};
  EXPECT_EQ(parts_of(driver(k_lite).run(input, {{token_reply()}}).sent.at(0)).at("uuid").value,
            k_verification);
}

TEST(AliyunLiteStart, ComparesWithBothInMultipart) {
  const std::vector<Image> media = {{"ref1", "image/jpeg", "one", {}}};
  plugin::OperationInput input = lite_start(IDSW_CHECK_ID_MATCH | IDSW_CHECK_FACE_MATCH);
  input.media = &media;
  const auto parts = parts_of(driver(k_lite).run(input, {{token_reply()}}).sent.at(0));
  EXPECT_EQ(parts.at("comparison_type").value, "1");
  EXPECT_EQ(parts.at("idcard_name").value, k_name);
  EXPECT_EQ(parts.at("image_ref1").value, "one");
  EXPECT_FALSE(parts.contains("uuid"));
}

TEST(AliyunLiteStart, DoesNotGuessHowMultipartIsSigned) {
  const std::vector<Image> media = {{"ref1", "image/jpeg", "one", {}}};
  plugin::OperationInput input = lite_start(IDSW_CHECK_FACE_MATCH);
  input.media = &media;
  const OperationRun run = driver(k_lite, k_signature).run(input, {});
  EXPECT_EQ(outcome_of(run), "unsupported");
  EXPECT_NE(run.fail->vendor_message.find("multipart"), std::string::npos);
}

TEST(AliyunLiteStart, NeedsWhatItCompares) {
  plugin::OperationInput input = lite_start();
  input.person_name = {};
  EXPECT_EQ(driver(k_lite).run(input, {}).fail->field, "/person/name");
  input = lite_start();
  input.person_id_number = {};
  EXPECT_EQ(driver(k_lite).run(input, {}).fail->field, "/person/id_number");
  EXPECT_EQ(driver(k_lite).run(lite_start(IDSW_CHECK_FACE_MATCH), {}).fail->field, "/images/ref1");
  EXPECT_EQ(outcome_of(driver(k_lite).run(lite_start(IDSW_CHECK_LIVENESS), {})), "unsupported");
  input = lite_start(IDSW_CHECK_ID_OCR);
  input.person_name = input.person_id_number = {};
  EXPECT_EQ(outcome_of(driver(k_lite).run(input, {{token_reply()}})), "ok");
}

TEST(AliyunLiteStart, NeedsAddressesToComeBackTo) {
  plugin::OperationInput input = lite_start();
  input.return_url = {};
  EXPECT_EQ(outcome_of(driver(k_lite).run(input, {})), "unsupported");
  input = lite_start();
  input.callback_url = {};
  EXPECT_EQ(outcome_of(driver(k_lite).run(input, {})), "unsupported");
}

TEST(AliyunLiteStart, TakesUuidsOf128BytesAndNoMore) {
  const std::vector<Image> media = {{"ref1", "image/jpeg", "one", {}}};
  plugin::OperationInput input = lite_start(IDSW_CHECK_FACE_MATCH);
  input.media = &media;
  const std::string longest(128, 'u'), chinese = "人" + std::string(126, 'u');
  input.person_id = longest;
  EXPECT_EQ(parts_of(driver(k_lite).run(input, {{token_reply()}}).sent.at(0)).at("uuid").value,
            longest);
  input.person_id = chinese;
  EXPECT_EQ(driver(k_lite).run(input, {}).fail->field, "/person/id");
  input.checks = IDSW_CHECK_ID_MATCH;  // then it is not sent
  EXPECT_EQ(outcome_of(driver(k_lite).run(input, {{token_reply()}})), "ok");
}

TEST(AliyunLiteStart, RedirectsToTheVendorsPage) {
  const OperationRun run = driver(k_lite).run(lite_start(), {{token_reply()}});
  EXPECT_EQ(run.finish->action.kind, std::uint32_t{IDSW_ACTION_REDIRECT});
  EXPECT_EQ(run.finish->action.url,
            "https://openapi.faceid.com/lite/v1/do/" + std::string(k_token));
  EXPECT_EQ(run.finish->action.expires_unix_ms, k_expires_unix_ms + 250);
  EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_HELD});
  EXPECT_EQ(run.charges.at(0).source, std::uint32_t{IDSW_SOURCE_ASSUMED});
  PluginDriver other = driver(k_lite, R"({"page_url":"https://sandbox.example/do/"})");
  EXPECT_EQ(other.run(lite_start(), {{token_reply()}}).finish->action.url,
            "https://sandbox.example/do/" + std::string(k_token));
}

TEST(AliyunLiteStart, GivesTheMiniProgramItsToken) {
  plugin::OperationInput input = lite_start();
  input.method = IDSW_METHOD_MINI_PROGRAM;
  const OperationRun run = driver(k_lite).run(input, {{token_reply()}});
  EXPECT_EQ(run.finish->action.kind, std::uint32_t{IDSW_ACTION_MINI_PROGRAM});
  EXPECT_EQ(run.finish->action.component, "faceid-verify");
  EXPECT_EQ(run.finish->action.token, k_token);
}

TEST(AliyunLiteResult, IsAskedFor) {
  const plugin::SendStep sent =
      driver(k_lite).run(result(), {{reply("\"9000\"", "LIVING_NOT_START")}}).sent.at(0);
  EXPECT_EQ(sent.method, "GET");
  EXPECT_EQ(sent.target,
            "/lite/v1/get_result?biz_token=1532485677%2Cfb241f74-e4e0-4396-ad74-eb8c1764aa1b");
}

TEST(AliyunLiteResult, ExpiresWhenTheGraceAfterItsTokenIsOver) {
  for (const auto& [code, word] :
       {std::pair{"\"9000\"", "LIVING_NOT_START"}, std::pair{"\"4200\"", "VIDEO_OK"}}) {
    PluginDriver one = driver(k_lite);
    EXPECT_EQ(outcome_of(one.run(result(), {{reply(code, word)}})), "pending");
    one.now_unix_ms = k_expires_unix_ms + sdk::k_unfinished_grace_ms - 250;
    EXPECT_EQ(outcome_of(one.run(result(), {{reply(code, word)}})), "pending");
    one.now_unix_ms = k_expires_unix_ms + sdk::k_unfinished_grace_ms;
    const OperationRun run = one.run(result(), {{reply(code, word)}});
    EXPECT_EQ(outcome_of(run), "expired");
    EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_RELEASED});
    EXPECT_EQ(run.charges.at(0).source, std::uint32_t{IDSW_SOURCE_ASSUMED});
  }
}

// ---- the notice -------------------------------------------------------------------------------

OperationRun notified(std::string_view body) {
  plugin::OperationInput input = result();
  input.kind = IDSW_OP_CALLBACK;
  input.callback_body = body;
  input.callback_content_type = "application/x-www-form-urlencoded";
  return driver(k_lite).run(input, {});
}

TEST(AliyunLiteNotice, IsAHint) {
  const OperationRun run = notified(
      "data=%7B%22biz_token%22%3A%221532485677%2Cfb241f74-e4e0-4396-ad74-eb8c1764aa1b%22%2C%"
      "22error_code%22%3A1000%2C"
      "%22error_msg%22%3A%22SUCCESS%22%7D");
  ASSERT_TRUE(run.finish);
  EXPECT_EQ(run.finish->outcome, std::uint32_t{IDSW_OUTCOME_HINT});
  EXPECT_EQ(run.finish->verdict, 0u);
  EXPECT_TRUE(run.charges.empty());
}

TEST(AliyunLiteNotice, AboutAnotherSessionOrNothingIsRefused) {
  for (const std::string& body :
       {std::string("data=%7B%22biz_token%22%3A%22other%22%7D"), std::string(""),
        std::string("data="), std::string("data=%7B"), std::string("data=%7B%7D"),
        std::string("data=null"), std::string("data=%ZZ"), "other=" + std::string(k_token),
        R"({"biz_token":")" + std::string(k_token) + "\"}",
        "data=%5B%22" + std::string(k_token) + "%22%5D", std::string(100'000, '&'),
        std::string("data=%FF%FE")}) {
    EXPECT_EQ(outcome_of(notified(body)), "protocol") << body;
  }
}

// ---- the ID card ------------------------------------------------------------------------------

constexpr std::string_view k_card =
    R"("name":"林小满","idcard_number":"11010119900307876X","gender":"女","nationality":"汉","birth_year":"1990",)"
    R"("birth_month":"3","birth_day":"7","address":"某市某区某路1号","issued_by":"某市公安局某分局",)"
    R"("valid_date_start":"20150516","valid_date_end":"20350516","image_portrait":"cG9ydHJhaXQ=")";

std::string card(std::string_view more = "") {
  return R"(,"idcard_result":{)" + std::string(k_card) + std::string(more) + "}";
}

std::string legality(std::string_view side, std::string_view genuine) {
  return R"(,")" + std::string(side) + R"(_legality":{"Photocopy":0,"Edited":0,"ID_Photo":)" +
         std::string(genuine) + R"(,"Screen":0,"Temporary_ID_Photo":0,"ID_Photo_Threshold":0.8})";
}

std::string value_of(const std::vector<Pair>& pairs, std::string_view name) {
  for (const Pair& pair : pairs) {
    if (pair.name == name) return pair.value;
  }
  return {};
}

TEST(AliyunLiteCard, IsShownWhenAsked) {
  plugin::OperationInput input = result();
  const std::string body = reply("\"1000\"", "SUCCESS",
                                 card(legality("frontside", "1") + legality("backside", "0.999")));
  EXPECT_TRUE(driver(k_lite).run(input, {{body}}).finish->document.empty());
  input.want_document = true;
  const OperationRun run = driver(k_lite).run(input, {{body}});
  ASSERT_TRUE(run.passed());
  const std::pair<std::string, std::string> expected[] = {{"name", "林小满"},
                                                          {"id_number", "11010119900307876X"},
                                                          {"gender", "女"},
                                                          {"nationality", "汉"},
                                                          {"birth_date", "1990-03-07"},
                                                          {"address", "某市某区某路1号"},
                                                          {"issued_by", "某市公安局某分局"},
                                                          {"valid_from", "2015-05-16"},
                                                          {"valid_until", "2035-05-16"}};
  EXPECT_EQ(run.finish->document.size(), std::size(expected));
  for (const auto& [name, value] : expected) EXPECT_EQ(value_of(run.finish->document, name), value);
  EXPECT_EQ(value_of(run.finish->scores, "document_back.genuine"), "0.999");
  EXPECT_EQ(value_of(run.finish->scores, "document_front.genuine_threshold"), "0.8");
}

TEST(AliyunLiteCard, MayBeGoodForEver) {
  plugin::OperationInput input = result();
  input.want_document = true;
  const std::string body = reply(
      "\"1000\"", "SUCCESS",
      R"(,"idcard_result":{"valid_date_end":"长期","birth_year":1990,"birth_month":12,"birth_day":31})");
  const auto document = driver(k_lite).run(input, {{body}}).finish->document;
  EXPECT_EQ(value_of(document, "valid_until"), "长期");
  EXPECT_EQ(value_of(document, "birth_date"), "1990-12-31");
  EXPECT_EQ(document.size(), 2u);
}

TEST(AliyunLiteCard, ThatMayBeForgedIsNoPass) {
  const std::pair<std::string, std::string> cases[] = {
      {legality("frontside", "0.8"), ""},
      {legality("frontside", "0.79"), "document.fake"},
      {legality("frontside", "1") + legality("backside", "0.1"), "document.fake"},
      {legality("frontside", "\"1\""), "vendor.internal"},
      {legality("frontside", "1.5"), "vendor.internal"},
      {legality("backside", "null"), "vendor.internal"},
      {R"(,"frontside_legality":"good")", "vendor.internal"},
      {R"(,"frontside_legality":{})", "vendor.internal"}};
  for (const auto& [more, reason] : cases) {
    const OperationRun run =
        driver(k_lite).run(result(), {{reply("\"1000\"", "SUCCESS", card(more))}});
    EXPECT_EQ(outcome_of(run), reason.empty() ? "pass" : "inconclusive") << more;
    EXPECT_EQ(reason_of(run), reason) << more;
  }
}

TEST(AliyunLiteCard, ThatCannotBeReadIsNoPass) {
  for (const std::string card_value : {"7", "[]", "true", "\"read\""}) {
    const std::string body = reply("\"1000\"", "SUCCESS", ",\"idcard_result\":" + card_value);
    EXPECT_EQ(reason_of(driver(k_lite).run(result(), {{body}})), "vendor.internal") << card_value;
  }
}

TEST(AliyunLiteCard, GivesItsPicturesWhenAsked) {
  plugin::OperationInput input = result();
  input.want_images = true;
  const std::string images = R"(,"images":{"image_best":"YmVzdA==","idcard_frontside":"ZnJvbnQ=",)"
                             R"("idcard_backside":"YmFjaw==","idcard_portrait":"ZmFjZQ=="})";
  const auto shown =
      driver(k_lite).run(input, {{reply("\"1000\"", "SUCCESS", images)}}).finish->images;
  ASSERT_EQ(shown.size(), 4u);
  EXPECT_EQ(shown[0].name + shown[1].name + shown[2].name + shown[3].name,
            "face_bestdocument_frontdocument_backdocument_portrait");
  EXPECT_EQ(shown[0].bytes + shown[1].bytes + shown[2].bytes + shown[3].bytes, "bestfrontbackface");
  const auto beside =
      driver(k_lite).run(input, {{reply("\"1000\"", "SUCCESS", card())}}).finish->images;
  ASSERT_EQ(beside.size(), 1u);
  EXPECT_EQ(beside[0].bytes, "portrait");
  input.want_images = false;
  EXPECT_TRUE(
      driver(k_lite).run(input, {{reply("\"1000\"", "SUCCESS", images)}}).finish->images.empty());
}

// The person shows a card; the platform has said whose it must be.
struct Claimed {
  std::string outcome, reason, state;
};

Claimed claimed(std::string_view number, std::string_view reply_more,
                std::string_view settings = "{}") {
  PluginDriver one = driver(k_lite, settings);
  plugin::OperationInput input =
      lite_start(IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH | IDSW_CHECK_ID_OCR);
  input.person_id_number = number;
  const std::string left = one.run(input, {{token_reply()}}).finish->state;
  const OperationRun run = one.run(result(left), {{reply("\"1000\"", "SUCCESS", reply_more)}});
  return {outcome_of(run), reason_of(run), left};
}

TEST(AliyunLiteCard, MustBeTheOneThatWasClaimed) {
  for (const std::string_view settings : {std::string_view("{}"), k_signature}) {
    EXPECT_EQ(claimed("11010119900307876X", card(), settings).outcome, "pass");
    EXPECT_EQ(claimed("11010119900307876x", card(), settings).outcome, "pass");
    const Claimed other = claimed("310101198001010019", card(), settings);
    EXPECT_EQ(other.outcome, "fail");
    EXPECT_EQ(other.reason, "face.mismatch");
    EXPECT_EQ(claimed("11010119900307876X", "", settings).outcome, "inconclusive");
    EXPECT_EQ(claimed("", card(), settings).outcome, "pass");  // nothing was claimed
    EXPECT_EQ(other.state.find("310101198001010019"), std::string::npos);
  }
}

}  // namespace
}  // namespace idswitch::test::aliyun_faceid
